"""The basket: a few lines in the visitor's own cookie, so that nothing is kept before they ask for it.

A line is a product ("falafel-wrap") or a sandwich of their own: its parts joined by "+". The cookie holds
"line*count" joined by "." and whatever in it is not on the menu is left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from regulars.demo.content import Content, Product

MOST_LINES, MOST_OF_ONE = 20, 9
STEPS: Mapping[str, int] = {"bread": 1, "filling": 3, "green": 6, "sauce": 2, "extra": 6}
"""The builder's steps, and how many parts each may hold."""
_LINE = re.compile(r"[a-z0-9+-]{1,400}")


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one thing; `parts` holds one product, or the parts of an own sandwich."""

    id: str
    parts: tuple[Product, ...]
    count: int

    @property
    def own(self) -> bool:
        """Whether it was built by the visitor."""
        return self.parts[0].kind == "part"

    @property
    def price(self) -> Decimal:
        """Of one."""
        return sum((p.price for p in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Basket:
    """The lines in the order they were added."""

    lines: tuple[Line, ...] = ()

    @property
    def total(self) -> Decimal:
        """What it costs."""
        return sum((line.price * line.count for line in self.lines), Decimal(0))

    @property
    def count(self) -> int:
        """How many things are in it."""
        return sum(line.count for line in self.lines)

    def change(self, content: Content, id: str, by: int) -> "Basket":
        """So many more (or less) of `id`; what is not on the menu changes nothing."""
        counts = Counter({line.id: line.count for line in self.lines})
        counts[id] += by
        return _basket(content, counts.items())

    def cookie(self) -> str:
        """As the cookie holds it."""
        return ".".join(f"{line.id}*{line.count}" for line in self.lines)


def read(content: Content, cookie: str) -> Basket:
    """The basket a cookie holds."""
    pairs = (piece.partition("*")[::2] for piece in cookie.split(".")[:MOST_LINES])
    return _basket(content, ((id, int(n)) for id, n in pairs if n.isascii() and n.isdigit() and len(n) < 4))


def own_sandwich(content: Content, chosen: Iterable[str]) -> str | None:
    """The line id of a sandwich from these parts, in the order of the steps; None without a bread."""
    wanted = set(chosen)
    parts: list[str] = []
    for step, most in STEPS.items():
        parts += [p.id for p in content.parts(step) if p.id in wanted and p.available][:most]
    return "+".join(parts) if parts and parts[0].startswith("bread-") else None


def _basket(content: Content, counts: Iterable[tuple[str, int]]) -> Basket:
    lines = (_line(content, id, min(n, MOST_OF_ONE)) for id, n in counts if n > 0)
    return Basket(tuple(line for line in lines if line)[:MOST_LINES])


def _line(content: Content, id: str, count: int) -> Line | None:
    if not _LINE.fullmatch(id):
        return None
    parts = tuple(p for p in (content.product(piece) for piece in id.split("+")) if p)
    whole = len(parts) == len(id.split("+"))
    fits = len(parts) == 1 or all(p.kind == "part" for p in parts)
    return Line(id, parts, count) if parts and whole and fits else None
