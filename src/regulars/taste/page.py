"""Reading a history on the page of an item: the item comes first, and is as loud as all they did."""

import numpy as np
from numba import njit

from regulars.people.model import History, Verb
from regulars.taste.alike import nearest
from regulars.taste.mixing import arrays
from regulars.taste.model import Model
from regulars.taste.reading import Reading, how, weighed

PAGE = 0
"""The event that is the page itself: nobody did it, so it has no id."""


def on_page(history: History, item: int, *, now_seconds: float) -> History:
    """`history` with the item of the page before it, looked at just now; what they did with it before is left out."""
    rest = history.items != item
    return History(
        np.concatenate([np.array([PAGE], np.int64), history.events[rest]]),
        np.concatenate([np.array([item], np.int32), history.items[rest]]),
        np.concatenate([np.array([Verb.VIEWED], np.int8), history.verbs[rest]]),
        np.concatenate([np.array([now_seconds]), history.at[rest]]),
    )


def read_on_page(model: Model, history: History, *, now_seconds: float, place: str) -> Reading:
    """What `on_page` made, as `model` hears it.

    In every part the page counts at least what all the others count together: it is what is asked about, however much
    somebody did before.
    """
    asked = (history.items, history.verbs, history.at, float(now_seconds))
    return Reading(_hear(arrays(model), how(model, place), asked), place, now_seconds)


@njit(cache=True, nogil=True)
def _hear(model, how, asked):  # type: ignore[no-untyped-def]
    """As `reading.hear`."""
    items = asked[0]
    sources, weights = weighed(model, how, asked)
    if len(sources) and items[sources[0]] == items[0]:
        for p in range(len(weights)):
            weights[p, 0] = max(weights[p, 0], weights[p, 1:].sum())
    return sources, weights, nearest(how[1], items, sources, weights[-1])
