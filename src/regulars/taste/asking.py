"""Asking many questions at once: the serving kernel over packed cases, for the bake-off.

`ask` scores one blend. `grid` keeps what every part gives every candidate, so that many blends of the same parts
cost a few microseconds a question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.taste.alike import near
from regulars.taste.cases import Case
from regulars.taste.counting import _best
from regulars.taste.mixing import arrays, settings
from regulars.taste.model import F32, F64, I8, I32, I64, Blend, Model
from regulars.taste.rank import answer, gather_scores

DEEP = 60
"""So many of each part's best are candidates for a blend of the parts."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Cases as arrays: histories and targets by rows, and when each was asked."""

    bounds: I64
    items: I32
    verbs: I8
    at: F64
    now: F64
    target_bounds: I64
    targets: I32

    @property
    def arrays(self) -> tuple[I64, I32, I8, F64, F64, I64, I32]:
        """As the kernels take them."""
        return self.bounds, self.items, self.verbs, self.at, self.now, self.target_bounds, self.targets


def pack(cases: Sequence[Case]) -> Packed:
    """The same questions as arrays; those without an answer are left out."""
    cases = [c for c in cases if len(c.targets)]
    histories, targets = [c.history for c in cases], [c.targets for c in cases]
    return Packed(
        _bounds([len(h.items) for h in histories]),
        np.concatenate([np.zeros(0, np.int32), *(h.items for h in histories)]).astype(np.int32),
        np.concatenate([np.zeros(0, np.int8), *(h.verbs for h in histories)]).astype(np.int8),
        np.concatenate([np.zeros(0), *(h.at for h in histories)]),
        np.array([c.now for c in cases], np.float64),
        _bounds([len(t) for t in targets]),
        np.concatenate([np.zeros(0, np.int32), *targets]).astype(np.int32),
    )


def _bounds(sizes: list[int]) -> I64:
    bounds: I64 = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    return bounds


def ask(model: Model, blend: Blend, packed: Packed, *, k: int, step: int = 1) -> F64:
    """(questions,) what is maximised: 0.8 × NDCG + 0.2 × recall at k, of every `step`-th question."""
    how = (settings(model, blend), near(model, blend))
    found: F64 = _ask(arrays(model), how, packed.arrays, _given(model.n), (k, blend.repeats, step, discounts(k)))
    return found


def discounts(k: int) -> F64:
    """What each place of an answer counts in NDCG."""
    out: F64 = 1 / np.log2(np.arange(2, k + 2))
    return out


def _given(n: int) -> tuple["np.typing.NDArray[np.bool_]", F64, I8, I32]:
    everything = np.ones(n, np.bool_)
    everything[:1] = False
    return everything, np.zeros(n), np.zeros(n, np.int8), np.empty(n, np.int32)


