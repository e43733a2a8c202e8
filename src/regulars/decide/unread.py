"""The head of the candidates on its way to the log: what is known of each is still to be looked up."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.decide.features import Known, features_of
from regulars.decide.pools import Head
from regulars.decide.ranking import Pool

F32 = NDArray[np.float32]


@dataclass(slots=True)
class Unread:
    """As `pools.Head`, without features; `known` is what they are made of, until they are made.

    Only one thread may have them made: that of the log.
    """

    pool: Pool
    reach: int
    places: tuple[int, ...]
    known: Known | None
    said: bytes = b""

    def standing(self, places: tuple[int, ...]) -> "Unread":
        """It, with where in the slot the guessed places are."""
        self.places = places
        return self

    def packed(self) -> bytes:
        """For the log."""
        read([self])
        return self.said


def read(heads: Iterable[object]) -> None:
    """Make the features of all that lack them, and let go of what they are made of."""
    alike: dict[tuple[int, str], list[tuple[Unread, Known]]] = {}
    for head in heads:
        if isinstance(head, Unread) and head.known is not None:
            alike.setdefault((id(head.known.model), head.known.place), []).append((head, head.known))
    for waiting in alike.values():
        found = features_of([(known, head.pool) for head, known in waiting])
        for (head, _), features in zip(waiting, found, strict=True):
            pool = head.pool
            head.said = Head(pool.items, pool.base, factors(pool), features, head.reach, head.places).packed()
            head.known = None


def factors(pool: Pool) -> F32:
    """(k,) what guesses, rules and "less like this" multiply."""
    return (pool.scores / np.maximum(pool.base, np.float32(1e-9))).astype(np.float32)
