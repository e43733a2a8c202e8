"""Counting which items go together: one kernel, row by row, so that memory stays small.

Every model of the room starts from the same sum over histories u that hold both i and j,

    C[i, j] = Σ_u  a_u · s_ui · s_uj · t(position of j − position of i)

with a_u a weight of the person, s strengths, and t a table of what a distance forwards or backwards counts.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.kit.errors import Invalid
from regulars.taste.engine import used
from regulars.taste.histories import Histories
from regulars.taste.model import F32, I32, I64, Part

ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, slots=True)
class Counting:
    """How pairs are counted and which are kept.

    person    (p,) float32 a_u · strength (m,) float32 s
    forward, backward   float32 tables by distance 1, 2 … (index 0 is distance 1); beyond them nothing counts
    row, column  (n,) float32 factors put on C[i, j] afterwards: the value is row[i] · C[i, j] · column[j]
    keep      how many of a row are kept, by that value
    """

    person: F32
    strength: F32
    forward: F32
    backward: F32
    row: F32
    column: F32
    keep: int


Progress = Callable[[str, float], None]


def whole(histories: Histories, *, keep: int) -> Counting:
    """Plain counting: every pair of a history counts one, whatever its order."""
    longest = int(histories.length.max()) if len(histories.people) else 1
    table, ones = np.ones(max(longest, 1), np.float32), np.ones(histories.n, np.float32)
    people = np.ones(len(histories.people), np.float32)
    return Counting(people, np.ones(len(histories.items), np.float32), table, table, ones, ones, keep)


@dataclass(frozen=True, slots=True)
class Inverted:
    """Where each item occurs: (n + 1,) indptr into `position` (of `Histories.items`) and `person` (row of it)."""

    indptr: I64
    position: I32
    person: I32


def invert(histories: Histories) -> Inverted:
    """The occurrences of each item, in the order of people."""
    if len(histories.items) >= 2**31:
        raise Invalid("more than 2,147,483,647 items of history on one machine: count on Spark")
    return Inverted(*_invert(histories.indptr, histories.items, histories.n))


@njit(cache=True, nogil=True)
def _invert(bounds, items, n):  # type: ignore[no-untyped-def]
    indptr = np.zeros(n + 1, np.int64)
    for x in range(len(items)):
        indptr[items[x] + 1] += 1
    for i in range(n):
        indptr[i + 1] += indptr[i]
    at = indptr[:-1].copy()
    position, person = np.empty(len(items), np.int32), np.empty(len(items), np.int32)
    for u in range(len(bounds) - 1):
        for x in range(bounds[u], bounds[u + 1]):
            i = items[x]
            position[at[i]], person[at[i]] = x, u
            at[i] += 1
    return indptr, position, person


def count(histories: Histories, inverted: Inverted, how: Counting, *, name: str, threads: int = 1) -> Part:
    """The matrix of `how`, rows in item order, each row's best first. Same answer for any number of threads.

    Sums are made in 64 bits and rounded, so that the order of people does not matter: a cluster counts the same.
    """
    engine = used()
    if engine is not None and histories.gathered is not None:
        return engine.count(histories, how, name)
    n = histories.n
    chunks = [(lo, min(lo + ROWS_AT_ONCE, n)) for lo in range(0, n, ROWS_AT_ONCE)]

    def one(chunk: tuple[int, int]) -> tuple[I64, I32, F32]:
        return _count(  # type: ignore[no-any-return]
            chunk,
            (inverted.indptr, inverted.position, inverted.person),
            (histories.indptr, histories.items),
            (how.person, how.strength, how.forward, how.backward, how.row, how.column),
            how.keep,
        )

    if threads > 1 and len(chunks) > 1:
        with ThreadPoolExecutor(threads) as pool:
            return stack(name, list(pool.map(one, chunks)))
    return stack(name, [one(chunk) for chunk in chunks])


def stack(name: str, blocks: list[tuple[I64, I32, F32]]) -> Part:
    """One matrix from blocks of rows: (sizes of rows, indices, data) each."""
    sizes = np.concatenate([b[0] for b in blocks]) if blocks else np.zeros(0, np.int64)
    indices = np.concatenate([b[1] for b in blocks]) if blocks else np.zeros(0, np.int32)
    data = np.concatenate([b[2] for b in blocks]) if blocks else np.zeros(0, np.float32)
    return Part(name, np.r_[0, np.cumsum(sizes)].astype(np.int64), indices, data)


@njit(cache=True, nogil=True, fastmath=True)
def _count(rows, occurrences, histories, how, keep):  # type: ignore[no-untyped-def]
    lo, hi = rows
    row, column = how[4], how[5]
    n = len(row)
    total, seen = np.zeros(n, np.float64), np.zeros(n, np.bool_)
    touched = np.empty(n, np.int32)
    sizes = np.zeros(hi - lo, np.int64)
    room = 1024
    out_items, out_data = np.empty(room, np.int32), np.empty(room, np.float32)
    filled = 0
    for i in range(lo, hi):
        m = _sum(i, occurrences, histories, how[:4], (total, seen, touched))
        for x in range(m):
            j = touched[x]
            total[j] = np.float32(np.float32(total[j]) * (row[i] * column[j]))
        kept = _best(total, touched, m, keep)
        if filled + kept > room:
            room = max(2 * room, filled + kept)
            out_items, out_data = _grown(out_items, filled, room), _grown(out_data, filled, room)
        for x in range(kept):
            j = touched[x]
            if j != i and total[j] > 0:
                out_items[filled], out_data[filled] = j, total[j]
                filled += 1
                sizes[i - lo] += 1
        for x in range(m):
            total[touched[x]], seen[touched[x]] = 0, False
    return sizes, out_items[:filled].copy(), out_data[:filled].copy()


@njit(cache=True, nogil=True, fastmath=True)
def _sum(i, occurrences, histories, how, row):  # type: ignore[no-untyped-def]
    """C[i, :] into `total`; which items it has into `touched`, and how many they are."""
    indptr, position, person = occurrences
    bounds, items = histories
    weight, strength, forward, backward = how
    total, seen, touched = row
    m = 0
    for o in range(indptr[i], indptr[i + 1]):
        q, u = position[o], person[o]
        w = weight[u] * strength[q]
        for t in range(q + 1, min(q + 1 + len(forward), bounds[u + 1])):
            j = items[t]
            if not seen[j]:
                seen[j], touched[m] = True, j
                m += 1
            total[j] += w * strength[t] * forward[t - q - 1]
        for t in range(q - 1, max(q - 1 - len(backward), bounds[u] - 1), -1):
            j = items[t]
            if not seen[j]:
                seen[j], touched[m] = True, j
                m += 1
            total[j] += w * strength[t] * backward[q - t - 1]
    return m


@njit(cache=True, nogil=True)
def sums(occurrences, histories, how, n):  # type: ignore[no-untyped-def]
    """Every C[i, j] that is not 0, in 64 bits: for part of the people, to be added to those of the others."""
    total, seen = np.zeros(n, np.float64), np.zeros(n, np.bool_)
    touched = np.empty(n, np.int32)
    room, filled = 1024, 0
    rows, columns, values = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.float64)
    for i in range(n):
        m = _sum(i, occurrences, histories, how, (total, seen, touched))
        if filled + m > room:
            room = max(2 * room, filled + m)
            rows, columns = _grown(rows, filled, room), _grown(columns, filled, room)
            values = _grown(values, filled, room)
        for x in range(m):
            j = touched[x]
            rows[filled], columns[filled], values[filled] = i, j, total[j]
            total[j], seen[j] = 0, False
            filled += 1
    return rows[:filled], columns[:filled], values[:filled]


@njit(cache=True, nogil=True)
def _grown(old, filled, room):  # type: ignore[no-untyped-def]
    new = np.empty(room, old.dtype)
    new[:filled] = old[:filled]
    return new


@njit(cache=True, nogil=True)
def _better(value, a, b):  # type: ignore[no-untyped-def]
    """Higher value first, lower item id among equals: the order never depends on chance."""
    return value[a] > value[b] or (value[a] == value[b] and a < b)


@njit(cache=True, nogil=True)
def _sink(value, heap, root, size):  # type: ignore[no-untyped-def]
    """Let heap[root] sink to its place; the worst of the heap is on top."""
    while True:
        child = 2 * root + 1
        if child >= size:
            return
        if child + 1 < size and _better(value, heap[child], heap[child + 1]):
            child += 1
        if not _better(value, heap[root], heap[child]):
            return
        heap[root], heap[child] = heap[child], heap[root]
        root = child


@njit(cache=True, nogil=True)
def _best(value, candidates, m, k):  # type: ignore[no-untyped-def]
    """Reorder candidates[:m] so that its first min(m, k) are the best, best first; all others stay behind them."""
    size = min(m, k)
    for root in range(size // 2 - 1, -1, -1):
        _sink(value, candidates, root, size)
    for x in range(size, m):
        if size and _better(value, candidates[x], candidates[0]):
            candidates[0], candidates[x] = candidates[x], candidates[0]
            _sink(value, candidates, 0, size)
    for end in range(size - 1, 0, -1):
        candidates[0], candidates[end] = candidates[end], candidates[0]
        _sink(value, candidates, 0, end)
    return size