@njit(cache=True, nogil=True)
def _ask(model, how, cases, given, limits):  # type: ignore[no-untyped-def]
    bounds, items, verbs, at, now, target_bounds, targets = cases
    k, repeats, step, discount = limits
    touched = given[3]
    out = np.zeros((len(now) + step - 1) // step)
    for c in range(0, len(now), step):
        lo, hi = bounds[c], bounds[c + 1]
        right = targets[target_bounds[c] : target_bounds[c + 1]]
        count = answer(model, how, (items[lo:hi], verbs[lo:hi], at[lo:hi], now[c]), given, (k, repeats))
        hits, gain = 0, 0.0
        for x in range(count):
            for t in right:
                if t == touched[x]:
                    hits += 1
                    gain += discount[x]
        out[c // step] = worth(hits, gain, len(right), discount)
    return out


@njit(cache=True, nogil=True)
def worth(hits, gain, right, discount):  # type: ignore[no-untyped-def]
    """What one answer is worth."""
    ideal = 0.0
    for x in range(min(len(discount), right)):
        ideal += discount[x]
    return 0.8 * gain / ideal + 0.2 * hits / right


@dataclass(frozen=True, slots=True)
class Grid:
    """What each column (a part with its fade, or a habit) gives each candidate of each question.

    bounds (q + 1,) of candidates by question · items (c,) sorted in a question · right (c,) whether it is an answer
    answers (q,) how many answers a question has · columns  name → (c,) float32
    """

    bounds: I64
    items: I32
    right: I8
    answers: I64
    columns: Mapping[str, F32]

    def score(self, weights: Mapping[str, float], *, k: int) -> F64:
        """(questions,) what a blend of the columns is worth."""
        used = [name for name, weight in weights.items() if weight]
        total = np.zeros(len(self.items), np.float32)
        for name in used:
            total += np.float32(weights[name]) * self.columns[name]
        found: F64 = _weighed(self.bounds, total, self.right, self.answers, discounts(k))
        return found


def grid(model: Model, blends: Mapping[str, Blend], packed: Packed, *, step: int = 1) -> Grid:
    """Candidates: the best of each of `blends`, which are columns by name."""
    given, cases = _given(model.n), packed.arrays
    tops = []
    for blend in blends.values():
        how = (settings(model, blend), near(model, blend))
        tops.append(_tops(arrays(model), how, cases, given, (DEEP, blend.repeats, step)))
    bounds, items, right, answers = _union(np.hstack(tops), packed.target_bounds, packed.targets, step)
    made = Grid(bounds, items, right, answers, {})
    return Grid(bounds, items, right, answers, {name: column(model, b, packed, made) for name, b in blends.items()})


def column(model: Model, blend: Blend, packed: Packed, of: Grid) -> F32:
    """(c,) float32 what `blend` gives each candidate."""
    how = (settings(model, blend), near(model, blend))
    step = -(-len(packed.now) // max(len(of.answers), 1)) or 1
    limits = (blend.repeats, step, of.bounds, of.items)
    found: F32 = _values(arrays(model), how, packed.arrays, _given(model.n), limits)
    return found


@njit(cache=True, nogil=True)
def _tops(model, how, cases, given, limits):  # type: ignore[no-untyped-def]
    bounds, items, verbs, at, now, _, _ = cases
    deep, repeats, step = limits
    out = np.zeros(((len(now) + step - 1) // step, deep), np.int32)
    for c in range(0, len(now), step):
        lo, hi = bounds[c], bounds[c + 1]
        count = answer(model, how, (items[lo:hi], verbs[lo:hi], at[lo:hi], now[c]), given, (deep, repeats))
        out[c // step, :count] = given[3][:count]
    return out


@njit(cache=True, nogil=True)
def _union(tops, target_bounds, targets, step):  # type: ignore[no-untyped-def]
    questions = len(tops)
    bounds, answers = np.zeros(questions + 1, np.int64), np.zeros(questions, np.int64)
    items = np.empty(tops.size, np.int32)
    right = np.zeros(tops.size, np.int8)
    m = 0
    for q in range(questions):
        those = targets[target_bounds[q * step] : target_bounds[q * step + 1]]
        last = 0
        for i in np.sort(tops[q]):
            if i != last:
                items[m] = last = i
                for t in those:
                    if t == i:
                        right[m] = 1
                m += 1
        bounds[q + 1], answers[q] = m, len(those)
    return bounds, items[:m].copy(), right[:m].copy(), answers


@njit(cache=True, nogil=True)
def _values(model, how, cases, given, limits):  # type: ignore[no-untyped-def]
    bounds, items, verbs, at, now, _, _ = cases
    repeats, step, starts, candidates = limits
    _allowed, total, _mark, touched = given
    out, value = np.zeros(len(candidates), np.float32), np.zeros(len(total), np.float32)
    for c in range(0, len(now), step):
        lo, hi, q = bounds[c], bounds[c + 1], c // step
        m = gather_scores(model, how, (items[lo:hi], verbs[lo:hi], at[lo:hi], now[c]), given, repeats)
        for x in range(m):
            value[touched[x]] = total[touched[x]]
        for x in range(starts[q], starts[q + 1]):
            out[x] = value[candidates[x]]
        for x in range(m):
            value[touched[x]] = 0
    return out


@njit(cache=True, nogil=True)
def _weighed(bounds, total, right, answers, discount):  # type: ignore[no-untyped-def]
    k = len(discount)
    out = np.zeros(len(answers))
    places = np.empty(max(np.max(np.diff(bounds)), 1) if len(answers) else 1, np.int32)
    for q in range(len(answers)):
        lo, size = bounds[q], bounds[q + 1] - bounds[q]
        any_right = False
        for x in range(size):
            places[x] = x
            any_right |= right[lo + x] == 1
        if not any_right:
            continue
        value = total[lo : lo + size]
        hits, gain = 0, 0.0
        for x in range(_best(value, places, size, k)):
            if right[lo + places[x]] and value[places[x]] > 0:
                hits += 1
                gain += discount[x]
        out[q] = worth(hits, gain, answers[q], discount)
    return out
