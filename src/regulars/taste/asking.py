"""Asking many questions at once: the serving kernel over packed cases, for the bake-off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.taste.alike import near
from regulars.taste.cases import Case
from regulars.taste.model import F64, I8, I32, I64, Blend, Model
from regulars.taste.rank import answer, arrays, settings


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


def pack(cases: Sequence[Case]) -> Packed:
    """The same questions as arrays."""
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


def ask(model: Model, blend: Blend, packed: Packed, *, k: int, step: int = 1) -> tuple[float, float]:
    """Mean recall and NDCG at k of every `step`-th question."""
    n = model.n
    everything = np.ones(n, np.bool_)
    everything[:1] = False
    cases = (packed.bounds, packed.items, packed.verbs, packed.at, packed.now, packed.target_bounds, packed.targets)
    given = (everything, np.zeros(n), np.zeros(n, np.int8), np.empty(n, np.int32))
    discount = 1 / np.log2(np.arange(2, k + 2))
    how = (settings(model, blend), near(model, blend))
    found = _ask(arrays(model), how, cases, given, (k, blend.repeats, step, discount))
    return float(found[0]), float(found[1])


@njit(cache=True, nogil=True)
def _ask(model, how, cases, given, limits):  # type: ignore[no-untyped-def]
    bounds, items, verbs, at, now, target_bounds, targets = cases
    k, repeats, step, discount = limits
    touched = given[3]
    recall = ndcg = 0.0
    asked = 0
    for c in range(0, len(now), step):
        lo, hi = bounds[c], bounds[c + 1]
        right = targets[target_bounds[c] : target_bounds[c + 1]]
        if len(right) == 0:
            continue
        asked += 1
        question = (items[lo:hi], verbs[lo:hi], at[lo:hi], now[c])
        count = answer(model, how, question, given, (k, repeats))
        hits, gain, ideal = 0, 0.0, 0.0
        for x in range(count):
            for t in right:
                if t == touched[x]:
                    hits += 1
                    gain += discount[x]
        for x in range(min(k, len(right))):
            ideal += discount[x]
        recall += hits / len(right)
        ndcg += gain / ideal
    return recall / max(asked, 1), ndcg / max(asked, 1)
