"""What is known of each candidate when an order is decided; nothing of where it stands, for that is looked for.

It is looked up while deciding only where a learned order needs it. For the log that is done later, in the log's own
thread and for many decisions at once: `Known` is all it takes, so nothing else of a decision is kept waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars import taste
from regulars.decide.ranking import TASTE, Pool
from regulars.decide.scene import Scene
from regulars.people.model import History

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
PARTS = ("together", "ridge", "next", "flow", "content", "alike", "again")
NAMES = (
    "score",  # of the model over the best, before anything else
    *PARTS,  # share of the score that each part gives
    "popularity",  # natural logarithm of the share of all interactions
    "trend",  # the same of the last days, less that
    "age",  # days since publication, at most 1,000; -1: unknown
    "price",  # over the middle price of what they touched, as a logarithm; 0: unknown
    "category",  # share of what they touched that is of its category
    "known",  # how often they touched it
    "modelled",  # whether the score is the model's (else popularity)
    "factor",  # what guesses and rules multiply
    "history",  # how many events there are
)
NEWEST = 30
"""How many events of a history the price and the category are compared with."""
RARE = 1e-7
MOST_LIFTED = 1000


Facts = tuple[F32, F32, F64, F32, I32]


@dataclass(frozen=True, slots=True)
class Known:
    """All that features are made of, beside the candidates. What it points to is never written to.

    facts    of each item: how popular it is in all and lately, publication, price, category
    reading  of the history by the model
    """

    model: taste.Model
    facts: Facts
    history: History
    seconds: float
    place: str
    reading: taste.Reading | None = None


def known(scene: Scene) -> Known:
    """What a scene knows of its candidates."""
    model, shelf = scene.world.model, scene.world.shelf
    assert model is not None
    facts = (model.popularity.overall, model.popularity.recent, shelf.published, shelf.price, shelf.category)
    return Known(model, facts, scene.history, scene.seconds, scene.slot.place, scene.reading)


def features(about: Known, pool: Pool) -> F32:
    """(k, features) of the candidates of `pool`; rounded as they are logged, so that learned is what serves."""
    return features_of([(about, pool)])[0]


def features_of(asked: Sequence[tuple[Known, Pool]]) -> list[F32]:
    """The features of each of several decisions by the same model, in the same place."""
    model, place = asked[0][0].model, asked[0][0].place
    names, given = taste.by_part_of(
        model, [(about.history, pool.items, about.seconds) for about, pool in asked], place=place,
        readings=[about.reading for about, _ in asked],
    )  # fmt: skip
    columns = [(column, names.index(name)) for column, name in enumerate(PARTS, 1) if name in names]
    return [_one(about, pool, parts, columns) for (about, pool), parts in zip(asked, given, strict=True)]


def _one(about: Known, pool: Pool, parts: F64, columns: Sequence[tuple[int, int]]) -> F32:
    found = np.zeros((len(pool.items), len(NAMES)), np.float32)
    for column, part in columns:
        found[:, column] = parts[:, part]
    candidates = (pool.items, pool.base, pool.origin, pool.scores)
    _columns(found, candidates, about.facts, (about.history.items, about.seconds))
    return found.astype(np.float16).astype(np.float32)


@njit(cache=True, nogil=True)
def _columns(out, pool, about, asked):  # type: ignore[no-untyped-def]
    """Everything but what the parts give, which is there already and becomes shares."""
    items, base, origin, scores = pool
    overall, recent, published, price, category = about
    history, now = asked
    touched = history[:NEWEST]
    middle = _middle_price(touched, price)
    at = 1 + len(PARTS)
    for k in range(len(items)):
        i = items[k]
        whole = max(np.abs(out[k, 1:at]).sum(), 1e-12)
        out[k, 0] = base[k]
        out[k, 1:at] /= whole
        common = np.log((overall[i] if i < len(overall) else 0.0) + RARE)
        out[k, at] = common
        out[k, at + 1] = np.log((recent[i] if i < len(recent) else 0.0) + RARE) - common
        out[k, at + 2] = -1 if np.isnan(published[i]) else min(max((now - published[i]) / 86_400, 0.0), 1000.0)
        out[k, at + 3] = np.log(price[i] / middle) if middle > 0 and price[i] > 0 else 0.0
        for e in range(len(touched)):
            same = touched[e] < len(category) and category[touched[e]] == category[i] and category[i] >= 0
            out[k, at + 4] += same / len(touched)
            out[k, at + 5] += touched[e] == i
        out[k, at + 6] = origin[k] == TASTE
        out[k, at + 7] = min(scores[k] / max(base[k], 1e-9), MOST_LIFTED)
        out[k, at + 8] = len(history)


@njit(cache=True, nogil=True)
def _middle_price(touched, price):  # type: ignore[no-untyped-def]
    """The middle price of what they touched; 0 when none has one."""
    known = np.empty(len(touched), np.float32)
    n = 0
    for e in range(len(touched)):
        if touched[e] < len(price) and price[touched[e]] > 0:
            known[n] = price[touched[e]]
            n += 1
    return np.sort(known[:n])[n // 2] if n else np.float32(0)


def warm() -> None:
    """Compile, or read from numba's cache."""
    one, real = np.ones(1, np.int32), np.ones(2, np.float32)
    pool = (one, real[:1], np.zeros(1, np.int8), real[:1])
    about = (real, real, np.ones(2), real, np.zeros(2, np.int32))
    _columns(np.zeros((1, len(NAMES)), np.float32), pool, about, (one, 1.0))
