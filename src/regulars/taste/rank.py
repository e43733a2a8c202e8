"""Scoring, on the request path: a sparse sum over the person's history, then the k best of what is allowed.

    score(j) = Σ_parts p  weight_p · Σ_history i  w_p(i) · B_p[i, j]      (+ buy again for j = i)

The kernels let go of the GIL and keep their scratch memory per thread: 100,000 items take a few hundredths of a
millisecond.
"""

import threading
from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.catalog.model import Mask
from regulars.people.model import History, Verb
from regulars.taste.counting import _best
from regulars.taste.model import F64, I32, Blend, Fade, Model, Ranked
from regulars.taste.weigh import weigh

BOUGHT = int(Verb.BOUGHT)
EMPTY = Ranked(np.zeros(0, np.int32), np.zeros(0, np.float32))


def rank(
    model: Model,
    history: History,
    allowed: Mask,
    *,
    k: int,
    now_seconds: float,
    place: str = "home",
    repeats: bool | None = None,
) -> Ranked:
    """The k best of `allowed` for someone with `history`, best first; fewer when fewer have a score above 0.

    repeats  whether items of the history may come (again); None: as the place's blend says
    Items the model does not know yet get no score; `extend` makes it know them.
    """
    if not len(history.items):
        return EMPTY
    blend = model.blend(place)
    scratch = _scratch(model.n)
    mix, steps, half_lives = mixing(model, blend)
    sources, weights = weigh(history, model.verbs, now_seconds, (steps, half_lives), model.n)
    again = again_weights(model, history, blend, now_seconds) if blend.again else _NONE
    count = _score(
        (model.parts.indptr, model.parts.indices, model.parts.data),
        (history.items, sources, weights, mix, again),
        allowed,
        (scratch.total, scratch.mark, scratch.touched),
        (k, blend.repeats if repeats is None else repeats),
    )
    items = scratch.touched[:count].copy()
    return Ranked(items, scratch.total[items].astype(np.float32))


@dataclass(slots=True)
class Scratch:
    """Arrays of one thread, used over and over. total (n,) float64 · mark (n,) int8, 0 between calls · touched (n,)."""

    total: F64
    mark: "np.typing.NDArray[np.int8]"
    touched: I32


_threads = threading.local()
_NONE = np.zeros(0, np.float64)


def _scratch(n: int) -> Scratch:
    found: Scratch | None = getattr(_threads, "scratch", None)
    if found is None or len(found.total) < n:
        found = Scratch(np.zeros(n), np.zeros(n, np.int8), np.empty(n, np.int32))
        _threads.scratch = found
    return found


def mixing(model: Model, blend: Blend) -> tuple[F64, F64, F64]:
    """Weight, steps and half-life in seconds of each part, in the order of `model.parts`."""
    fades = [blend.fades.get(name, Fade()) for name in model.parts.names]
    mix = np.array([blend.weights.get(name, 0.0) for name in model.parts.names])
    return mix, np.array([f.steps for f in fades]), np.array([f.half_life_days * 86_400 for f in fades])


@njit(cache=True, nogil=True)
def _score(parts, asked, allowed, scratch, limits):  # type: ignore[no-untyped-def]
    """Fill touched[:count] with the best items; their scores are in total. Leaves mark as it was: all zero."""
    items, sources, weights, mix, again = asked
    total, mark, touched = scratch
    k, repeats = limits
    n = min(parts[0].shape[1] - 1, len(allowed))
    if not repeats:
        _mark(mark, items, n, REFUSED)
    m = 0
    for p in range(len(mix)):
        if mix[p] != 0:
            for s in range(len(sources)):
                w = mix[p] * weights[p, s]
                m = _add_row(parts, (p, items[sources[s]]), w, allowed, (total, mark, touched, m, n))
    m = _add_again(items, again, allowed, (total, mark, touched, m, n))
    _mark(mark, touched[:m], n, 0)
    _mark(mark, items, n, 0)
    count = _best(total, touched, m, k)
    while count > 0 and total[touched[count - 1]] <= 0:
        count -= 1
    return count


REFUSED = 2


@njit(cache=True, nogil=True)
def _mark(mark, items, n, value):  # type: ignore[no-untyped-def]
    for s in range(len(items)):
        if 0 <= items[s] < n:
            mark[items[s]] = value


@njit(cache=True, nogil=True)
def _add_row(parts, at, w, allowed, scratch):  # type: ignore[no-untyped-def]
    """Add w × one row of one part; returns how many items are touched now."""
    indptr, indices, data = parts
    total, mark, touched, m, n = scratch
    for x in range(indptr[at], indptr[at[0], at[1] + 1]):
        j = indices[x]
        if mark[j] == 0:
            if j >= n or not allowed[j]:
                continue
            mark[j], touched[m], total[j] = 1, j, 0.0
            m += 1
        if mark[j] == 1:
            total[j] += w * data[x]
    return m


@njit(cache=True, nogil=True)
def _add_again(items, again, allowed, scratch):  # type: ignore[no-untyped-def]
    total, mark, touched, m, n = scratch
    for s in range(len(again)):
        j = items[s]
        if again[s] > 0 and j < n and allowed[j] and mark[j] != REFUSED:
            if mark[j] == 0:
                mark[j], touched[m], total[j] = 1, j, 0.0
                m += 1
            total[j] += again[s]
    return m


def again_weights(model: Model, history: History, blend: Blend, now_seconds: float) -> F64:
    """(events,) what "again" gives each event's item: it sums over events (habit), fades, and waits for its rhythm.

    A purchase counts little just after the item was bought, fully once its usual interval has passed.
    """
    known = (history.items < model.n) & (history.items >= 0)
    items = np.where(known, history.items, 0)
    fade = blend.fades.get("again", Fade())
    age = np.maximum(now_seconds - history.at, 0) / 86_400
    usual = model.interval[items].astype(np.float64)
    waited = np.where(np.isnan(usual), 1.0, np.minimum(1.0, (age + 0.5) / np.maximum(usual, 0.5)))
    rhythm = np.where(history.verbs == BOUGHT, waited, 1.0)
    recent = np.exp2(-age / fade.half_life_days) * np.exp(-np.arange(len(age)) / fade.steps)
    verbs = model.verbs[np.clip(history.verbs, 0, len(model.verbs) - 1)]
    weight: F64 = blend.again * verbs * (0.2 + model.again[items]) * rhythm * recent
    weight[~known] = 0
    return weight
