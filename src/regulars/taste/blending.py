"""Which parts, how strongly and how fast they fade: greedy search over questions with known answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from regulars.taste.asking import Packed, ask, pack
from regulars.taste.cases import Case, spans_days
from regulars.taste.metrics import Figures, measure
from regulars.taste.model import FOREVER, I32, Blend, Fade, Model
from regulars.taste.rank import rank

K = 20
STEPS = (FOREVER, 30.0, 12.0, 5.0, 2.0, 1.0)
HALF_LIVES = (FOREVER, 365.0, 90.0, 30.0, 7.0, 1.0)
WEIGHTS = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8)
AGAINS = (0.03, 0.1, 0.3, 1.0, 3.0)
HABITS = (Fade(), Fade(half_life_days=90), Fade(half_life_days=30), Fade(steps=30), Fade(steps=5), Fade(steps=2))

BETTER = 1.002
"""A change must help by this factor, so that chance does not complicate a blend."""

FEW, MANY = 1_500, 6_000


@dataclass(frozen=True, slots=True)
class Table:
    """Somewhere to try blends: a model whose parts are all there, and the questions of one place."""

    model: Model
    place: str
    cases: Sequence[Case]
    packed: Packed
    most: int = MANY

    def score(self, blend: Blend, *, most: int = MANY) -> float:
        """What is maximised: 0.8 × NDCG + 0.2 × recall at 20, on at most `most` questions."""
        step = -(-len(self.cases) // min(most, self.most)) or 1
        recall, ndcg = ask(self.model, blend, self.packed, k=K, step=step)
        return 0.8 * ndcg + 0.2 * recall

    def figures(self, blend: Blend) -> Figures:
        """All figures of `blend`, on all questions."""
        model = replace(self.model, blends={"home": blend})
        everything = np.ones(model.n, np.bool_)
        everything[0] = False

        def recommend(case: Case, k: int) -> I32:
            return rank(model, case.history, everything, k=k, now_seconds=case.now).items

        return measure(recommend, self.cases, k=K, n=model.n)


def table(model: Model, place: str, cases: Sequence[Case], *, most: int = MANY) -> Table:
    """A table with the questions packed; `most` are asked for one score."""
    return Table(model, place, cases, pack(cases), most)


def best_fade(table: Table, name: str, blend: Blend) -> Fade:
    """The fade of one part by itself: steps first, then half-life."""
    fade = Fade()

    def score(fade: Fade) -> float:
        return table.score(replace(blend, weights={name: 1.0}, fades={name: fade}, again=0.0), most=FEW)

    best = score(fade)
    for field, values in (("steps", STEPS[1:]), ("half_life_days", HALF_LIVES[1:] if spans_days(table.cases) else ())):
        for value in values:
            tried = replace(fade, **{field: value})
            found = score(tried)
            if found > best * BETTER:
                best, fade = found, tried
    return fade


def best_blend(table: Table, fades: Mapping[str, Fade], *, repeats: bool) -> tuple[Blend, list[tuple[Blend, float]]]:
    """Start with the best part, add the one that helps most, until none does; then whether known items come again.

    Returns the blend and all that was tried, with scores.
    """
    tried: list[tuple[Blend, float]] = []

    def score(blend: Blend) -> float:
        found = table.score(blend)
        tried.append((blend, found))
        return found

    names = [name for name in table.model.parts.names if name in fades]
    alone = {name: score(Blend({name: 1.0}, dict(fades), repeats)) for name in names}
    lead = max(names, key=lambda name: alone[name])
    blend, best = Blend({lead: 1.0}, dict(fades), repeats), alone[lead]
    open_names = [name for name in names if name != lead]
    while open_names:
        found = {(n, w): score(mixed(blend, n, w)) for n in open_names for w in WEIGHTS}
        (name, weight), value = max(found.items(), key=lambda one: one[1])
        if value <= best * BETTER:
            break
        blend, best = mixed(blend, name, weight), value
        open_names.remove(name)
    if repeats:
        blend, best = _again(blend, best, score)
    return _refined(blend, best, score), tried


def _again(blend: Blend, best: float, score: Callable[[Blend], float]) -> tuple[Blend, float]:
    """Known items: how strongly, and how fast a habit fades; first coarsely, then around the best."""
    coarse = [_habit(blend, weight, fade) for fade in HABITS for weight in AGAINS]
    blend, best = _best_of(coarse, blend, best, score)
    for _ in range(2):
        if not blend.again:
            break
        fade = blend.fades["again"]
        nearby = [_habit(blend, blend.again * factor, fade) for factor in (0.6, 1.6)]
        for factor in (0.5, 2.0):
            longer = min(fade.half_life_days, 365.0) * factor
            nearby.append(_habit(blend, blend.again, replace(fade, half_life_days=longer)))
            nearby.append(_habit(blend, blend.again, replace(fade, steps=min(fade.steps, 200.0) * factor)))
        blend, best = _best_of(nearby, blend, best, score)
    return blend, best


def _habit(blend: Blend, weight: float, fade: Fade) -> Blend:
    return replace(blend, again=round(weight, 4), fades={**blend.fades, "again": fade})


def _best_of(those: Sequence[Blend], blend: Blend, best: float, score: Callable[[Blend], float]) -> tuple[Blend, float]:
    """The best of `those` where it beats `blend`."""
    found = [(score(one), place) for place, one in enumerate(those)]
    value, place = max(found, key=lambda one: one[0], default=(0.0, 0))
    return (those[place], value) if value > best * BETTER else (blend, best)


def _refined(blend: Blend, best: float, score: Callable[[Blend], float]) -> Blend:
    """Each weight and each fade once more, beside the others."""
    for name in [name for name, weight in blend.weights.items() if weight]:
        nearby = [mixed(blend, name, w) for w in WEIGHTS] if len(blend.weights) > 1 else []
        fade = blend.fades[name]
        nearby += [
            replace(blend, fades={**blend.fades, name: replace(fade, steps=s)}) for s in STEPS if s != fade.steps
        ]
        blend, best = _best_of(nearby, blend, best, score)
    return blend


def mixed(blend: Blend, name: str, weight: float) -> Blend:
    """`weight` of the part `name`, and the rest of `blend` in the rest."""
    others = sum(w for n, w in blend.weights.items() if n != name) or 1.0
    weights = {n: round(w / others * (1 - weight), 4) for n, w in blend.weights.items() if n != name}
    return replace(blend, weights={**weights, name: weight})
