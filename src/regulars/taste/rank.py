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
from regulars.taste.alike import REACH, forget, near, nearest, reached
from regulars.taste.counting import _best
from regulars.taste.histories import DAY
from regulars.taste.model import F32, F64, I32, I64, Blend, Fade, Model, Ranked
from regulars.taste.weigh import weigh_kernel

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
    count = answer(
        arrays(model),
        (settings(model, blend), near(model, blend)),
        (history.items, history.verbs, history.at, float(now_seconds)),
        (allowed, scratch.total, scratch.mark, scratch.touched),
        (k, blend.repeats if repeats is None else repeats),
    )
    items = scratch.touched[:count].copy()
    return Ranked(items, scratch.total[items].astype(np.float32))


Arrays = tuple[I64, I32, F32, F32, F32, F32]
Settings = tuple[F64, F64, F64, float, float, float]


def arrays(model: Model) -> Arrays:
    """What the kernels read of a model: the parts, the verbs, intervals and shares of coming back."""
    parts = model.parts
    return parts.indptr, parts.indices, parts.data, model.verbs, model.interval, model.again


def settings(model: Model, blend: Blend) -> Settings:
    """What the kernels read of a blend: weight, steps and half-life (seconds) of each part; the same of "again".

    Made once for each blend that serves; not to be written to.
    """
    kept = _made.get(id(blend))
    if kept is None or kept[0] is not blend or kept[1] != model.parts.names:
        if len(_made) >= MOST_BLENDS:
            _made.clear()
        kept = _made[id(blend)] = (blend, model.parts.names, _settings(model, blend))
    return kept[2]


_made: dict[int, tuple[Blend, tuple[str, ...], Settings]] = {}
MOST_BLENDS = 64


def _settings(model: Model, blend: Blend) -> Settings:
    mix, steps, half_lives = mixing(model, blend)
    habit = blend.fades.get("again", Fade())
    return mix, steps, half_lives, float(blend.again), float(habit.steps), habit.half_life_days * DAY


@dataclass(slots=True)
class Scratch:
    """Arrays of one thread, used over and over. total (n,) float64 · mark (n,) int8, 0 between calls · touched (n,)."""

    total: F64
    mark: "np.typing.NDArray[np.int8]"
    touched: I32


_threads = threading.local()


def _scratch(n: int) -> Scratch:
    found: Scratch | None = getattr(_threads, "scratch", None)
    if found is None or len(found.total) < n:
        found = Scratch(np.zeros(n), np.zeros(n, np.int8), np.empty(n, np.int32))
        _threads.scratch = found
    return found


def mixing(model: Model, blend: Blend) -> tuple[F64, F64, F64]:
    """Weight, steps and half-life in seconds of each part, in the order of `model.parts`."""
    fades = [blend.fades.get(name, Fade()) for name in model.parts.names]
    mix = np.array([blend.weights.get(name, 0.0) for name in model.parts.names], np.float64)
    steps, half_lives = [f.steps for f in fades], [f.half_life_days * DAY for f in fades]
    return mix, np.array(steps, np.float64), np.array(half_lives, np.float64)


@njit(cache=True, nogil=True)
def answer(model, how, asked, given, limits):  # type: ignore[no-untyped-def]
    """Fill touched[:count] with the best items; their scores are in total. Leaves mark as it was: all zero."""
    _, total, _, touched = given
    k, repeats = limits
    m = gather_scores(model, how, asked, given, repeats)
    count = _best(total, touched, m, k)
    while count > 0 and total[touched[count - 1]] <= 0:
        count -= 1
    return count


@njit(cache=True, nogil=True)
def gather_scores(model, how, asked, given, repeats):  # type: ignore[no-untyped-def]
    """Fill touched[:m] with all items that get a score, total with the scores; returns m."""
    indptr, indices, data, verbs, interval, coming_back = model
    (mix, steps, half_lives, habit, habit_steps, habit_half_life), near = how
    items, kinds, at, now = asked
    allowed, total, mark, touched = given
    n = min(indptr.shape[1] - 1, len(allowed))
    sources, weights = weigh_kernel((items, kinds, at), verbs, now, (steps, half_lives), indptr.shape[1] - 1)
    if not repeats:
        _mark(mark, items, n, REFUSED)
    m = 0
    for p in range(len(mix)):
        if mix[p] != 0:
            for s in range(len(sources)):
                w = mix[p] * weights[p, s]
                m = _add_row((indptr, indices, data), (p, items[sources[s]]), w, allowed, (total, mark, touched, m, n))
    if near[2][0] != 0:
        m = _add_alike(near, asked, verbs, allowed, (total, mark, touched, m, n))
    if habit != 0 and repeats:
        again = habits((items, kinds, at, now), (verbs, interval, coming_back), (habit, habit_steps, habit_half_life))
        m = _add_again(items, again, allowed, (total, mark, touched, m, n))
    _mark(mark, touched[:m], n, 0)
    _mark(mark, items, n, 0)
    return m


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
def _add_alike(near, asked, verbs, allowed, scratch):  # type: ignore[no-untyped-def]
    """Add what stands near the match in the nearest sessions; returns how many items are touched now."""
    bounds, members, table = near[0][0], near[0][1], near[0][7]
    like, match, found = near[3]
    total, mark, touched, m, n = scratch
    kept, reset, _sources, _weights, scale = nearest(near, asked, verbs, n)
    for y in range(kept):
        x = found[y]
        lo, hi = reached(bounds, x, match[x])
        for t in range(lo, hi):
            j = members[t]
            if mark[j] == 0:
                if j >= n or not allowed[j]:
                    continue
                mark[j], touched[m], total[j] = 1, j, 0.0
                m += 1
            if mark[j] == 1:
                total[j] += scale * like[x] * table[t - match[x] + REACH]
    forget(near, reset)
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
    _, _, _, weight, steps, half_life = settings(model, blend)
    asked = (history.items, history.verbs, history.at, float(now_seconds))
    out: F64 = habits(asked, (model.verbs, model.interval, model.again), (weight, steps, half_life))
    return out


@njit(cache=True, nogil=True)
def habits(asked, facts, habit):  # type: ignore[no-untyped-def]
    """The kernel of `again_weights`."""
    items, kinds, at, now = asked
    verbs, interval, coming_back = facts
    weight, steps, half_life = habit
    out = np.zeros(len(items))
    for e in range(len(items)):
        i, verb = items[e], kinds[e]
        if i < 0 or i >= len(coming_back) or verb < 0 or verb >= len(verbs):
            continue
        age = max(now - at[e], 0.0)
        waited = 1.0
        if verb == BOUGHT and not np.isnan(interval[i]):
            waited = min(1.0, (age / DAY + 0.5) / max(interval[i], 0.5))
        recent = 2.0 ** (-age / half_life) * np.exp(-e / steps)
        out[e] = weight * verbs[verb] * (0.2 + coming_back[i]) * waited * recent
    return out
