"""What is known of each candidate when an order is decided; nothing of where it stands, for that is looked for."""

import numpy as np
from numpy.typing import NDArray

from regulars import taste
from regulars.decide.ranking import TASTE, Pool
from regulars.decide.scene import Scene

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
PARTS = ("together", "ridge", "next", "flow", "content", "again")
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


def features(scene: Scene, pool: Pool) -> F32:
    """(k, features) of the candidates of `pool`; rounded as they are logged, so that learned is what serves."""
    items = pool.items
    found = np.zeros((len(items), len(NAMES)), np.float32)
    found[:, 0] = pool.base
    found[:, 1 : 1 + len(PARTS)] = _parts(scene, items)
    at = 1 + len(PARTS)
    found[:, at : at + 2] = _popularity(scene, items)
    found[:, at + 2] = _age(scene, items)
    found[:, at + 3 : at + 6] = _fit(scene, items)
    found[:, at + 6] = pool.origin == TASTE
    found[:, at + 7] = np.minimum(pool.scores / np.maximum(pool.base, np.float32(1e-9)), MOST_LIFTED)
    found[:, at + 8] = len(scene.history.items)
    return found.astype(np.float16).astype(np.float32)


def _parts(scene: Scene, items: I32) -> F32:
    shares = np.zeros((len(items), len(PARTS)), np.float32)
    assert scene.world.model is not None
    names, given = taste.by_part(
        scene.world.model, scene.history, items, now_seconds=scene.seconds, place=scene.slot.place  # type: ignore[arg-type]  # a sequence to it
    )  # fmt: skip
    whole = np.maximum(np.abs(given).sum(axis=1), 1e-12)
    for column, name in enumerate(PARTS):
        if name in names:
            shares[:, column] = given[:, names.index(name)] / whole
    return shares


def _popularity(scene: Scene, items: I32) -> F32:
    assert scene.world.model is not None
    popularity = scene.world.model.popularity
    known = np.minimum(items, len(popularity.overall) - 1)
    overall = np.log(popularity.overall[known] + RARE)
    return np.stack([overall, np.log(popularity.recent[known] + RARE) - overall], axis=1)


def _age(scene: Scene, items: I32) -> F32:
    days = (scene.seconds - scene.world.shelf.published[items]) / 86_400
    age: F32 = np.where(np.isnan(days), -1, np.clip(days, 0, 1000)).astype(np.float32)
    return age


def _fit(scene: Scene, items: I32) -> F32:
    """Price, category and whether they know it, beside what they touched last."""
    shelf = scene.world.shelf
    touched = scene.history.items[:NEWEST]
    touched = touched[touched < shelf.n]
    prices = shelf.price[touched]
    prices = prices[prices > 0]
    found = np.zeros((len(items), 3), np.float32)
    if len(prices):
        price = shelf.price[items]
        has = price > 0
        found[has, 0] = np.log(price[has] / np.float32(np.sort(prices)[len(prices) // 2]))
    if len(touched):
        mine = shelf.category[touched]
        found[:, 1] = ((shelf.category[items][:, None] == mine) & (mine >= 0)).mean(axis=1)
        found[:, 2] = (items[:, None] == touched).sum(axis=1)
    return found
