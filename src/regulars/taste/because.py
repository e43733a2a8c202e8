"""Why an item: the exact split of its score over the events of the history."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from regulars.kit.ids import EventId, ItemId
from regulars.people.model import History
from regulars.taste.model import F64, Model, Share
from regulars.taste.rank import again_weights, mixing
from regulars.taste.weigh import weigh


def because(model: Model, history: History, item: int, *, now_seconds: float, place: str = "home") -> list[Share]:
    """Each event's share of the score `rank` gives `item`, greatest first; empty when nothing speaks for it.

    Shares sum to 1 and weights to the score. A share below 0 speaks against the item.
    """
    return because_all(model, history, [item], now_seconds=now_seconds, place=place)[0]


def because_all(
    model: Model, history: History, items: Sequence[int], *, now_seconds: float, place: str = "home"
) -> list[list[Share]]:
    """The same for several items at once, which costs little more than for one."""
    if not len(history.items) or not len(items):
        return [[] for _ in items]
    blend = model.blend(place)
    mix, steps, half_lives = mixing(model, blend)
    sources, weights = weigh(history, model.verbs, now_seconds, (steps, half_lives), model.n)
    parts = (model.parts.indptr, model.parts.indices, model.parts.data)
    asked = np.asarray(items, np.int32)
    per_event = np.zeros((len(asked), len(history.items)))
    per_event[:, sources] = _split(parts, history.items[sources], weights * mix[:, None], asked)
    if blend.again:
        again = again_weights(model, history, blend, now_seconds)
        per_event += np.where(asked[:, None] == history.items[None, :], again, 0.0)
        per_event[(asked < 1) | (asked >= model.n)] = 0
    return [_shares(history, of_item) for of_item in per_event]


def _shares(history: History, per_event: F64) -> list[Share]:
    score = float(per_event.sum())
    if score <= 0:
        return []
    order = np.argsort(-np.abs(per_event), kind="stable")
    weights = per_event[order].tolist()
    events, items = history.events[order].tolist(), history.items[order].tolist()
    return [
        Share(EventId(e), ItemId(i), w / score, w) for e, i, w in zip(events, items, weights, strict=True) if w != 0
    ]


@njit(cache=True, nogil=True)
def _split(parts, sources, weights, asked):  # type: ignore[no-untyped-def]
    """(k, s) what each source gives each item asked for."""
    indptr, indices, data = parts
    n = indptr.shape[1] - 1
    out = np.zeros((len(asked), len(sources)))
    order = np.argsort(asked)
    low, high = asked[order[0]], asked[order[-1]]
    for p in range(len(weights)):
        for s in range(len(sources)):
            w, i = weights[p, s], sources[s]
            if w == 0 or i >= n:
                continue
            for x in range(indptr[p, i], indptr[p, i + 1]):
                j = indices[x]
                if low <= j <= high:
                    for a in order:
                        if asked[a] >= j:
                            if asked[a] == j:
                                out[a, s] += w * data[x]
                            else:
                                break
    return out
