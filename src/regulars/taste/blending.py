"""Which parts, how strongly and how fast they fade: greedy search over questions with known answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from regulars.taste.cases import Case, sample, spans_days
from regulars.taste.metrics import Figures, measure
from regulars.taste.model import FOREVER, Blend, Fade, Model
from regulars.taste.rank import rank

K = 20
STEPS = (FOREVER, 30.0, 12.0, 5.0, 2.0, 1.0)
HALF_LIVES = (FOREVER, 365.0, 90.0, 30.0, 7.0, 1.0)
WEIGHTS = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8)
AGAINS = (0.1, 0.3, 1.0, 3.0)
HABITS = (Fade(), Fade(half_life_days=90), Fade(half_life_days=30), Fade(steps=30), Fade(steps=5), Fade(steps=2))

BETTER = 1.002
"""A change must help by this factor, so that chance does not complicate a blend."""

FEW, MANY = 400, 2_000


@dataclass(frozen=True, slots=True)
class Table:
    """Somewhere to try blends: a model whose parts are all there, and the questions of one place."""

    model: Model
    place: str
    cases: Sequence[Case]

    def figures(self, blend: Blend, *, most: int = 1_000_000) -> Figures:
        """How good `blend` is here, asking at most `most` questions."""
        model = replace(self.model, blends={"home": blend})
        everything = np.ones(model.n, np.bool_)
        everything[0] = False

        def recommend(case: Case, k: int) -> "np.typing.NDArray[np.int32]":
            return rank(model, case.history, everything, k=k, now_seconds=case.now).items

        return measure(recommend, sample(self.cases, most), k=K, n=model.n)

    def score(self, blend: Blend, *, few: bool = False) -> float:
        """What is maximised: the mean of NDCG and recall at 20."""
        found = self.figures(blend, most=FEW if few else MANY)
        return 0.5 * (found.ndcg + found.recall)


def best_fade(table: Table, name: str, blend: Blend) -> Fade:
    """The fade of one part by itself: steps first, then half-life."""
    fade = Fade()

    def score(fade: Fade) -> float:
        return table.score(replace(blend, weights={name: 1.0}, fades={name: fade}, again=0.0), few=True)

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
    return blend, tried


def _again(blend: Blend, best: float, score: Callable[[Blend], float]) -> tuple[Blend, float]:
    """Known items: how strongly, and how fast a habit fades."""
    for fade in HABITS:
        for weight in AGAINS:
            one = replace(blend, again=weight, fades={**blend.fades, "again": fade})
            value = score(one)
            if value > best * BETTER:
                blend, best = one, value
    return blend, best


def mixed(blend: Blend, name: str, weight: float) -> Blend:
    """(1 − weight) of `blend` and `weight` of the part `name`."""
    weights = {n: round(w * (1 - weight), 4) for n, w in blend.weights.items()}
    return replace(blend, weights={**weights, name: weight})
