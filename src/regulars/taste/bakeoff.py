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

SLOW = Fade(half_life_days=365.0)

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
    """From the size of the data: seconds on one core, as measured (a ridge: 20 µs an item, 0.4 µs a kept pair)."""
    items = float((kitchen.counts > 0).sum())
    length = float(np.minimum(kitchen.histories.length, 200).mean()) if len(kitchen.histories.people) else 1.0
    asking = EARLY * (5e-6 + length * 1.5e-7)
    counting = 0.02 + kitchen.pairs * 1.5e-8 + asking
    ridge = counting + items * 2e-5 + min(kitchen.pairs, 300 * items) * 4e-7
    cheap = int(np.clip(0.15 * budget_seconds / counting, 1, MOST_FITS))
    rest = 0.85 * budget_seconds - cheap * counting * (2 if ordered else 1) - BLENDS * asking
    dear = rest / (2.5 * ridge) if ordered else rest / ridge
    return Plan(
        together=cheap,
        ridge=int(np.clip(dear, 0, MOST_FITS)),
        rules=cheap if ordered else 0,
        flow=int(np.clip(dear, 0, MOST_FITS)) if ordered else 0,
    )


BLENDS = 60
"""About so many blends are tried in a place, and twice as many with everything."""


def affordable(kitchen: Kitchen, budget_seconds: float, parts: int) -> int:
    """How many questions a blend can be judged by in a quarter of the budget of its place."""
    length = float(np.minimum(kitchen.histories.length, 200).mean()) if len(kitchen.histories.people) else 1.0
    one = 5e-6 + length * 1.5e-7 * parts
    return int(np.clip(0.25 * budget_seconds / (2 * BLENDS * one), 500, 6_000))


MOST_FITS = 30
"""Of one family: more would only follow chance."""


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
    families: tuple[tuple[Recipe, Sequence[Move], int, Sequence[Case]], ...] = (
        (Rp3(), TOGETHER, allowed.together, home),
        (Ridge(), RIDGE, allowed.ridge, home),
        (Rules(), RULES, allowed.rules, item),
        (Ridge(steps=4.0, name="flow"), FLOW, allowed.flow, item),
    )
    tried: list[Mapping[str, Json]] = []
    parts: dict[str, Part] = {}
    recipes: dict[str, Recipe] = {}
    for number, (start, moves, most, questions) in enumerate(families):
        if most:
            say(f"trying {start.name}", number / 5)
            known = _known(questions) if repeats is None else repeats
            climb = _Climb(kitchen, sample(questions, EARLY), known, most, tried)
            recipes[start.name], parts[start.name] = climb.run(start, moves)
    parts["content"] = kitchen.content_part()
    parts = {name: part for name, part in parts.items() if len(part.data)}
    say("blending", 0.85)
    most = affordable(kitchen, budget_seconds / len(cases), len(parts))
    bench_model = bench(kitchen, list(parts.values())).model
    blends: dict[str, Blend] = {}
    figures: dict[str, float] = {}
    for place, questions in cases.items():
        known = _known(questions) if repeats is None else repeats
        blends[place], found = _blended(table(bench_model, place, questions, most=most), known, tried)
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


@dataclass(frozen=True, slots=True)
class Move:
    """One setting and how far it may go: by a factor (`times`) or a difference (`plus`)."""

    setting: str
    low: float
    high: float
    times: float = 0.0
    plus: float = 0.0

    def around(self, value: float, part: float) -> list[float]:
        """The values to try beside `value`, a `part` of a whole step away."""
        if self.times:
            far = self.times**part
            both = [value * far, value / far]
        else:
            both = [value + part * self.plus, value - part * self.plus]
        kept = [round(min(max(v, self.low), self.high), 4) for v in both]
        return [v for v in kept if v != value]


