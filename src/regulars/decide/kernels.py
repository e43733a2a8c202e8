"""The loops of deciding, compiled. They let go of the GIL."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.catalog.model import Mask

I32 = NDArray[np.int32]
F32 = NDArray[np.float32]
ALIKE_BY_CATEGORY = 0.5
"""How alike two items of the very same category are at least."""


@njit(cache=True, nogil=True)
def first_allowed(order: I32, allowed: Mask, k: int) -> I32:
    """Positions in `order` of its first k items that are allowed."""
    n = len(allowed)
    found = np.empty(min(k, len(order)), np.int32)
    m = 0
    for position in range(len(order)):
        if m == len(found):
            break
        item = order[position]
        if item < n and allowed[item]:
            found[m] = position
            m += 1
    return found[:m]


@njit(cache=True, nogil=True)
def absent(items: I32, there: I32) -> Mask:
    """(k,) which of `items` are not among `there`."""
    new = np.ones(len(items), np.bool_)
    if len(items) == 0 or len(there) == 0:
        return new
    seen = np.zeros(max(items.max(), there.max()) + 1, np.bool_)
    for other in there:
        seen[other] = True
    for i in range(len(items)):
        new[i] = not seen[items[i]]
    return new


@njit(cache=True, nogil=True)
def gathered(items: I32, vectors: NDArray[np.int8]) -> F32:
    """(k, d) the items' vectors of length 1; all 0 for an item that has none."""
    found = np.zeros((len(items), vectors.shape[1]), np.float32)
    for i in range(len(items)):
        if items[i] < len(vectors):
            for d in range(vectors.shape[1]):
                found[i, d] = vectors[items[i], d] * np.float32(1 / 127)
    return found


@njit(cache=True, nogil=True, fastmath=True)
def likeness(a: F32, b: F32, categories: tuple[int, int]) -> float:
    """How alike two items are, in [0, 1]: by their vectors, and by category (-1: none)."""
    alike = np.float32(0)
    for d in range(len(a)):
        alike += a[d] * b[d]
    if categories[0] == categories[1] and categories[0] >= 0:
        alike = max(alike, np.float32(ALIKE_BY_CATEGORY))
    return float(min(np.float32(1), max(np.float32(0), alike)))


@njit(cache=True, nogil=True)
def vary(items: I32, scores: F32, before: I32, about: tuple[NDArray[np.int8], I32], limits: tuple[int, float]) -> I32:
    """Maximal marginal relevance (Carbonell & Goldstein 1998): positions of k items, each the best of

        (1 - variety) · score / greatest score  -  variety · likeness to the most alike item already there

    before   items that already stand there
    about    the model's vectors, and each item's category
    limits   k, variety in [0, 1]; with 0 it is the order of the scores
    """
    k, variety = limits
    m, category = len(items), about[1]
    top = max(scores.max(), 1e-12) if m else 1.0
    nearest = np.zeros(m)
    known = np.zeros(m, np.int64)  # up to which of those picked `nearest` counts
    taken = np.zeros(m, np.bool_)
    picked = np.empty(min(k, m), np.int32)
    own = gathered(items, about[0]) if variety > 0 else np.zeros((0, 0), np.float32)
    if variety > 0 and len(before):
        there = gathered(before, about[0])
        for b in range(len(before)):
            for c in range(m):
                nearest[c] = max(nearest[c], likeness(own[c], there[b], (category[items[c]], category[before[b]])))
    for place in range(len(picked)):
        best, value = -1, -np.inf
        for c in range(m):
            while not taken[c]:  # it is worth at most this: what was picked since can only take from it
                worth = (1 - variety) * scores[c] / top - variety * nearest[c]
                if worth <= value:
                    break
                if variety <= 0 or known[c] == place:
                    best, value = c, worth
                    break
                last = picked[known[c]]
                both = (category[items[c]], category[items[last]])
                nearest[c] = max(nearest[c], likeness(own[c], own[last], both))
                known[c] += 1
        taken[best] = True
        picked[place] = best
    return picked


@njit(cache=True, nogil=True)
def less_like(items: I32, disliked: I32, vectors: NDArray[np.int8], category: I32) -> F32:
    """(k,) what is left of each item's score: 1 - its likeness to the most alike disliked item, at least 0.05."""
    left = np.ones(len(items), np.float32)
    own, theirs = gathered(items, vectors), gathered(disliked, vectors)
    for c in range(len(items)):
        for d in range(len(disliked)):
            alike = likeness(own[c], theirs[d], (category[items[c]], category[disliked[d]]))
            left[c] = min(left[c], max(0.05, 1 - alike))
    return left


def warm() -> None:
    """Compile every kernel (or read it from numba's cache)."""
    order, scores = np.ones(1, np.int32), np.ones(1, np.float32)
    vectors, category = np.zeros((2, 64), np.int8), np.zeros(2, np.int32)
    first_allowed(order, np.ones(2, np.bool_), 1)
    absent(order, order)
    vary(order, scores, order, (vectors, category), (1, 0.3))
    less_like(order, order, vectors, category)
    category.flags.writeable = False  # another type to the compiler; those of a shelf that was read are like that
    vary(order, scores, order, (vectors, category), (1, 0.3))
    less_like(order, order, vectors, category)
