"""Local ridge: for each item j, a small regression on the k items that tell most about it.

    S = the k items i with the greatest h_i² / (g_i + λ_i),   (G_SS + diag λ) b = h_S,   B[S, j] = b

with G the co-counts of inputs, g its diagonal, h column j of the counts of inputs with the target. Undirected, G = H:
SLIM and EASE restricted to S (Ning & Karypis 2011; Steck 2019, arXiv 1905.03375). Directed, input = past and
target = future with decays: SLIST (Choi et al. 2021, arXiv 2103.16104). Never a dense items × items matrix; each item
is solved by itself (a map over items), by conjugate gradients.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.taste.counting import Counting, Inverted, _best, count, stack
from regulars.taste.engine import used
from regulars.taste.histories import Histories
from regulars.taste.model import F32, I32, I64, Part
from regulars.taste.rp3 import scaled

COLUMNS_AT_ONCE = 4_096
MOST_PAIRS = 6_000_000
"""So many co-counts are kept for looking up G: 48 MB, and as much again while they are counted."""


@dataclass(frozen=True, slots=True)
class Ridge:
    """λ; α of people (their weight is 1 / deg^α); how λ grows with popularity (deg^penalty); discount β of j.

    steps  decay of distance in the past (0: order does not matter, G = H)
    both  weight of the undirected counts beside the directed ones
    """

    penalty: float = 5.0
    alpha: float = 0.5
    growth: float = 0.5
    beta: float = 0.0
    near: int = 100
    keep: int = 100
    steps: float = 0.0
    both: float = 0.5
    name: str = "ridge"

    def counted(self, histories: Histories, inverted: Inverted, *, threads: int = 1) -> "Counted":
        """The counts this needs; the same for every penalty, growth, near and β."""
        people = (np.maximum(histories.length, 1).astype(np.float64) ** -self.alpha).astype(np.float32)
        inputs = by_index(self._counted(histories, inverted, people, (1.0, 1.0), threads))
        targets = inputs
        if self.steps:
            targets = self._counted(histories, inverted, people, (self.both, 1.0 + self.both), threads)
        return Counted(inputs, targets, self._diagonal(histories, people))

    def fit(self, counted: "Counted", *, threads: int = 1) -> Part:
        """The matrix, scaled like every part."""
        degree = np.maximum(counted.diagonal, 1e-6).astype(np.float64)
        mean = float(degree[counted.diagonal > 0].mean()) if (counted.diagonal > 0).any() else 1.0
        penalty = (self.penalty * mean * (degree / mean) ** self.growth).astype(np.float32)
        sizes = (self.near, self.keep)
        columns = solve(counted.inputs, counted.targets, (counted.diagonal, penalty), sizes, threads=threads)
        part = transposed(self.name, columns)
        if self.beta:
            discount = degree**-self.beta
            part = Part(part.name, part.indptr, part.indices, (part.data * discount[part.indices]).astype(np.float32))
        return scaled(part)

    def _diagonal(self, histories: Histories, people: F32) -> F32:
        rows = np.repeat(people, histories.length)
        return np.bincount(histories.items, rows, minlength=histories.n).astype(np.float32)

    def _counted(
        self, histories: Histories, inverted: Inverted, people: F32, ways: tuple[float, float], threads: int
    ) -> Part:
        """Co-counts with what comes after weighted ways[0] and what came before ways[1]."""
        longest = max(int(histories.length.max(initial=1)), 1)
        table = np.ones(longest, np.float32)
        if self.steps:
            table = np.exp(-np.arange(min(longest, int(6 * self.steps) + 2)) / self.steps).astype(np.float32)
        ones = np.ones(histories.n, np.float32)
        keep = max(100, min(histories.n, MOST_PAIRS // max(histories.n, 1)))
        how = Counting(
            person=people,
            strength=np.ones(len(histories.items), np.float32),
            forward=table * np.float32(ways[0]),
            backward=table * np.float32(ways[1]),
            row=ones,
            column=ones,
            keep=keep,
        )
        return count(histories, inverted, how, name=self.name, threads=threads)


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of inputs with inputs (rows by index), of each target with its inputs (by rows), and the diagonal g."""

    inputs: Part
    targets: Part
    diagonal: F32


def by_index(symmetric: Part) -> Part:
    """A symmetric matrix with each row sorted by index, for looking up: its transpose, filled in order."""
    indptr, indices, data = _transpose(symmetric.indptr, symmetric.indices, symmetric.data)
    return Part(symmetric.name, indptr, indices, data)


@njit(cache=True, nogil=True)
def _transpose(indptr, indices, data):  # type: ignore[no-untyped-def]
    n = len(indptr) - 1
    bounds = np.zeros(n + 1, np.int64)
    for x in range(len(indices)):
        bounds[indices[x] + 1] += 1
    for i in range(n):
        bounds[i + 1] += bounds[i]
    at = bounds[:-1].copy()
    items, values = np.empty(len(indices), np.int32), np.empty(len(indices), np.float32)
    for i in range(n):
        for x in range(indptr[i], indptr[i + 1]):
            j = indices[x]
            items[at[j]], values[at[j]] = i, data[x]
            at[j] += 1
    return bounds, items, values


def transposed(name: str, columns: Part) -> Part:
    """Rows from columns, each row best first."""
    of = np.repeat(np.arange(columns.n, dtype=np.int32), np.diff(columns.indptr))
    order = np.lexsort((of, -columns.data, columns.indices))
    sizes = np.bincount(columns.indices, minlength=columns.n)
    return Part(name, np.r_[0, np.cumsum(sizes)].astype(np.int64), of[order], columns.data[order])


