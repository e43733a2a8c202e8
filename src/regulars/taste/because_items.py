"""Why an item, said thing by thing: what several events with one thing give is one reason."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numba import njit

from regulars.kit.ids import EventId, ItemId
from regulars.people.model import History
from regulars.taste.because import given, greatest
from regulars.taste.mixing import arrays
from regulars.taste.model import Model, Share
from regulars.taste.reading import Reading, how, read


class Grounds(Struct, frozen=True):
    """The things that speak for an item, the heaviest first, each with its strongest event.

    rest  the share of everything else that speaks for it: with the shares of `named` it sums to 1
    """

    named: tuple[Share, ...] = ()
    rest: float = 0.0


def because_items(
    model: Model,
    history: History,
    items: Sequence[int],
    *,
    now_seconds: float,
    place: str = "home",
    most: int = 3,
    repeats: bool | None = None,
    reading: Reading | None = None,
) -> list[Grounds]:
    """The grounds of up to 255 different items at once. What speaks against an item is no ground of it.

    repeats  as it was given to `rank`
    reading  of this history, where it was read before
    """
    if not len(history.items) or not len(items):
        return [Grounds() for _ in items]
    if reading is None:
        reading = read(model, history, now_seconds=now_seconds, place=place)
    asked = (history.items, history.verbs, history.at, float(now_seconds))
    at, shares, gives, scores = _grounds_of(
        arrays(model), how(model, place), (asked, reading.heard), np.array(items, np.int32),
        (most, model.blend(place).repeats if repeats is None else repeats),
    )  # fmt: skip
    events, about, verbs = history.events[at].tolist(), history.items[at].tolist(), history.verbs[at].tolist()
    parts = zip(scores.tolist(), events, about, verbs, shares.tolist(), gives.tolist(), strict=True)
    return [_grounds(*of_item) if score > 0 else Grounds() for score, *of_item in parts]


def _grounds(
    events: list[EventId], items: list[ItemId], verbs: list[int], shares: list[float], gives: list[float]
) -> Grounds:  # fmt: skip
    parts = zip(events, items, shares, gives, verbs, strict=True)
    return Grounds(tuple([Share(*part) for part in parts if part[2] > 0]), max(0.0, 1.0 - sum(shares)))


@njit(cache=True, nogil=True)
def _grounds_of(model, how, said, asked, limits):  # type: ignore[no-untyped-def]
    most, repeats = limits
    which, weights, scores = greatest(given(model, how, said, asked, repeats), len(said[0][0]))
    at, shares, gives = _things(which, weights, said[0][0], most)
    return at, shares, gives, scores


@njit(cache=True, nogil=True)
def _things(which, weights, items, most):  # type: ignore[no-untyped-def]
    """(k, most) of each row the strongest event of the things that give most, their shares and what they give."""
    k, m = which.shape
    at, shares, given = np.zeros((k, most), np.int64), np.zeros((k, most)), np.zeros((k, most))
    first, total = np.empty(m, np.int64), np.empty(m)
    for a in range(k):
        things = 0
        for x in range(m):  # the farthest from 0 first, so the first event of a thing is its strongest
            if weights[a, x] == 0:
                break
            t = 0
            while t < things and items[first[t]] != items[which[a, x]]:
                t += 1
            if t == things:
                first[t], total[t] = which[a, x], 0.0
                things += 1
            total[t] += weights[a, x]
        whole = 0.0
        for t in range(things):
            whole += max(total[t], 0.0)
        for r in range(min(most, things)):
            best = 0
            for t in range(things):
                if total[t] > total[best]:
                    best = t
            if total[best] <= 0:
                break
            at[a, r], shares[a, r], given[a, r] = first[best], total[best] / whole, total[best]
            total[best] = 0.0
    return at, shares, given
