"""Why an item: the exact split of its score over the events of the history."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from regulars.kit.ids import EventId, ItemId
from regulars.people.model import History
from regulars.taste.model import F64, Model, Share
from regulars.taste.rank import again_weights, mixing
from regulars.taste.weigh import weigh


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
    blend = model.blend(place)
    repeats = blend.repeats if repeats is None else repeats
    mix, steps, half_lives = mixing(model, blend)
    sources, weights = weigh(history, model.verbs, now_seconds, (steps, half_lives), model.n)
    parts = (model.parts.indptr, model.parts.indices, model.parts.data)
    asked = np.asarray(items, np.int32)
    per_event = np.zeros((len(asked), len(history.items)))
    per_event[:, sources] = _split(parts, history.items[sources], weights * mix[:, None], asked)
    if blend.again and repeats:
        again = again_weights(model, history, blend, now_seconds)
        per_event += np.where(asked[:, None] == history.items[None, :], again, 0.0)
        per_event[(asked < 1) | (asked >= model.n)] = 0
    return _shares(history, per_event, most)


def _shares(history: History, per_event: F64, most: int | None) -> list[list[Share]]:
    order = np.argsort(-np.abs(per_event), axis=1, kind="stable")[:, :most]
    weights = np.take_along_axis(per_event, order, axis=1).tolist()
    events, items = history.events[order].tolist(), history.items[order].tolist()
    return [
        [Share(EventId(e), ItemId(i), w / score, w) for e, i, w in zip(*of_item, strict=True) if w != 0]
        if score > 0
        else []
        for score, *of_item in zip(per_event.sum(axis=1).tolist(), events, items, weights, strict=True)
    ]


@njit(cache=True, nogil=True)
def _split(parts, sources, weights, asked):  # type: ignore[no-untyped-def]
    """(k, s) what each source gives each item asked for."""
    indptr, indices, data = parts
    n = indptr.shape[1] - 1
    row = np.zeros(n, np.uint8)  # of each item in `out`, 0 = not asked for
    for a in range(len(asked)):
        if 0 <= asked[a] < n:
            row[asked[a]] = a + 1
    out = np.zeros((len(asked), len(sources)))
    for p in range(len(weights)):
        for s in range(len(sources)):
            w, i = weights[p, s], sources[s]
            if w != 0 and i < n:
                for x in range(indptr[p, i], indptr[p, i + 1]):
                    a = row[indices[x]]
                    if a:
                        out[a - 1, s] += w * data[x]
    return out
