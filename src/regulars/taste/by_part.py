"""How much of an item's score each part of the model gives: for learning an order, and for showing it."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from regulars.people.model import History
from regulars.taste.alike import NAME as ALIKE
from regulars.taste.alike import near, shares
from regulars.taste.model import F64, I32, Model
from regulars.taste.rank import arrays, habits, settings
from regulars.taste.weigh import weigh_kernel

AGAIN = "again"
"""What a person's own habits give; beside the model's parts and "alike", the histories like this one."""


def by_part(
    model: Model, history: History, items: Sequence[int] | I32, *, now_seconds: float, place: str = "home"
) -> tuple[tuple[str, ...], F64]:
    """Names of the parts and (items, parts) what each gives each of up to 65,535 different items.

    Rows sum to the score `rank` gives the item.
    """
    names, found = by_part_of(model, [(history, np.asarray(items, np.int32), now_seconds)], place=place)
    return names, found[0]


def by_part_of(
    model: Model, asked: Sequence[tuple[History, I32, float]], *, place: str = "home"
) -> tuple[tuple[str, ...], list[F64]]:
    """The same for several people at once: the history, the items and the moment of each."""
    blend = model.blend(place)
    what, how = arrays(model), (settings(model, blend), near(model, blend))
    found = [
        _split(what, how, (history.items, history.verbs, history.at, float(now)), items, blend.repeats)
        for history, items, now in asked
    ]
    return (*model.parts.names, ALIKE, AGAIN), found


@njit(cache=True, nogil=True)
def _split(model, how, history, asked, repeats):  # type: ignore[no-untyped-def]
    indptr, indices, data, verbs, interval, coming_back = model
    (mix, steps, half_lives, habit, habit_steps, habit_half_life), near = how
    items, kinds, at, now = history
    n = indptr.shape[1] - 1
    out = np.zeros((len(asked), len(mix) + 2))
    if len(items) == 0:
        return out
    sources, weights = weigh_kernel((items, kinds, at), verbs, now, (steps, half_lives), n)
    row = np.zeros(n, np.uint16)  # of each item in `out`, 0 = not asked for
    for a in range(len(asked)):
        if 0 < asked[a] < n:
            row[asked[a]] = a + 1
    for p in range(len(mix)):
        for s in range(len(sources)):
            w, i = mix[p] * weights[p, s], items[sources[s]]
            if w != 0:
                for x in range(indptr[p, i], indptr[p, i + 1]):
                    if row[indices[x]]:
                        out[row[indices[x]] - 1, p] += w * data[x]
    if near[2][0] != 0:
        by_event = np.zeros((len(asked), len(items)))
        shares(near, history, verbs, row, by_event)
        out[:, len(mix)] = by_event.sum(axis=1)
    if habit != 0 and repeats:
        again = habits((items, kinds, at, now), (verbs, interval, coming_back), (habit, habit_steps, habit_half_life))
        for e in range(len(items)):
            if 0 < items[e] < n and row[items[e]]:
                out[row[items[e]] - 1, len(mix) + 1] += again[e]
    return out
