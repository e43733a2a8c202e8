"""The bake-off: every site finds out for itself which models, with which settings, serve it best.

Recipes are tried on the site's own newest data, which they did not see; what a budget allows is reckoned from the
size of the data and not from the clock, so the same data and seed give the same choice on every machine.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np

from regulars.kit.json import Json
from regulars.taste.akin import Akin
from regulars.taste.alike import Alike
from regulars.taste.beginning import Beginning, beginning
from regulars.taste.blending import MANY, Blending, Table, best_fade, better, table
from regulars.taste.cases import Case, sample
from regulars.taste.climbing import AKIN, ALIKE, FLOW, NEXT, RIDGE, TOGETHER, Climb, Fitted, Move
from regulars.taste.histories import verb_weights
from regulars.taste.kitchen import Kitchen, Recipe
from regulars.taste.model import F32, Blend, Content, Fade, Model, Part, Parts, Popularity, Sessions
from regulars.taste.pricing import asking_seconds, fitting_seconds
from regulars.taste.ridge import Ridge
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules
from regulars.taste.shape import KNOWN_SHARE, shape_of

EARLY, FEWEST = 4_000, 800
"""Recipes compete on so many questions, on fewer where time is short; blends on all."""

HOPELESS = 0.75
"""A family whose first recipe scores less than this share of the best is not tuned further."""

MOST_FITS = 30
"""Of one family: more would only follow chance."""

SLOW = Fade(half_life_days=365.0)

LEAST_CONTENT = 0.1
"""Content always has a say: it is what makes a new item recommendable."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What won: recipes by the name of their part, blends by place, and what was tried.

    ready  the log, where it was made ready with these `verbs` already
    """

    recipes: Mapping[str, Recipe]
    blends: Mapping[str, Blend]
    tried: Sequence[Mapping[str, Json]] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    verbs: F32 = field(default_factory=verb_weights)
    table: Table | None = None
    refused: str = ""
    ready: Kitchen | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Where a family starts, what may change, and the place whose questions it is judged by.

    always  it is tried at any budget, because a site begins with it
    """

    start: Recipe
    moves: Sequence[Move]
    place: str = "home"
    always: bool = False


ALL = (Family(Rp3(), TOGETHER), Family(Ridge(), RIDGE), Family(Akin(), AKIN))
ORDERED = (
    Family(Rules(), NEXT, "item"),
    Family(Alike(), ALIKE, "item"),
    Family(Ridge(penalty=15.0, steps=8.0, name="flow"), FLOW, "item"),
)


def bake_off(
    kitchen: Kitchen,
    cases: Mapping[str, Sequence[Case]],
    *,
    budget_seconds: float,
    ordered: bool,
    repeats: bool | None = None,
    say: Callable[[str, float], None] = lambda _what, _done: None,
) -> Chosen:
    """Try, choose, blend, from the beginning of data of this shape on.

    repeats  whether known items count as answers; None: as the data says, place by place
    """
    tried: list[Mapping[str, Json]] = []
    first = beginning(kitchen, shape_of(kitchen))
    recipes, parts = _recipes(kitchen, cases, (0.7 * budget_seconds, _families(first, ordered), repeats), tried, say)
    parts.append(kitchen.content_part())
    say("blending", 0.85)
    model = bench(kitchen, parts)
    most = _affordable(kitchen, 0.3 * budget_seconds / len(cases), len(parts))
    blends: dict[str, Blend] = {}
    figures: dict[str, float] = {}
    for place, questions in cases.items():
        known = _known(questions) if repeats is None else repeats
        if place != "home" and questions is cases["home"]:
            blends[place] = blends["home"]
            continue
        blends[place], found = _blended(table(model, place, questions), (known, most, first), tried)
        figures |= {f"{place} {name}": value for name, value in found.items()}
    used = {name for blend in blends.values() for name, weight in blend.weights.items() if weight}
    at_home = table(model, "home", cases["home"], most=most)
    verbs = _verbs(kitchen, at_home, blends["home"], tried)
    return Chosen({n: r for n, r in recipes.items() if n in used}, complete(blends), tried, figures, verbs, at_home)


def _families(first: Beginning, ordered: bool) -> list[Family]:
    """All families; those a site begins with start as it does."""
    known = first.recipes
    return [
        replace(family, start=known.get(family.start.name, family.start), always=family.start.name in known)
        for family in (*ALL, *(ORDERED if ordered else ()))
    ]