def solve(inputs: Part, targets: Part, diagonal: tuple[F32, F32], sizes: tuple[int, int], *, threads: int = 1) -> Part:
    """By column: row j of the answer holds the sources of item j and their weights.

    diagonal  (g, λ) per item · sizes  (items near, weights kept)
    """
    engine = used()
    if engine is not None:
        return engine.solve(inputs, targets, diagonal, sizes)
    chunks = [(lo, min(lo + COLUMNS_AT_ONCE, inputs.n)) for lo in range(0, inputs.n, COLUMNS_AT_ONCE)]

    def one(chunk: tuple[int, int]) -> tuple[I64, I32, F32]:
        return solved(chunk, inputs, targets, diagonal, sizes)

    if threads > 1 and len(chunks) > 1:
        with ThreadPoolExecutor(threads) as pool:
            return stack("columns", list(pool.map(one, chunks)))
    return stack("columns", [one(chunk) for chunk in chunks])


def solved(
    chunk: tuple[int, int], inputs: Part, targets: Part, diagonal: tuple[F32, F32], sizes: tuple[int, int]
) -> tuple[I64, I32, F32]:
    """The columns [lo, hi) of the answer of `solve`."""
    return _solve(  # type: ignore[no-any-return]
        chunk,
        (inputs.indptr, inputs.indices, inputs.data),
        (targets.indptr, targets.indices, targets.data),
        diagonal,
        sizes,
    )


@njit(cache=True, nogil=True, fastmath=True)
def _solve(columns, inputs, targets, diagonal, limits):  # type: ignore[no-untyped-def]
    lo, hi = columns
    g, penalty = diagonal
    near, keep = limits
    indptr, sources, values = targets
    n = len(g)
    worth, place = np.zeros(n, np.float32), np.full(n, -1, np.int32)
    h = np.zeros(n, np.float32)
    candidates = np.empty(n, np.int32)
    sizes = np.zeros(hi - lo, np.int64)
    out_items, out_data = np.empty((hi - lo) * keep, np.int32), np.empty((hi - lo) * keep, np.float32)
    matrix, right = np.empty((near, near), np.float32), np.empty(near, np.float32)
    filled = 0
    for j in range(lo, hi):
        m = 0
        for x in range(indptr[j], indptr[j + 1]):
            i = sources[x]
            if i != j and values[x] > 0:
                h[i] = values[x]
                worth[i] = values[x] * values[x] / (g[i] + penalty[i])
                candidates[m] = i
                m += 1
        k = _best(worth, candidates, m, near)
        chosen = candidates[:k]
        _gram(inputs, chosen, place, matrix)
        for a in range(k):
            matrix[a, a] = g[chosen[a]] + penalty[chosen[a]]
            right[a] = h[chosen[a]]
        b = _conjugate(matrix, right, k)
        kept = _strongest(b, keep)
        for x in range(len(kept)):
            out_items[filled], out_data[filled] = chosen[kept[x]], b[kept[x]]
            filled += 1
        sizes[j - lo] = len(kept)
    return sizes, out_items[:filled].copy(), out_data[:filled].copy()


@njit(cache=True, nogil=True)
def _gram(inputs, chosen, place, matrix):  # type: ignore[no-untyped-def]
    """Fill matrix with the co-counts of `chosen`: short rows are walked, pairs of long rows looked up."""
    indptr, indices, data = inputs
    k = len(chosen)
    for a in range(k):
        place[chosen[a]] = a
        for b in range(k):
            matrix[a, b] = 0
    long = 12 * k
    for a in range(k):
        start, stop = indptr[chosen[a]], indptr[chosen[a] + 1]
        if stop - start <= long:
            for x in range(start, stop):
                b = place[indices[x]]
                if b >= 0:
                    matrix[a, b] = matrix[b, a] = data[x]
        else:
            for b in range(a + 1, k):
                t = chosen[b]
                if indptr[t + 1] - indptr[t] > long:
                    x = start + np.searchsorted(indices[start:stop], t)
                    if x < stop and indices[x] == t:
                        matrix[a, b] = matrix[b, a] = data[x]
    for a in range(k):
        place[chosen[a]] = -1


@njit(cache=True, nogil=True, fastmath=True)
def _conjugate(matrix, right, k):  # type: ignore[no-untyped-def]
    """Solve matrix[:k, :k] b = right[:k] by preconditioned conjugate gradients (Jacobi), to 1e-4 or 30 steps."""
    b, ap = np.zeros(k, np.float32), np.empty(k, np.float32)
    residual, step = right[:k].copy(), np.empty(k, np.float32)
    rz = np.float32(0)
    for a in range(k):
        step[a] = residual[a] / matrix[a, a]
        rz += residual[a] * step[a]
    goal = rz * np.float32(1e-8)
    for _ in range(30):
        if rz <= goal or rz <= 0:
            break
        curve = np.float32(0)
        for a in range(k):
            total = np.float32(0)
            for c in range(k):
                total += matrix[a, c] * step[c]
            ap[a] = total
            curve += step[a] * total
        if curve <= 0:
            break
        length = rz / curve
        new = np.float32(0)
        for a in range(k):
            b[a] += length * step[a]
            residual[a] -= length * ap[a]
            new += residual[a] * residual[a] / matrix[a, a]
        turn = new / rz
        for a in range(k):
            step[a] = residual[a] / matrix[a, a] + turn * step[a]
        rz = new
    return b


@njit(cache=True, nogil=True)
def _strongest(b, keep):  # type: ignore[no-untyped-def]
    """Places of the `keep` weights of greatest size, leaving out zeros."""
    size = np.abs(b)
    order = np.argsort(-size)[:keep]
    return order[size[order] > 0]
