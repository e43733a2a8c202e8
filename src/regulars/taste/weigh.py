"""What each event of a history counts: kind of event × recency, the strongest event of an item speaks for it."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.people.model import History
from regulars.taste.histories import counts
from regulars.taste.model import F32, F64


def weigh(
    history: History, verbs: F32, now_seconds: float, fading: tuple[F64, F64], n: int
) -> tuple[NDArray[np.int64], F64]:
    """The events that speak (indices into `history`, one per distinct item) and their weight in each part.

    fading   per part: steps, half-life in seconds
    returns  (s,) int64, (parts, s) float64. An event in the future counts as one of now.
    BOUNCED and REMOVED speak for nothing and take back the viewing or adding of the item just before them.
    """
    return weigh_kernel((history.items, history.verbs, history.at), verbs, float(now_seconds), fading, n)  # type: ignore[no-any-return]


@njit(cache=True, nogil=True)
def weigh_kernel(history, verbs, now, fading, n):  # type: ignore[no-untyped-def]
    """The kernel of `weigh`."""
    items, kinds, at = history
    steps, half_lives = fading
    size = len(items)
    first = np.empty(size, np.int64)  # the newest event of each distinct item
    undone = np.zeros(size, np.int8)  # the verb that takes back the event before it
    place = np.full(size, -1, np.int64)  # among the items that speak
    speaks, strength = np.empty(size, np.int64), np.zeros(size)
    known = count = 0
    for e in range(size):
        item, verb = items[e], kinds[e]
        if item < 1 or item >= n:
            continue
        d = 0
        while d < known and items[first[d]] != item:
            d += 1
        if d == known:
            first[known] = e
            known += 1
        if counts(undone, d, verb, verbs):
            if place[d] < 0:
                place[d] = count
                count += 1
            loud = verbs[verb] / (1 + max(now - at[e], 0.0) / MONTH)
            if loud > strength[place[d]]:
                strength[place[d]], speaks[place[d]] = loud, e
    weights = np.empty((len(steps), count))
    for s in range(count):
        age = max(now - at[speaks[s]], 0.0)
        for p in range(len(steps)):
            weights[p, s] = verbs[kinds[speaks[s]]] * np.exp(-s / steps[p]) * 2.0 ** (-age / half_lives[p])
    return speaks[:count].copy(), weights


MONTH = 30 * 86_400.0