def _recipes(
    kitchen: Kitchen,
    cases: Mapping[str, Sequence[Case]],
    limits: tuple[float, Sequence[Family], bool | None],
    tried: list[Mapping[str, Json]],
    say: Callable[[str, float], None],
) -> tuple[dict[str, Recipe], list[Fitted]]:
    """The best recipe of each family, and what it makes. limits: (seconds, families, repeats)."""
    seconds, those, repeats = limits
    chosen: dict[str, tuple[Family, float, Climb]] = {}
    scores: dict[str, float] = {}
    early = _early(kitchen, [one.start for one in those if one.always], seconds)
    families = [(one, _price(kitchen, one.start, early)) for one in those]
    for family, price in sorted(families, key=lambda both: both[1]):
        if price * FIRST > seconds and chosen and not family.always:
            continue
        name = family.start.name
        say(f"trying {name}", len(chosen) / 12)
        questions = cases["home"]
        if len(cases.get(family.place, ())) >= min(len(questions), ENOUGH):
            questions = cases[family.place]
        known = _known(questions) if repeats is None else repeats
        climb = Climb(kitchen.make, _bencher(kitchen, sample(questions, early)), known, tried)
        scores[name] = climb.start(family.start)
        chosen[name] = (family, price, climb)
        seconds -= price * FIRST
    alive = [name for name in chosen if scores[name] >= HOPELESS * max(scores.values())]
    for place, name in enumerate(alive):  # the cheapest first: what they leave is for the dear ones
        family, price, climb = chosen[name]
        say(f"tuning {name}", 0.4 + 0.4 * place / len(alive))
        fits = int(min(max(seconds, 0.0) / (len(alive) - place) / price, MOST_FITS))
        before = climb.left = fits
        climb.go(family.moves, fits)
        seconds -= price * (before - climb.left)
    best = {name: climb.best for name, (_, _, climb) in chosen.items() if climb.best}
    kept = {name: one for name, one in best.items() if isinstance(one[2], Sessions) or len(one[2].data)}
    return {name: one[1] for name, one in kept.items()}, [one[2] for one in kept.values()]


ENOUGH = 500
"""A family is judged at the place it is for where so many questions were asked there, else at home."""

FIRST = 2.0
"""The first fit also finds the fade, and the winner is fitted again with all that is known."""


def _price(kitchen: Kitchen, recipe: Recipe, questions: int) -> float:
    """Seconds to fit a recipe and ask the questions of a round."""
    return fitting_seconds(kitchen, recipe) + questions * asking_seconds(kitchen, recipe)


def _early(kitchen: Kitchen, recipes: Sequence[Recipe], seconds: float) -> int:
    """How many questions recipes compete on: fewer where even those that are always tried cost all there is."""
    fitting = sum(fitting_seconds(kitchen, one) for one in recipes)
    asking = sum(asking_seconds(kitchen, one) for one in recipes)
    return int(np.clip((seconds / FIRST - fitting) / asking, FEWEST, EARLY))


def _affordable(kitchen: Kitchen, seconds: float, parts: int) -> int:
    """How many questions a blend can be judged by: each part is asked about a dozen times, and once more by itself."""
    one = 12 * max(asking_seconds(kitchen, Rp3()), 1e-5) * parts + 300 * 3e-6
    return int(np.clip(seconds / one, 500, MANY))


def _bencher(kitchen: Kitchen, questions: Sequence[Case]) -> Callable[[Fitted], Table]:
    """A table for each fitted recipe; the questions are packed once."""
    first = table(bench(kitchen, []), "home", questions)
    return lambda fitted: replace(first, model=bench(kitchen, [fitted]))


def _verbs(kitchen: Kitchen, asked: Table, blend: Blend, tried: list[Mapping[str, Json]]) -> F32:
    """What each kind of event counts in a history, beside the most frequent kind: our priors, or what does better."""
    verbs = kitchen.verbs.copy()
    seen = np.bincount(np.maximum(kitchen.log.verbs, 0), minlength=len(verbs))[: len(verbs)]
    kinds = [v for v in np.argsort(-seen, kind="stable").tolist() if verbs[v] > 0 and seen[v] > 0.002 * seen.sum()]
    if len(kinds) < 2 or len(asked.packed.now) < ENOUGH_FOR_VERBS:
        return kitchen.verbs
    best = _with_verbs(asked, verbs).ask(blend)
    for verb in kinds[1:]:
        for factor in (0.25, 0.5, 2.0, 4.0):
            other = verbs.copy()
            other[verb] *= np.float32(factor)
            found = _with_verbs(asked, other).ask(blend)
            what = f"an event of kind {verb} counts {other[verb]:g}"
            tried.append({"place": asked.place, "what": what, "score": round(float(found.mean()), 5)})
            if better(found, best):
                best, verbs = found, other
    return verbs


