"""Why an item: the exact split of its score over the events of the history."""

import numpy as np
from numba import njit

from regulars.kit.ids import EventId, ItemId
from regulars.people.model import History
from regulars.taste.model import Model, Share
from regulars.taste.rank import again_weights, mixing
from regulars.taste.weigh import weigh


def because(model: Model, history: History, item: int, *, now_seconds: float, place: str = "home") -> list[Share]:
    """Each event's share of the score `rank` gives `item`, greatest first; empty when nothing speaks for it.

    Shares sum to 1 and weights to the score. A share below 0 speaks against the item.
    """
    if not len(history.items) or not 0 < item < model.n:
        return []
    blend = model.blend(place)
    mix, steps, half_lives = mixing(model, blend)
    sources, weights = weigh(history, model.verbs, now_seconds, (steps, half_lives), model.n)
    parts = (model.parts.indptr, model.parts.indices, model.parts.data)
    per_event = np.zeros(len(history.items))
    per_event[sources] = _split(parts, history.items[sources], weights * mix[:, None], item)
    if blend.again:
        per_event += np.where(history.items == item, again_weights(model, history, blend, now_seconds), 0.0)
    score = float(per_event.sum())
    if score <= 0:
        return []
    order = np.argsort(-np.abs(per_event), kind="stable")
    return [
        Share(EventId(int(history.events[e])), ItemId(int(history.items[e])), per_event[e] / score, float(per_event[e]))
        for e in order
        if per_event[e] != 0
    ]


@njit(cache=True, nogil=True)
def _split(parts, sources, weights, item):  # type: ignore[no-untyped-def]
    """(s,) what each source gives `item`."""
    indptr, indices, data = parts
    out = np.zeros(len(sources))
    for p in range(len(weights)):
        for s in range(len(sources)):
            if weights[p, s] != 0:
                i = sources[s]
                for x in range(indptr[p, i], indptr[p, i + 1]):
                    if indices[x] == item:
                        out[s] += weights[p, s] * data[x]
                        break
    return out