TOGETHER = (
    Move("beta", 0, 0.9, plus=0.15),
    Move("alpha", 0, 1.5, plus=0.3),
    Move("row", 0, 1.2, plus=0.2),
    Move("hops", 0, 2, plus=0.4),
)
RIDGE = (
    Move("penalty", 0.1, 300, times=3),
    Move("alpha", 0, 1, plus=0.5),
    Move("growth", 0, 1, plus=0.25),
    Move("hops", 0, 2, plus=0.3),
)
RULES = (
    Move("steps", 0.5, 60, times=2.5),
    Move("beta", -0.3, 0.8, plus=0.2),
    Move("alpha", 0, 1.2, plus=0.3),
    Move("people", 0, 1, plus=0.3),
    Move("backward", 0, 1.5, plus=0.3),
    Move("window", 3, 100, times=3),
)
FLOW = (
    Move("steps", 0.5, 60, times=2),
    Move("both", 0, 5, times=3),
    Move("penalty", 0.1, 300, times=3),
    Move("growth", 0, 1, plus=0.25),
    Move("alpha", 0, 1, plus=0.5),
)


@dataclass(slots=True)
class _Climb:
    """From a start, one setting after the other both ways, then again with half the step, while fits are left."""

    kitchen: Kitchen
    questions: Sequence[Case]
    repeats: bool
    left: int
    tried: list[Mapping[str, Json]]
    known: dict[Recipe, float] = field(default_factory=dict)
    fade: Fade = field(default_factory=Fade)
    best: tuple[float, Recipe, Part] | None = None

    def run(self, start: Recipe, moves: Sequence[Move]) -> tuple[Recipe, Part]:
        """The best recipe found and its part."""
        part = self.kitchen.fit(start)
        self.fade = best_fade(bench(self.kitchen, [part], cases=self.questions), part.name, Blend({}, {}, self.repeats))
        self._judge(start, part)
        for step in (1.0, 0.5, 0.25):
            before = self.best
            for move in moves:
                self._along(move, step)
            if self.left <= 0 or (before is self.best and step < 1):
                break
        assert self.best
        return self.best[1], self.best[2]

    def _along(self, move: Move, step: float) -> None:
        """Try one setting both ways from the best there is, and on while it helps."""
        assert self.best
        base = self.best[1]
        for value in move.around(value_of(base, move.setting), step):
            other = moved(base, move.setting, value)
            if self.left > 0 and other not in self.known:
                self._judge(other, self.kitchen.fit(other))
                if self.best[1] == other:
                    return self._along(move, step)
        return None

    def _judge(self, recipe: Recipe, part: Part) -> None:
        blend = Blend({part.name: 1.0}, {part.name: self.fade}, self.repeats)
        score = bench(self.kitchen, [part], cases=self.questions).score(blend)
        self.tried.append({"place": "", "what": described(recipe), "score": round(score, 5)})
        self.known[recipe] = score
        self.left -= 1
        if self.best is None or score > self.best[0]:
            self.best = (score, recipe, part)


def value_of(recipe: Recipe, setting: str) -> float:
    """The value of one setting; "hops" is 0 without a second hop."""
    if setting == "hops":
        return recipe.beta if isinstance(recipe, Hops) else 0.0
    return float(getattr(recipe.over if isinstance(recipe, Hops) else recipe, setting))


def moved(recipe: Recipe, setting: str, value: float) -> Recipe:
    """`recipe` with one setting changed; "hops" puts two hops over it, or takes them away."""
    over = recipe.over if isinstance(recipe, Hops) else recipe
    if setting == "hops":
        assert not isinstance(over, Rules)
        return Hops(over, value) if value else over
    kind = type(getattr(over, setting))
    other = replace(over, **{setting: kind(round(value) if kind is int else value)})
    return replace(recipe, over=other) if isinstance(recipe, Hops) else other  # type: ignore[arg-type]


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
    fades = {name: best_fade(asked, name, start) for name in asked.model.parts.names if name != "content"}
    if "content" in asked.model.parts.names:  # too few cold items are asked for to tell; words change slowly
        fades["content"] = SLOW if asked.place == "home" else next(iter(fades.values()))
    blend, those = best_blend(asked, fades, repeats=repeats)
    for one, score in those:
        words = " + ".join(f"{weight:.2f} {name}" for name, weight in one.weights.items())
        again = f" + {one.again:g} again" if one.again else ""
        tried.append({"place": asked.place, "what": words + again, "score": round(score, 5)})
    if "content" in asked.model.parts.names and blend.weights.get("content", 0) < LEAST_CONTENT:
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
