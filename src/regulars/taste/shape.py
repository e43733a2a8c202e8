"""What a log looks like, from a few thousand samples: how far back tells, how often people come back to what they know.

This is all that is known before anything was tried; `beginning` makes first recipes and blends of it.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.taste.cases import visits
from regulars.taste.kitchen import Kitchen
from regulars.taste.model import FOREVER, I64

SAMPLES = 3_000
KNOWN_SHARE = 0.03
"""Where at least this share of what people do next is something they did before, known items may come again."""

CERTAIN = 2.0
"""A habit is what is so many standard errors above chance."""

FEW = 50
"""Fewer samples than this are taken with reserve."""

UNTOLD = 5.0
"""The pace where histories are too short to tell."""

FAR = 3
"""How much less something tells is measured over so many steps."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How people behave.

    kind    "sessions" | "histories" | "unordered" | "nothing", as `cases.split` sees it
    basket  how many events are of one moment
    pace    steps (of a basket each) after which something tells 1 / e of what it told; FOREVER: order says nothing
    known   share of what people do next that they did before
    habit   how much of it is certainly more than the popularity of what they know explains
    lag     events between the two, where they did
    """

    kind: str = "nothing"
    basket: float = 1.0
    pace: float = UNTOLD
    known: float = 0.0
    habit: float = 0.0
    lag: float = FOREVER


def shape_of(kitchen: Kitchen) -> Shape:
    """The shape of the log of `kitchen`. The same log gives the same shape."""
    log = kitchen.log
    bounds, visit, kind = visits(log)
    if kind == "nothing":
        return Shape()
    if kind == "unordered":
        return Shape(kind, pace=FOREVER)
    together = (log.people[1:] == log.people[:-1]) & (log.at[1:] == log.at[:-1])
    basket = len(log.items) / max(len(log.items) - int(together.sum()), 1)
    rng = np.random.default_rng(0)
    back = _coming_back(kitchen, bounds, np.arange(len(log.items)) if kind == "sessions" else visit, rng)
    return Shape(kind, basket, _pace(kitchen, basket, rng), *back)


def _coming_back(kitchen: Kitchen, bounds: I64, visit: I64, rng: np.random.Generator) -> tuple[float, float, float]:
    """(share of next things that were known before; how much of it is habit; mean distance in events back to them)."""
    several = np.flatnonzero(visit[bounds[:-1]] != visit[bounds[1:] - 1])
    people = rng.choice(several, SAMPLES) if len(several) else several
    popular = kitchen.counts / max(len(kitchen.histories.people), 1)
    popular = popular / max(float(popular.sum()), 1e-9)
    draws = rng.random(len(people))
    asked, known, chance, lags = _returns((bounds, kitchen.log.items, visit), people, draws, popular)
    if not known:
        return 0.0, 0.0, FOREVER
    share = known / asked
    error = float(np.sqrt(share * (1 - share) / min(asked, len(several))))
    return share, max(share - chance / asked - CERTAIN * error, 0.0), lags / known


@njit(cache=True, nogil=True)
def _returns(events, people, draws, popular):  # type: ignore[no-untyped-def]
    bounds, items, visit = events
    n = len(popular)
    seen = np.full(n, -1, np.int64)
    asked = known = 0
    chance = lags = 0.0
    for p in range(len(people)):
        lo, hi = bounds[people[p]], bounds[people[p] + 1]
        first = lo
        while visit[first] == visit[lo]:
            first += 1
        e = first + int(draws[p] * (hi - first))
        target = items[e]
        if target < 1 or target >= n:
            continue
        start = e
        while visit[start - 1] == visit[e]:
            start -= 1
        asked += 1
        found = False
        for b in range(start - 1, max(lo, start - 1_000) - 1, -1):
            i = items[b]
            if i < 1 or i >= n:
                continue
            if seen[i] != p:
                seen[i] = p
                chance += popular[i]
            if i == target and not found:
                found = True
                known += 1
                lags += start - 1 - b
    return asked, known, chance, lags


def _pace(kitchen: Kitchen, basket: float, rng: np.random.Generator) -> float:
    """From how often things beside each other, and `FAR` steps farther apart, are together in what others did."""
    step = max(round(basket), 1)
    far = (1 + FAR) * step
    rows = np.flatnonzero(kitchen.histories.length > far)
    if not len(rows):
        return UNTOLD
    chosen = rng.choice(rows, SAMPLES)
    spare = kitchen.histories.length[chosen] - far
    places = kitchen.histories.indptr[chosen] + far + (rng.random(SAMPLES) * spare).astype(np.int64)
    of = (kitchen.inverted.indptr, kitchen.inverted.person)
    near, apart = _together(of, kitchen.histories.items, places, (step, far))
    if near <= apart:
        return FOREVER
    told = min(len(rows), SAMPLES) / (min(len(rows), SAMPLES) + FEW)
    return float(1 / (told * np.log(near / max(apart, 1e-9 * near)) / FAR + (1 - told) / UNTOLD))


MOST_OF_ITEM = 2_000
"""So many people of an item tell enough."""


@njit(cache=True, nogil=True)
def _together(having, items, places, lags):  # type: ignore[no-untyped-def]
    """How like each other things are at both distances: cosines over other people, summed."""
    near = apart = 0.0
    for at in places:
        near += _cosine(having, items[at], items[at - lags[0]])
        apart += _cosine(having, items[at], items[at - lags[1]])
    return near, apart


@njit(cache=True, nogil=True)
def _cosine(having, i, j):  # type: ignore[no-untyped-def]
    indptr, people = having
    x, y, both = indptr[i], indptr[j], 0
    end_x, end_y = indptr[i + 1], indptr[j + 1]
    size = np.sqrt(float(end_x - x) * float(end_y - y))
    end_x, end_y = min(end_x, x + MOST_OF_ITEM), min(end_y, y + MOST_OF_ITEM)
    while x < end_x and y < end_y:
        if people[x] == people[y]:
            both += 1
            x += 1
            y += 1
        elif people[x] < people[y]:
            x += 1
        else:
            y += 1
    return max(both - 1, 0) / size
