"""How often somebody has a thing again: from their own purchases, else from everybody's."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from regulars.decide.scene import Scene
from regulars.kit.ids import ItemId
from regulars.people.model import Verb

VISIT_SECONDS = 6 * 3600.0
"""Two purchases nearer than this are one visit."""
LEAST_GAPS = 2
DAY = 86_400.0


class Unit(StrEnum):
    """In which unit an interval is said."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Habit:
    """Every `n` of `unit`; `own`: theirs, not everybody's."""

    n: int
    unit: Unit
    own: bool


def habit_of(scene: Scene, item: ItemId) -> Habit | None:
    """The habit of an item somebody had before; None when nobody knows one."""
    bought = (scene.history.items == item) & (scene.history.verbs == Verb.BOUGHT)
    if not bought.any():
        return None
    gaps = -np.diff(scene.history.at[bought])  # newest first
    gaps = gaps[gaps > VISIT_SECONDS]
    if len(gaps) >= LEAST_GAPS:
        return _said(float(np.median(gaps)) / DAY, own=True)
    model = scene.world.model
    usual = float(model.interval[item]) if model is not None and item < len(model.interval) else float("nan")
    return None if np.isnan(usual) or usual <= 0 else _said(usual, own=False)


def _said(days: float, *, own: bool) -> Habit:
    if days < 13.5 and round(days) != 7:
        return Habit(max(1, round(days)), Unit.DAYS, own)
    if days <= 60:
        return Habit(max(1, round(days / 7)), Unit.WEEKS, own)
    return Habit(max(1, round(days / 30.4)), Unit.MONTHS, own)
