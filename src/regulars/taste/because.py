"""Why an item: the exact split of its score over the events of the history."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from regulars.kit.ids import EventId, ItemId
from regulars.people.model import History
from regulars.taste.alike import shares
from regulars.taste.mixing import arrays
from regulars.taste.model import F64, I64, Model, Share
from regulars.taste.rank import habits
from regulars.taste.reading import hear, how


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
    columns = (history.events, history.items, history.verbs)
    events, about, verbs = (column[which].tolist() for column in columns)
    return [
        [Share(EventId(e), ItemId(i), w / score, w, v) for e, i, v, w in zip(*of_item, strict=True) if w != 0]
        if score > 0
        else []
        for score, *of_item in zip(scores.tolist(), events, about, verbs, weights.tolist(), strict=True)
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
    asked = (history.items, history.verbs, history.at, float(now_seconds))
    heard = hear(arrays(model), how(model, place), asked)
    found: tuple[I64, F64, F64] = _split(
        arrays(model),
        how(model, place),
        (asked, heard),
        np.asarray(items, np.int32),
        (len(history.items) if most is None else most, blend.repeats if repeats is None else repeats),
    )
    return found


@njit(cache=True, nogil=True)
def _split(model, how, said, asked, limits):  # type: ignore[no-untyped-def]
    """(k, most) positions of the events that count most for each item asked for, what they give it; (k,) its score."""
    most, repeats = limits
    return greatest(given(model, how, said, asked, repeats), most)


@njit(cache=True, nogil=True)
def given(model, how, said, asked, repeats):  # type: ignore[no-untyped-def]
    """(k, events) what each event gives each item asked for."""
    indptr, indices, data, verbs, interval, coming_back, full = model
    (mix, _, _, habit, habit_steps, habit_half_life), near = how
    (items, kinds, at, now), (sources, weights, _) = said
    n = indptr.shape[1] - 1
    row = rows_of(asked, np.zeros(n, np.uint8))
    out = np.zeros((len(asked), len(items)))
    for p in range(len(mix)):
        for s in range(len(sources)):
            w, i = mix[p] * weights[p, s], items[sources[s]]
            if w != 0 and len(full):
                add_full(full[p, i], w, asked, out[:, sources[s]])
            elif w != 0:
                add_row(indices[indptr[p, i] : indptr[p, i + 1]], data[indptr[p, i] :], w, row, out[:, sources[s]])
    shares(near, items, said[1], row, out)
    if habit != 0 and repeats:
        again = habits((items, kinds, at, now), (verbs, interval, coming_back), (habit, habit_steps, habit_half_life))
        for e in range(len(items)):
            if 0 < items[e] < n and row[items[e]]:
                out[row[items[e]] - 1, e] += again[e]
    return out


@njit(cache=True, nogil=True)
def rows_of(asked, row):  # type: ignore[no-untyped-def]
    """(n,) which of `asked` an item is, from 1; 0 = not asked for. `row` is all 0."""
    for a in range(len(asked)):
        if 0 < asked[a] < len(row):
            row[asked[a]] = a + 1
    return row


@njit(cache=True, nogil=True)
def add_row(indices, data, w, row, out):  # type: ignore[no-untyped-def]
    """Add w × one row of a part, as far as it was asked for."""
    for x in range(len(indices)):
        if row[indices[x]]:
            out[row[indices[x]] - 1] += w * data[x]


@njit(cache=True, nogil=True)
def add_full(row, w, asked, out):  # type: ignore[no-untyped-def]
    """The same of a row in full."""
    for a in range(len(asked)):
        if 0 < asked[a] < len(row):
            out[a] += w * row[asked[a]]


@njit(cache=True, nogil=True)
def greatest(out, most):  # type: ignore[no-untyped-def]
    """Of each row the `most` numbers farthest from 0, the farthest first: where, which; and the sum of the row.

    What is left of a row of fewer is 0, of the first event.
    """
    k, events = out.shape
    most = min(most, events)
    which, weights, scores = np.zeros((k, most), np.int64), np.zeros((k, most)), np.zeros(k)
    order = np.empty(events, np.int64)
    for a in range(k):
        row = out[a]
        scores[a] = row.sum()
        m = 0
        for e in range(events):
            if row[e] == 0:
                continue
            y = m
            while y > 0 and abs(row[order[y - 1]]) < abs(row[e]):
                order[y] = order[y - 1]
                y -= 1
            order[y] = e
            m += 1
        for y in range(min(m, most)):
            which[a, y], weights[a, y] = order[y], row[order[y]]
    return which, weights, scores
