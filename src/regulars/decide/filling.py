"""Filling up and ordering the candidates, compiled. The loops let go of the GIL."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.catalog.model import Mask
from regulars.taste.counting import _best

I32 = NDArray[np.int32]
F32 = NDArray[np.float32]
I8 = NDArray[np.int8]
Base = tuple[I32, F32, I8]
Limits = tuple[int, float]
BELOW = np.float32(0.9)
"""How far below the last of what is there the first of what is popular stands."""


@njit(cache=True, nogil=True)
def filled_up(first: Base, popular: tuple[I32, F32], allowed: Mask, how: tuple[int, int, int]) -> Base:
    """`first`, and after it what is popular of the rest of `allowed`, until there are k.

    first    items, scores in (0, 1] best first, and where each comes from
    popular  all items, the most popular first, and how popular; 0 for those nobody touched yet, which come last
    how      k, and what is written down for what is popular and for what nobody touched
    """
    items, base, origin = first
    order, shares = popular
    k, touched_here, untouched_here = how
    n, m = len(allowed), len(items)
    there = np.zeros(n, np.bool_)
    for i in items:
        there[i] = True
    more = np.empty(max(min(k - m, len(order)), 0), np.int64)
    found = touched = 0
    for position in range(len(order)):
        if found == len(more):
            break
        item = order[position]
        if item < n and allowed[item] and not there[item]:
            more[found] = position
            found += 1
            touched += shares[position] != 0
    out = np.empty(m + found, np.int32), np.empty(m + found, np.float32), np.empty(m + found, np.int8)
    out[0][:m], out[1][:m], out[2][:m] = items, base, origin
    below = base[m - 1] * BELOW if m else np.float32(1)
    greatest = shares[more[0]] if touched else np.float32(1)
    last = shares[more[touched - 1]] / greatest if touched else np.float32(1)
    rest = found - touched
    for x in range(found):
        share = shares[more[x]]
        worth = share / greatest if x < touched else last * _falling(x - touched, rest)
        out[0][m + x], out[1][m + x] = order[more[x]], worth * below
        out[2][m + x] = touched_here if share > 0 else untouched_here
    return out


@njit(cache=True, nogil=True)
def _falling(x: int, of: int) -> np.float32:
    """From a half to a quarter in `of` steps, as numpy's linspace has it."""
    if x > 0 and x == of - 1:
        return np.float32(0.25)
    return np.float32(x * (-0.25 / (of - 1)) + 0.5) if of > 1 else np.float32(0.5)


@njit(cache=True, nogil=True)
def lean(total: F32, items: I32, mask: Mask, weight: np.float32) -> None:
    """Add `weight` where `mask` has the item."""
    for x in range(len(items)):
        total[x] += mask[items[x]] * weight


Columns = tuple[I32, F32, I8, F32, F32, F32]


@njit(cache=True, nogil=True)
def in_order(columns: Columns) -> Columns:
    """The candidates by their scores, the last column; equal ones as they were."""
    items, base, origin, nudge, boost, scores = columns
    order = np.arange(len(scores)).astype(np.int32)
    _best(scores, order, len(order), len(order))
    return items[order], base[order], origin[order], nudge[order], boost[order], scores[order]


@njit(cache=True, nogil=True)
def to_try(pool: tuple[I32, I32], newest: tuple[I32, NDArray[np.float64]], allowed: Mask, limits: Limits) -> I32:
    """What may be tried: half of the most are the next best of the pool, the others the newest; none is shown.

    pool    the candidates, and what is shown of them
    newest  all items, the one published last first, and when each was published
    limits  how many at most, and since when something is new
    """
    (candidates, shown), (order, published), (most, since) = pool, newest, limits
    found, m = np.empty(most, np.int32), 0
    for i in candidates:
        if m == most // 2:
            break
        if not _there(i, shown, len(shown)):
            found[m] = i
            m += 1
    looked = 0
    for i in order:
        if m == most or looked == most + len(shown):
            break
        if i < len(allowed) and allowed[i]:
            looked += 1
            if published[i] > since and not _there(i, shown, len(shown)) and not _there(i, found, m):
                found[m] = i
                m += 1
    return found[:m]


@njit(cache=True, nogil=True)
def _there(item: int, among: I32, m: int) -> bool:
    found = False
    for x in range(m):
        found |= among[x] == item
    return found


def warm() -> None:
    """Compile every kernel (or read it from numba's cache)."""
    one, real, mask = np.ones(1, np.int32), np.ones(1, np.float32), np.ones(2, np.bool_)
    few = (one, real, np.zeros(1, np.int8))
    filled_up(few, (one, real), mask, (1, 2, 4))
    lean(real, one, mask, np.float32(1))
    in_order((*few, real, real, real))
    days = np.ones(2)
    to_try((one, one), (one, days), mask, (20, 0.0))
    days.flags.writeable = False
    to_try((one, one), (one, days), mask, (20, 0.0))
    mask.flags.writeable = False  # another type to the compiler; masks of a shelf are like that
    lean(real, one, mask, np.float32(1))
