"""Trying something: a small, bounded, logged share of the places that rest on a guess.

Every guessed place but the first is given away with probability `slot.explore`, independently of the others. Who gets
them is drawn from a small pool of items that would not have been shown, by Thompson sampling (Thompson 1933; Chapelle &
Li 2011): each item's chance to be answered is drawn from what is known of it (few showings: a wide draw), and the best
draws win; one time in four the draw is even, so that nobody's chance is nil. The winners are dealt out over the given
places at random; the guessed items that held them simply do not appear: nothing else moves.

The draws are a fixed table of normal numbers, one row of which is chosen by chance, so the probabilities are exact and
not simulated. With s = `slot.explore`, q places that may be given away, and top(j, g) the chance that item j is among
the best g:

    the guessed item at its place          1 - s
    item j of the pool, at any one place   s · Σ_g Binomial(g - 1; q - 1, s) · top(j, g) / g

No more places may be given away than there are items in the pool. Places held by a choice of the person or a pin of
the shop have probability 1.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import comb
from random import Random

import numpy as np
from numba import njit
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
MOST_TRIED = 20
"""How many items the pool holds."""
EVEN = 0.25
"""How often the draw is even."""
DRAWS = 128
PRIOR = 20.0
"""How many showings the common chance to be answered counts for."""
RATE = 0.05
"""The common chance before anything was shown."""

_NORMAL: F64 = np.random.default_rng(20261122).standard_normal((DRAWS, MOST_TRIED))


@dataclass(frozen=True, slots=True)
class Tallies:
    """How often each item was shown lately, and how often it was answered (clicked, taken, read): (n,) each."""

    shown: F32 = field(default_factory=lambda: np.zeros(0, np.float32))
    answered: F32 = field(default_factory=lambda: np.zeros(0, np.float32))
    rate: float = RATE

    def worth(self, items: I32) -> tuple[F64, F64]:
        """Mean and spread of what is believed of each item's chance to be answered (a Beta, by its two moments)."""
        shown, answered = _at(self.shown, items), _at(self.answered, items)
        good = PRIOR * self.rate + np.minimum(answered, shown)
        all_ = PRIOR + shown
        mean = good / all_
        return mean, np.sqrt(mean * (1 - mean) / (all_ + 1))


def explore(places: int, worth: tuple[F64, F64], share: float, random: Random) -> dict[int, tuple[int, float]]:
    """Which of `places` guessed places are given away: place → position in the pool, and its propensity.

    worth  (m,) mean and (m,) spread of each item of the pool
    At most m places may be given away: those after the first m + 1 stay as they are.
    """
    return explore_of(places, len(worth[0]), lambda: worth, share=share, random=random)


def explore_of(
    places: int, size: int, worth: Callable[[], tuple[F64, F64]], *, share: float, random: Random
) -> dict[int, tuple[int, float]]:
    """The same, where what the `size` items are worth is looked up only when a place is given away."""
    given = [place for place in range(1, 1 + open_places(places, size)) if random.random() < share] if share else []
    if not given:
        return {}
    ranks = ranked(*worth())
    if random.random() < EVEN:
        winners = random.sample(range(size), len(given))
    else:
        winners = np.argsort(ranks[random.randrange(DRAWS)])[: len(given)].tolist()
        random.shuffle(winners)
    chance = chances(ranks, open_places(places, size), share)
    return {place: (winner, float(chance[winner])) for place, winner in zip(given, winners, strict=True)}


def ranked(mean: F64, spread: F64) -> NDArray[np.int64]:
    """(DRAWS, m) the rank of each item in each draw, 0 = best."""
    found: NDArray[np.int64] = _ranks(mean + spread * _NORMAL[:, : len(mean)])
    return found


@njit(cache=True, nogil=True)
def _ranks(values: F64) -> NDArray[np.int64]:
    """The rank of each value in its row, 0 = greatest; of equal ones the first comes first."""
    draws, m = values.shape
    ranks = np.empty((draws, m), np.int64)
    for d in range(draws):
        row = values[d]
        for j in range(m):
            better = 0  # counted without a branch: which is greater cannot be foreseen
            for i in range(j):
                better += 1 if row[i] >= row[j] else 0
            for i in range(j + 1, m):
                better += 1 if row[i] > row[j] else 0
            ranks[d, j] = better
    return ranks


def chances(ranks: NDArray[np.int64], places: int, share: float) -> F64:
    """(m,) the probability of each item of the pool at any one of the places that may be given away."""
    draws, size = ranks.shape
    g = np.arange(1, places + 1)
    odds = [comb(places - 1, n - 1) * share ** (n - 1) * (1 - share) ** (places - n) for n in range(1, places + 1)]
    top = (EVEN * g / size)[:, None] + (1 - EVEN) * (_among(ranks, places) / draws)
    found: F64 = np.zeros(size)
    for row in np.array(odds)[:, None] * top / g[:, None]:
        found += row
    return share * found


@njit(cache=True, nogil=True)
def _among(ranks: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """(most, m) in how many draws each item is among the best 1, 2, …, `most`."""
    draws, m = ranks.shape
    found = np.zeros((most + 1, m), np.int64)
    for d in range(draws):
        for j in range(m):
            found[min(ranks[d, j], most), j] += 1
    for g in range(1, most):
        found[g] += found[g - 1]
    return found[:most]


def open_places(places: int, pool: int) -> int:
    """How many of the guessed places may be given away: all but the first, and no more than there is to try."""
    return max(0, min(places - 1, pool))


def open_to_trying(place: int, pool: int, share: float) -> bool:
    """Whether the guessed place number `place` might have been given away."""
    return bool(share and pool and 1 <= place <= pool)


def _at(counts: F32, items: I32) -> F64:
    """The counts of `items`; 0 of those that came after counting."""
    known = items < len(counts)
    found = np.zeros(len(items))
    found[known] = counts[items[known]]
    return found


def warm() -> None:
    """Compile, or read from numba's cache."""
    _among(_ranks(np.ones((1, 1))), 1)
