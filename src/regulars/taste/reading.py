"""A history read once by a model: what each event counts, and which histories are like it.

Ranking, giving reasons and looking up features all begin with it, so whoever does several of them reads once.
"""

from dataclasses import dataclass

from numba import njit

from regulars.people.model import History
from regulars.taste.alike import Near, near, nearest
from regulars.taste.mixing import Settings, arrays, settings
from regulars.taste.model import F64, I32, I64, Model
from regulars.taste.weigh import weigh_kernel

Heard = tuple[I64, F64, tuple[I32, F64, I32, float]]
How = tuple[Settings, Near]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a history says to a model in one place, in one moment; not to be written to.

    heard  events that speak (s,), what each counts in each part and in "alike" (parts + 1, s); the nearest histories
    """

    heard: Heard
    place: str
    now_seconds: float


def read(model: Model, history: History, *, now_seconds: float, place: str = "home") -> Reading:
    """`history`, which has events, as `model` hears it."""
    asked = (history.items, history.verbs, history.at, float(now_seconds))
    return Reading(hear(arrays(model), how(model, place), asked), place, now_seconds)


def how(model: Model, place: str) -> How:
    """How the kernels are to mix: the settings of the blend, and the histories it looks at. For this thread only."""
    blend = model.blend(place)
    return settings(model, blend), near(model, blend)


@njit(cache=True, nogil=True)
def hear(model, how, asked):  # type: ignore[no-untyped-def]
    """The kernel of `read`."""
    sources, weights = weighed(model, how, asked)
    return sources, weights, nearest(how[1], asked[0], sources, weights[-1])


@njit(cache=True, nogil=True)
def weighed(model, how, asked):  # type: ignore[no-untyped-def]
    """What of a history counts, and how much in each part."""
    indptr, _, _, verbs, _, _, _ = model
    (_, steps, half_lives, _, _, _), _ = how
    items, kinds, at, now = asked
    return weigh_kernel((items, kinds, at), verbs, now, (steps, half_lives), indptr.shape[1] - 1)
