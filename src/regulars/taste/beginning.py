"""Where every site begins before anything was tried: recipes and blends from the shape of its data alone.

How far back each part listens follows from how fast the past stops telling (`Shape.pace`), whether known items come
again and how much that counts from how often people come back to them, which parts there are from whether times tell.
None of these numbers is of one site; the bake-off starts here and keeps what does better.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from regulars.taste.alike import REACH, Alike
from regulars.taste.kitchen import Kitchen, Recipe
from regulars.taste.model import FOREVER, Blend, Fade
from regulars.taste.pricing import fitting_seconds
from regulars.taste.ridge import Ridge
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules
from regulars.taste.shape import KNOWN_SHARE, Shape

CHEAP = 2.0
"""A ridge is fitted untried where it is reckoned to take at most so many seconds."""

SHARES = {"together": 0.2, "next": 0.4, "alike": 1.0, "ridge": 0.8}
"""How loud each part is, whatever its fade. Where a ridge is too dear, "together" speaks for both."""

UNORDERED = {"together": 0.1, "ridge": 0.9}

PACES = {"together": 2.5, "next": 0.5, "alike": 1.0, "ridge": 2.5}
"""How far back each part listens, beside the pace of the data: what is similar lasts, what comes next passes."""

FASTEST = 1.2
"""The newest event counts more than twice the one before it, never more."""

LONGEST = 60.0
"""Histories are hardly longer than this: a slower fade is not louder."""

CONTENT = 0.15
AGAIN = 5.0
"""The weight of a person's own habits, where all that is done is habit."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Recipes by the name of their part, and blends of the places "home" and "item"."""

    recipes: Mapping[str, Recipe]
    blends: Mapping[str, Blend]

    def blend(self, place: str) -> Blend:
        """Where `place` begins."""
        return self.blends["home" if place == "home" else "item"]


def beginning(kitchen: Kitchen, shape: Shape) -> Beginning:
    """What is sane for data of this shape."""
    recipes: dict[str, Recipe] = {"together": Rp3()}
    if shape.kind != "unordered":
        recipes |= {"next": Rules(), "alike": alike(shape)}
    if fitting_seconds(kitchen, Ridge()) <= CHEAP:
        recipes["ridge"] = Ridge()
    home = _home(shape, list(recipes))
    return Beginning(recipes, {"home": home, "item": home if shape.kind == "sessions" else _item(home)})


def alike(shape: Shape) -> Alike:
    """Where many things are of one moment, all of them stand near."""
    first = Alike()
    return replace(first, steps=min(max(first.steps, shape.basket), REACH))


def _home(shape: Shape, names: list[str]) -> Blend:
    """Shares made into weights: a part that listens far back adds up more, and is turned down for it."""
    shares = dict(UNORDERED if shape.kind == "unordered" else SHARES)
    if "ridge" not in names:
        shares["together"] += shares["ridge"]
    steps = {name: _steps(shape, name) for name in names}
    loud = {name: shares[name] / min(steps[name], LONGEST) for name in names}
    whole = sum(loud.values()) / (1 - CONTENT)
    weights = {name: round(value / whole, 4) for name, value in loud.items()}
    fades = {name: Fade(steps=value) for name, value in steps.items()}
    weights["content"], fades["content"] = CONTENT, Fade(fades["together"].steps, 365.0)
    if shape.known < KNOWN_SHARE:
        return Blend(weights, fades)
    fades["again"] = Fade(steps=min(1 + 3 * shape.lag, FOREVER))
    return Blend(weights, fades, repeats=True, again=round(AGAIN * shape.habit, 4))


def _steps(shape: Shape, name: str) -> float:
    if shape.pace >= FOREVER:
        return FOREVER
    return round(max(PACES[name] * shape.pace, FASTEST) * shape.basket, 4)


def _item(home: Blend) -> Blend:
    """Beside one item it is this visit that counts, and what is in sight is not shown again."""
    fades = {name: Fade(min(fade.steps, 3.0), min(fade.half_life_days, 1.0)) for name, fade in home.fades.items()}
    shown = {**home.weights, "content": 0.25}
    return Blend(shown, fades)
