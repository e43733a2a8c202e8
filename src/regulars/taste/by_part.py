"""How much of an item's score each part of the model gives: for learning an order, and for showing it."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from regulars.people.model import History
from regulars.taste.alike import NAME as ALIKE
from regulars.taste.alike import REACH, reached
from regulars.taste.because import add_full, add_row, rows_of
from regulars.taste.mixing import arrays
from regulars.taste.model import F64, I32, Model
from regulars.taste.rank import habits
from regulars.taste.reading import Reading, how, read

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
    model: Model,
    asked: Sequence[tuple[History, I32, float]],
    *,
    place: str = "home",
    readings: Sequence[Reading | None] = (),
) -> tuple[tuple[str, ...], list[F64]]:
    """The same for several people at once: the history, the items and the moment of each.

    readings  of these histories, where they were read before
    """
    repeats = model.blend(place).repeats
    found = [
        _one(model, history, items, reading or _read(model, history, now, place), repeats)
        for (history, items, now), reading in zip(asked, readings or [None] * len(asked), strict=True)
    ]
    return (*model.parts.names, ALIKE, AGAIN), found


def _read(model: Model, history: History, now: float, place: str) -> Reading | None:
    return read(model, history, now_seconds=now, place=place) if len(history.items) else None


def _one(model: Model, history: History, items: I32, reading: Reading | None, repeats: bool) -> F64:
    if reading is None:
        return np.zeros((len(items), len(model.parts.names) + 2))
    said = ((history.items, history.verbs, history.at, float(reading.now_seconds)), reading.heard)
    found: F64 = _split(arrays(model), how(model, reading.place), said, items, repeats)
    return found


@njit(cache=True, nogil=True)
def _split(model, how, said, asked, repeats):  # type: ignore[no-untyped-def]
    indptr, indices, data, verbs, interval, coming_back, full = model
    (mix, _, _, habit, habit_steps, habit_half_life), near = how
    (items, kinds, at, now), (sources, weights, alike) = said
    n = indptr.shape[1] - 1
    out = np.zeros((len(asked), len(mix) + 2))
    row = rows_of(asked, np.zeros(n, np.uint16))
    for p in range(len(mix)):
        for s in range(len(sources)):
            w, i = mix[p] * weights[p, s], items[sources[s]]
            if w != 0 and len(full):
                add_full(full[p, i], w, asked, out[:, p])
            elif w != 0:
                add_row(indices[indptr[p, i] : indptr[p, i + 1]], data[indptr[p, i] :], w, row, out[:, p])
    if near[2] != 0:
        _add_alike(near, alike, row, out[:, len(mix)])
    if habit != 0 and repeats:
        again = habits((items, kinds, at, now), (verbs, interval, coming_back), (habit, habit_steps, habit_half_life))
        for e in range(len(items)):
            if 0 < items[e] < n and row[items[e]]:
                out[row[items[e]] - 1, len(mix) + 1] += again[e]
    return out


@njit(cache=True, nogil=True)
def _add_alike(near, alike, row, out):  # type: ignore[no-untyped-def]
    bounds, members, table = near[0][0], near[0][1], near[0][7]
    found, like, match, scale = alike
    for y in range(len(found)):
        lo, hi = reached(bounds, found[y], match[y])
        for t in range(lo, hi):
            if row[members[t]]:
                out[row[members[t]] - 1] += scale * like[y] * table[t - match[y] + REACH]