ENOUGH_FOR_VERBS = 200
"""Fewer questions than this say nothing about kinds of events: our priors stand."""


def _with_verbs(asked: Table, verbs: F32) -> Table:
    return replace(asked, model=replace(asked.model, verbs=verbs))


def _known(cases: Sequence[Case]) -> bool:
    """Whether people often come back to what they know."""
    again = [np.isin(c.targets, c.history.items).mean() for c in cases[:2_000] if len(c.targets)]
    return bool(again) and float(np.mean(again)) > KNOWN_SHARE


def _blended(
    asked: Table, limits: tuple[bool, int, Beginning], tried: list[Mapping[str, Json]]
) -> tuple[Blend, dict[str, float]]:
    """The blend of one place and its figures. limits: (repeats, questions, where to begin)."""
    repeats, most, first = limits
    names = [name for name in asked.names if name != "content"]
    fades = {name: best_fade(asked, name, repeats=repeats) for name in names}
    cold = "content" in asked.model.parts.names and len(asked.model.parts["content"].data) > 0
    if cold or not fades:  # too few cold items are asked for to tell; words change slowly
        fades["content"] = SLOW if asked.place == "home" or not fades else next(iter(fades.values()))
    blending = Blending(asked, repeats, fades, most=most, first=first.blend(asked.place))
    blend = blending.run()
    tried += [{"place": asked.place, "what": what, "score": round(score, 5)} for what, score in blending.tried]
    if cold and blend.weights.get("content", 0) < LEAST_CONTENT:
        weights, fades = {**blend.weights, "content": LEAST_CONTENT}, {**blend.fades, "content": fades["content"]}
        blend = replace(blend, weights=weights, fades=fades)
    return blend, asked.figures(blend).as_json()


def complete(found: Mapping[str, Blend]) -> dict[str, Blend]:
    """A blend for every place: those without questions of their own follow the one most like them."""
    home = found["home"]
    item = found.get("item", replace(home, repeats=False, again=0.0))
    varied = {**home.weights, "content": max(home.weights.get("content", 0.0), 0.25)}
    fresh = {name: Fade(min(fade.steps, 20.0), min(fade.half_life_days, 30.0)) for name, fade in home.fades.items()}
    return {
        "home": home,
        "item": item,
        "basket": replace(found.get("basket", item), repeats=False, again=0.0),
        "newsletter": replace(home, weights=varied),
        "article": Blend(varied, fresh, repeats=False),
    }


def bench(kitchen: Kitchen, fitted: Sequence[Fitted]) -> Model:
    """A model that is good enough for trying what was fitted."""
    n, none = kitchen.content.n, np.zeros(0, np.float32)
    parts = [one for one in fitted if isinstance(one, Part)]
    return Model(
        id=UUID(int=0),
        n=n,
        verbs=kitchen.verbs,
        parts=together(parts, n),
        blends={},
        counts=kitchen.counts,
        interval=kitchen.interval,
        again=kitchen.again,
        popularity=Popularity(none, none),
        vectors=np.zeros((0, 0), np.int8),
        content=Content(np.zeros(1, np.int64), np.zeros(0, np.uint32), none),
        idf=none,
        sessions=next((one for one in fitted if isinstance(one, Sessions)), None),
    )


def together(parts: Sequence[Part], n: int) -> Parts:
    """All parts of `n` items in one piece."""
    starts = np.cumsum([0, *(len(p.data) for p in parts)])
    return Parts(
        tuple(p.name for p in parts),
        np.stack([p.indptr + s for p, s in zip(parts, starts, strict=False)])
        if parts
        else np.zeros((0, n + 1), np.int64),
        np.concatenate([np.zeros(0, np.int32), *(p.indices for p in parts)]).astype(np.int32),
        np.concatenate([np.zeros(0, np.float32), *(p.data for p in parts)]).astype(np.float32),
    )
