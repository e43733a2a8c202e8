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
def likeness(a: int, b: int, vectors: NDArray[np.int8], category: I32) -> float:
    """How alike items a and b are, in [0, 1]: by the model's vectors (× 127), and by category."""
    alike = 0.0
    if a < len(vectors) and b < len(vectors):
        for d in range(vectors.shape[1]):
            alike += float(vectors[a, d]) * float(vectors[b, d])
        alike = min(1.0, max(0.0, alike / 16129.0))
    if a < len(category) and b < len(category) and category[a] == category[b] and category[a] >= 0:
        alike = max(alike, ALIKE_BY_CATEGORY)
    return alike


@njit(cache=True, nogil=True)
def vary(items: I32, scores: F32, before: I32, about: tuple[NDArray[np.int8], I32], limits: tuple[int, float]) -> I32:
    """Maximal marginal relevance (Carbonell & Goldstein 1998): positions of k items, each the best of

        (1 - variety) · score / greatest score  -  variety · likeness to the most alike item already there

    before   items that already stand there
    about    the model's vectors, and each item's category
    limits   k, variety in [0, 1]; with 0 it is the order of the scores
    """
    k, variety = limits
    vectors, category = about
    m = len(items)
    top = max(scores.max(), 1e-12) if m else 1.0
    nearest = np.zeros(m)
    taken = np.zeros(m, np.bool_)
    picked = np.empty(min(k, m), np.int32)
    if variety > 0:
        for b in before:
            for c in range(m):
                nearest[c] = max(nearest[c], likeness(items[c], b, vectors, category))
    for place in range(len(picked)):
        best, value = -1, -np.inf
        for c in range(m):
            if not taken[c]:
                worth = (1 - variety) * scores[c] / top - variety * nearest[c]
                if worth > value:
                    best, value = c, worth
        taken[best] = True
        picked[place] = best
        if variety > 0:
            for c in range(m):
                if not taken[c]:
                    nearest[c] = max(nearest[c], likeness(items[c], items[best], vectors, category))
    return picked


@njit(cache=True, nogil=True)
def less_like(items: I32, disliked: I32, vectors: NDArray[np.int8], category: I32) -> F32:
    """(k,) what is left of each item's score: 1 - its likeness to the most alike disliked item, at least 0.05."""
    left = np.ones(len(items), np.float32)
    for c in range(len(items)):
        for d in disliked:
            left[c] = min(left[c], max(0.05, 1 - likeness(items[c], d, vectors, category)))
    return left


def warm() -> None:
    """Compile every kernel (or read it from numba's cache)."""
    order, scores = np.ones(1, np.int32), np.ones(1, np.float32)
    vectors, category = np.zeros((2, 64), np.int8), np.zeros(2, np.int32)
    first_allowed(order, np.ones(2, np.bool_), 1)
    vary(order, scores, order, (vectors, category), (1, 0.3))
    less_like(order, order, vectors, category)
