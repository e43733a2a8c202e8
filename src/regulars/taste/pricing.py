"""What fitting and asking cost, in seconds on one core, reckoned from the size of the data: as measured."""

import numpy as np

from regulars.taste.akin import Akin
from regulars.taste.alike import LATEST, MOST_OF_ITEM, Alike
from regulars.taste.kitchen import Hops, Kitchen, Recipe
from regulars.taste.ridge import MOST_PAIRS, Ridge
from regulars.taste.rules import Rules


def fitting_seconds(kitchen: Kitchen, recipe: Recipe) -> float:
    """Of one fit."""
    items, events = float((kitchen.counts > 0).sum()), float(len(kitchen.histories.items))
    counting = 0.01 + kitchen.pairs * 1.7e-8
    if isinstance(recipe, Hops):
        return fitting_seconds(kitchen, recipe.over) + items * 2e-5
    if isinstance(recipe, Akin):
        return 0.01 + _likenesses(kitchen) * 3e-9 + items * 5e-5
    if isinstance(recipe, Alike):
        return 0.01 + events * 3e-7
    if isinstance(recipe, Rules):
        return 0.01 + min(kitchen.pairs, events * 2 * recipe.window) * 1.7e-8
    if isinstance(recipe, Ridge):
        return counting * (3 if recipe.steps else 1) + items * 7e-5 + min(kitchen.pairs, MOST_PAIRS) * 1.5e-7
    return counting


def asking_seconds(kitchen: Kitchen, recipe: Recipe) -> float:
    """Of one question."""
    length = float(np.minimum(kitchen.histories.length, 200).mean()) if len(kitchen.histories.people) else 1.0
    if isinstance(recipe, Alike):
        looked_up = min(float(kitchen.counts.mean()) * 2, MOST_OF_ITEM)
        return 1e-5 + min(length, LATEST) * looked_up * 1e-8 + recipe.near * min(length, 50) * 8e-9
    return 3e-6 + length * 1.2e-6


def _likenesses(kitchen: Kitchen) -> float:
    """How many pairs of entries with one term in common are looked at."""
    shared = np.bincount(kitchen.content.terms, minlength=1).astype(np.float64)
    return float((shared[shared <= max(50, kitchen.content.n // 4)] ** 2).sum())
