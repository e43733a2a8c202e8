"""The bake-off: every site finds out for itself which models, with which settings, serve it best.

Recipes are tried on the site's own newest data, which they did not see; what a budget allows is reckoned from the
size of the data and not from the clock, so the same data and seed give the same choice on every machine.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np

from regulars.kit.json import Json
from regulars.taste.blending import BETTER, Table, best_blend, best_fade, table
from regulars.taste.cases import Case, sample
from regulars.taste.histories import verb_weights
from regulars.taste.kitchen import Hops, Kitchen, Recipe
from regulars.taste.model import F32, Blend, Content, Fade, Model, Part, Parts, Popularity
from regulars.taste.ridge import Ridge
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules

EARLY = 4_000
"""Recipes compete on so many questions; blends on all."""

KNOWN_SHARE = 0.03
"""Where at least this share of what people do next is something they did before, known items may come again."""

LEAST_CONTENT = 0.1
"""Content always has a say: it is what makes a new item recommendable."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What won: recipes by the name of their part, blends by place, and what was tried."""

    recipes: Mapping[str, Recipe]
    blends: Mapping[str, Blend]
    tried: Sequence[Mapping[str, Json]] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    verbs: F32 = field(default_factory=verb_weights)
    table: Table | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many fits of each family the budget allows."""

    together: int
    ridge: int
    rules: int
    flow: int


def plan(kitchen: Kitchen, budget_seconds: float, *, ordered: bool) -> Plan:
    """From the size of the data: seconds on one core, as measured (140 µs an item for a ridge, 8 ns a pair)."""
    items = float((kitchen.counts > 0).sum())
    counting = 0.05 + kitchen.pairs * 1.5e-8
    ridge = counting + items * 1.6e-4
    families = 4 if ordered else 2
    each = 0.7 * budget_seconds / families
    return Plan(
        together=int(np.clip(each / counting, 1, 9)),
        ridge=int(min(each / ridge, 8)),
        rules=int(np.clip(each / counting, 1, 9)) if ordered else 0,
        flow=int(min(each / (1.5 * ridge), 7)) if ordered else 0,
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
    """Try, choose, blend. `repeats`: whether known items count as answers; None: as the data says, place by place."""
    allowed = plan(kitchen, budget_seconds, ordered=ordered)
    home = cases["home"]
    item = cases.get("item") or home
    families: list[tuple[Recipe, Sequence[Move], int, Sequence[Case]]] = [
        (Rp3(), TOGETHER, allowed.together, home),
        (Ridge(), RIDGE, allowed.ridge, home),
        (Rules(), RULES, allowed.rules, item),
        (Ridge(steps=3.0, name="flow"), FLOW, allowed.flow, item),
    ]
    tried: list[Mapping[str, Json]] = []
    parts: dict[str, Part] = {}
    recipes: dict[str, Recipe] = {}
    for number, (start, moves, most, questions) in enumerate(families):
        if most:
            say(f"trying {start.name}", number / 5)
            known = _known(questions) if repeats is None else repeats
            recipe, part = _climb(kitchen, start, moves, (most, sample(questions, EARLY), known), tried)
            recipes[recipe.name], parts[recipe.name] = recipe, part
    parts["content"] = kitchen.content_part()
    say("blending", 0.85)
    bench_model = bench(kitchen, list(parts.values())).model
    blends: dict[str, Blend] = {}
    figures: dict[str, float] = {}
    for place, questions in cases.items():
        known = _known(questions) if repeats is None else repeats
        blends[place], found = _blended(table(bench_model, place, questions), known, tried)
        figures |= {f"{place} {name}": value for name, value in found.items()}
    used = {name for blend in blends.values() for name, weight in blend.weights.items() if weight}
    at_home = table(bench_model, "home", home)
    verbs = _verbs(kitchen, at_home, blends["home"], tried)
    return Chosen({n: r for n, r in recipes.items() if n in used}, complete(blends), tried, figures, verbs, at_home)


def _verbs(kitchen: Kitchen, asked: Table, blend: Blend, tried: list[Mapping[str, Json]]) -> F32:
    """What each kind of event counts in a history: our priors, all alike, or strong ones more still."""
    usual = kitchen.verbs
    seen = np.unique(kitchen.log.verbs)
    if (usual[seen[(seen >= 0) & (seen < len(usual))]] > 0).sum() < 2:
        return usual
    found = {}
    for name, verbs in (("usual", usual), ("all alike", (usual > 0).astype(np.float32)), ("steep", usual**2)):
        found[name] = (replace(asked, model=replace(asked.model, verbs=verbs)).score(blend), verbs)
        tried.append({"place": asked.place, "what": f"kinds of events: {name}", "score": round(found[name][0], 5)})
    best = max(found, key=lambda name: found[name][0])
    return found[best][1] if found[best][0] > found["usual"][0] * BETTER else usual


Move = tuple[str, tuple[float, ...]]

TOGETHER: tuple[Move, ...] = (
    ("beta", (0.1, 0.5)),
    ("alpha", (0.5, 1.0)),
    ("row", (0.3, 0.7)),
    ("hops", (0.4, 1.0)),
    ("beta", (0.2, 0.4)),
)
RIDGE: tuple[Move, ...] = (
    ("penalty", (15.0, 2.0, 0.5)),
    ("alpha", (0.0, 1.0)),
    ("growth", (0.25, 0.75)),
    ("hops", (0.4,)),
    ("near", (200,)),
)
RULES: tuple[Move, ...] = (
    ("steps", (1.0, 8.0)),
    ("backward", (0.0, 0.8)),
    ("beta", (0.0, 0.4)),
    ("alpha", (0.3, 0.9)),
    ("window", (30,)),
)
FLOW: tuple[Move, ...] = (
    ("steps", (1.5, 6.0)),
    ("both", (0.15, 1.5)),
    ("penalty", (1.0, 15.0)),
    ("growth", (0.25, 0.75)),
    ("alpha", (0.0,)),
)


def _climb(
    kitchen: Kitchen,
    start: Recipe,
    moves: Sequence[Move],
    asked: tuple[int, Sequence[Case], bool],
    tried: list[Mapping[str, Json]],
) -> tuple[Recipe, Part]:
    """From `start`, one setting after the other, keeping what helps; at most `most` fits."""
    most, questions, repeats = asked
    recipe, part = start, kitchen.fit(start)
    asking = bench(kitchen, [part], cases=questions)
    fade = best_fade(asking, part.name, Blend({}, {}, repeats))
    blend = Blend({part.name: 1.0}, {part.name: fade}, repeats)
    best = asking.score(blend)
    tried.append(_row(recipe, best))
    fits = 1
    for setting, values in moves:
        for value in values:
            if fits >= most:
                return recipe, part
            other = moved(recipe, setting, value)
            candidate = kitchen.fit(other)
            found = bench(kitchen, [candidate], cases=questions).score(blend)
            tried.append(_row(other, found))
            fits += 1
            if found > best:
                recipe, part, best = other, candidate, found
    return recipe, part


def moved(recipe: Recipe, setting: str, value: float) -> Recipe:
    """`recipe` with one setting changed; "hops" puts two hops over it."""
    if setting == "hops":
        over = recipe.over if isinstance(recipe, Hops) else recipe
        assert not isinstance(over, Rules)
        return Hops(over, value)
    if isinstance(recipe, Hops):
        return replace(recipe, over=replace(recipe.over, **{setting: value}))  # type: ignore[arg-type]
    return replace(recipe, **{setting: value})  # type: ignore[arg-type]  # settings are all numbers


def _row(recipe: Recipe, score: float) -> Mapping[str, Json]:
    return {"place": "", "what": described(recipe), "score": round(score, 5)}


def described(recipe: Recipe) -> str:
    """In a line, as the table of the bake-off shows it."""
    if isinstance(recipe, Hops):
        return f"{described(recipe.over)} + {recipe.beta:g} × two hops"
    settings = {name: getattr(recipe, name) for name in recipe.__dataclass_fields__ if name not in ("name", "keep")}
    return f"{recipe.name}({', '.join(f'{name} {value:g}' for name, value in settings.items())})"


def _known(cases: Sequence[Case]) -> bool:
    """Whether people often come back to what they know."""
    again = [np.isin(c.targets, c.history.items).mean() for c in cases[:2_000] if len(c.targets)]
    return bool(again) and float(np.mean(again)) > KNOWN_SHARE


def _blended(asked: Table, repeats: bool, tried: list[Mapping[str, Json]]) -> tuple[Blend, dict[str, float]]:
    """The blend of one place and its figures."""
    start = Blend({}, {}, repeats)
    fades = {name: best_fade(asked, name, start) for name in asked.model.parts.names}
    blend, those = best_blend(asked, fades, repeats=repeats)
    for one, score in those:
        words = " + ".join(f"{weight:.2f} {name}" for name, weight in one.weights.items())
        again = f" + {one.again:g} again" if one.again else ""
        tried.append({"place": asked.place, "what": words + again, "score": round(score, 5)})
    if len(asked.model.parts["content"].data) and blend.weights.get("content", 0) < LEAST_CONTENT:
        blend = replace(blend, weights={**blend.weights, "content": LEAST_CONTENT})
    kept = {name for name, weight in blend.weights.items() if weight} | {"again"}
    blend = replace(blend, fades={name: fade for name, fade in blend.fades.items() if name in kept})
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


def bench(kitchen: Kitchen, parts: list[Part], *, cases: Sequence[Case] = ()) -> Table:
    """A model that is good enough for trying `parts`."""
    n, none = kitchen.content.n, np.zeros(0, np.float32)
    model = Model(
        id=UUID(int=0),
        n=n,
        verbs=kitchen.verbs,
        parts=together(parts),
        blends={},
        counts=kitchen.counts,
        interval=kitchen.interval,
        again=kitchen.again,
        popularity=Popularity(none, none),
        vectors=np.zeros((0, 0), np.int8),
        content=Content(np.zeros(1, np.int64), np.zeros(0, np.uint32), none),
        idf=none,
    )
    return table(model, "home", cases)


def together(parts: list[Part]) -> Parts:
    """All parts in one piece."""
    starts = np.cumsum([0, *(len(p.data) for p in parts)])
    return Parts(
        tuple(p.name for p in parts),
        np.stack([p.indptr + s for p, s in zip(parts, starts[:-1], strict=True)]),
        np.concatenate([p.indices for p in parts]),
        np.concatenate([p.data for p in parts]),
    )
