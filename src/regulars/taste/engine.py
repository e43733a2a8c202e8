"""Where the heavy work of learning is done: here, or on a cluster that does the same.

What grows with people and events is only the counting of pairs; what grows with items is only the solving, item by
item. Both may be done elsewhere: the recipes do not know.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

from regulars.taste.model import F32, Part

if TYPE_CHECKING:
    from regulars.taste.counting import Counting
    from regulars.taste.histories import Histories


class Engine(Protocol):
    """Counts and solves as `counting.count` and `ridge.solve` do, with the same answers."""

    def count(self, histories: "Histories", how: "Counting", name: str) -> Part:
        """The matrix of `how` over histories gathered as `histories` were, rows best first."""

    def solve(self, inputs: Part, targets: Part, diagonal: tuple[F32, F32], sizes: tuple[int, int]) -> Part:
        """By column: row j of the answer holds the sources of item j and their weights."""


_used: ContextVar[Engine | None] = ContextVar("engine", default=None)


def used() -> Engine | None:
    """The engine of this moment; None: this machine."""
    return _used.get()


@contextmanager
def using(engine: Engine | None) -> Iterator[None]:
    """Count and solve with `engine` within the block."""
    before = _used.set(engine)
    try:
        yield
    finally:
        _used.reset(before)
