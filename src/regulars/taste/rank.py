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
from regulars.taste.alike import REACH, reached
from regulars.taste.counting import _best
from regulars.taste.histories import DAY
from regulars.taste.mixing import arrays, settings
from regulars.taste.model import F64, I32, Blend, Model, Ranked
from regulars.taste.reading import Reading, hear, how, read

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
    reading: Reading | None = None,
) -> Ranked:
    """The k best of `allowed` for someone with `history`, best first; fewer when fewer have a score above 0.

    repeats  whether items of the history may come (again), beside those only shown; None: as the place's blend says
    reading  of this history, where it was read before
    Items the model does not know yet get no score; `extend` makes it know them.
    """
    if not len(history.items):
        return EMPTY
    if reading is None:
        reading = read(model, history, now_seconds=now_seconds, place=place)
    scratch = _scratch(model.n)
    count = answer_heard(
        arrays(model),
        how(model, place),
        ((history.items, history.verbs, history.at, float(now_seconds)), reading.heard),
        (allowed, scratch.total, scratch.mark, scratch.touched),
        (k, model.blend(place).repeats if repeats is None else repeats),
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


def _scratch(n: int) -> Scratch:
    found: Scratch | None = getattr(_threads, "scratch", None)
    if found is None or len(found.total) < n:
        found = Scratch(np.zeros(n), np.zeros(n, np.int8), np.empty(n, np.int32))
        _threads.scratch = found
    return found


@njit(cache=True, nogil=True)
def answer(model, how, asked, given, limits):  # type: ignore[no-untyped-def]
    """Fill touched[:count] with the best items; their scores are in total. Leaves mark as it was: all zero."""
    return answer_heard(model, how, (asked, hear(model, how, asked)), given, limits)


@njit(cache=True, nogil=True)
def answer_heard(model, how, said, given, limits):  # type: ignore[no-untyped-def]
    """The same of a history that was read."""
    _, total, _, touched = given
    k, repeats = limits
    m = _gather(model, how, said, given, repeats)
    count = _best(total, touched, m, k)
    while count > 0 and total[touched[count - 1]] <= 0:
        count -= 1
    return count


@njit(cache=True, nogil=True)
def gather_scores(model, how, asked, given, repeats):  # type: ignore[no-untyped-def]
    """Fill touched[:m] with all items that get a score, total with the scores; returns m."""
    return _gather(model, how, (asked, hear(model, how, asked)), given, repeats)


@njit(cache=True, nogil=True)
def _gather(model, how, said, given, repeats):  # type: ignore[no-untyped-def]
    indptr, indices, data, verbs, interval, coming_back, full = model
    (mix, _, _, habit, habit_steps, habit_half_life), near = how
    (items, kinds, at, now), (sources, weights, alike) = said
    allowed, total, mark, touched = given
    n = min(indptr.shape[1] - 1, len(allowed))
    if not repeats:
        _refuse(mark, items, kinds, n)
    m = 0
    if len(full):
        m = _add_full(full, (items, sources, weights), mix, allowed, (total, mark, touched, m, n))
    else:
        for p in range(len(mix)):
            if mix[p] != 0:
                for s in range(len(sources)):
                    w, at_row = mix[p] * weights[p, s], (p, items[sources[s]])
                    m = _add_row((indptr, indices, data), at_row, w, allowed, (total, mark, touched, m, n))
    if near[2] != 0:
        m = _add_alike(near, alike, allowed, (total, mark, touched, m, n))
    if habit != 0 and repeats:
        again = habits((items, kinds, at, now), (verbs, interval, coming_back), (habit, habit_steps, habit_half_life))
        m = _add_again(items, again, allowed, (total, mark, touched, m, n))
    _mark(mark, touched[:m], n, 0)
    _mark(mark, items, n, 0)
    return m


REFUSED = 2
SHOWN = int(Verb.SHOWN)


@njit(cache=True, nogil=True)
def _refuse(mark, items, kinds, n):  # type: ignore[no-untyped-def]
    """Known is what they did something with; what was only shown to them is as new as before."""
    for s in range(len(items)):
        if kinds[s] > SHOWN and 0 <= items[s] < n:
            mark[items[s]] = REFUSED


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
def _add_full(full, said, mix, allowed, scratch):  # type: ignore[no-untyped-def]
    """The same for all rows of parts in full: sums of whole rows, in the same order."""
    items, sources, weights = said
    total, mark, touched, m, n = scratch
    total[:n] = 0.0
    for p in range(len(mix)):
        if mix[p] != 0:
            for s in range(len(sources)):
                w, row = mix[p] * weights[p, s], full[p, items[sources[s]]]
                for j in range(n):
                    total[j] += w * row[j]
    for j in range(n):
        if total[j] != 0 and mark[j] == 0 and allowed[j]:
            mark[j], touched[m] = 1, j
            m += 1
    return m


@njit(cache=True, nogil=True)
def _add_alike(near, alike, allowed, scratch):  # type: ignore[no-untyped-def]
    """Add what stands near the match in the nearest sessions; returns how many items are touched now."""
    bounds, members, table = near[0][0], near[0][1], near[0][7]
    found, like, match, scale = alike
    total, mark, touched, m, n = scratch
    for y in range(len(found)):
        lo, hi = reached(bounds, found[y], match[y])
        for t in range(lo, hi):
            j = members[t]
            if mark[j] == 0:
                if j >= n or not allowed[j]:
                    continue
                mark[j], touched[m], total[j] = 1, j, 0.0
                m += 1
            if mark[j] == 1:
                total[j] += scale * like[y] * table[t - match[y] + REACH]
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
