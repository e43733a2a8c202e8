"""Why an item: the exact split of its score over the events of the history."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from regulars.kit.ids import EventId, ItemId
from regulars.people.model import History
from regulars.taste.alike import near, shares
from regulars.taste.model import F64, I64, Model, Share
from regulars.taste.rank import arrays, habits, settings
from regulars.taste.weigh import weigh_kernel


def because(
    model: Model, history: History, item: int, *, now_seconds: float, place: str = "home", repeats: bool | None = None
) -> list[Share]:
    """Each event's share of the score `rank` gives `item`, greatest first; empty when nothing speaks for it.

    repeats  as it was given to `rank`
    Shares sum to 1 and weights to the score. A share below 0 speaks against the item.
    """
    return because_all(model, history, [item], now_seconds=now_seconds, place=place, repeats=repeats)[0]


def because_all(
    model: Model,
    history: History,
    items: Sequence[int],
    *,
    now_seconds: float,
    place: str = "home",
    most: int | None = None,
    repeats: bool | None = None,
) -> list[list[Share]]:
    """The same for up to 255 different items at once, which costs little more than for one.

    most   how many shares of each, the greatest
    """
    if not len(history.items) or not len(items):
        return [[] for _ in items]
    which, weights, scores = split(
        model, history, items, now_seconds=now_seconds, place=place, most=most, repeats=repeats
    )  # fmt: skip
    events, about = history.events[which].tolist(), history.items[which].tolist()
    return [
        [Share(EventId(e), ItemId(i), w / score, w) for e, i, w in zip(*of_item, strict=True) if w != 0]
        if score > 0
        else []
        for score, *of_item in zip(scores.tolist(), events, about, weights.tolist(), strict=True)
    ]


def split(
    model: Model,
    history: History,
    items: Sequence[int],
    *,
    now_seconds: float,
    place: str,
    most: int | None = None,
    repeats: bool | None = None,
) -> tuple[I64, F64, F64]:
    """(k, most) positions of the events that count most for each item, what they give it, and (k,) its score."""
    blend = model.blend(place)
    found: tuple[I64, F64, F64] = _split(
        arrays(model),
        (settings(model, blend), near(model, blend)),
        (history.items, history.verbs, history.at, float(now_seconds)),
        np.asarray(items, np.int32),
        (len(history.items) if most is None else most, blend.repeats if repeats is None else repeats),
    )
    return found


@njit(cache=True, nogil=True)
def _split(model, how, history, asked, limits):  # type: ignore[no-untyped-def]
    """(k, most) positions of the events that count most for each item asked for, what they give it; (k,) its score."""
    indptr, indices, data, verbs, interval, coming_back = model
    (mix, steps, half_lives, habit, habit_steps, habit_half_life), near = how
    items, kinds, at, now = history
    most, repeats = limits
    n = indptr.shape[1] - 1
    sources, weights = weigh_kernel((items, kinds, at), verbs, now, (steps, half_lives), n)
    row = np.zeros(n, np.uint8)  # of each item in `out`, 0 = not asked for
    for a in range(len(asked)):
        if 0 < asked[a] < n:
            row[asked[a]] = a + 1
    out = np.zeros((len(asked), len(items)))
    for p in range(len(mix)):
        for s in range(len(sources)):
            w, i = mix[p] * weights[p, s], items[sources[s]]
            if w != 0:
                for x in range(indptr[p, i], indptr[p, i + 1]):
                    a = row[indices[x]]
                    if a:
                        out[a - 1, sources[s]] += w * data[x]
    shares(near, history, verbs, row, out)
    if habit != 0 and repeats:
        again = habits((items, kinds, at, now), (verbs, interval, coming_back), (habit, habit_steps, habit_half_life))
        for e in range(len(items)):
            if 0 < items[e] < n and row[items[e]]:
                out[row[items[e]] - 1, e] += again[e]
    return _greatest(out, min(most, len(items)))


@njit(cache=True, nogil=True)
def _greatest(out, most):  # type: ignore[no-untyped-def]
    """Of each row the `most` numbers farthest from 0, the farthest first: where, which; and the sum of the row."""
    k = len(out)
    which, weights, scores = np.zeros((k, most), np.int64), np.zeros((k, most)), np.zeros(k)
    for a in range(k):
        scores[a] = out[a].sum()
        for m in range(most):
            best = 0
            for e in range(out.shape[1]):
                if abs(out[a, e]) > abs(out[a, best]):
                    best = e
            if out[a, best] == 0:
                break  # all that is left is 0, of the first event
            which[a, m], weights[a, m] = best, out[a, best]
            out[a, best] = 0
    return which, weights, scores
