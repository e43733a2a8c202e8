"""Which parts, how strongly and how fast they fade: greedy search over questions with known answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from regulars.taste.alike import NAME as ALIKE
from regulars.taste.asking import Grid, Packed, ask, column, grid, pack
from regulars.taste.cases import Case, spans_days
from regulars.taste.metrics import Figures, measure
from regulars.taste.model import F64, FOREVER, I32, Blend, Fade, Model
from regulars.taste.rank import rank

K = 20
STEPS = (FOREVER, 30.0, 12.0, 5.0, 2.5, 1.2)
HALF_LIVES = (FOREVER, 365.0, 90.0, 30.0, 7.0, 1.0)
WEIGHTS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
AGAINS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
NUDGES = (0.0, 0.5, 0.75, 1.33, 2.0)
HABITS = (Fade(), Fade(half_life_days=90), Fade(half_life_days=30), Fade(steps=30), Fade(steps=5), Fade(steps=2))

CERTAIN = 0.5
"""A change must help by so many standard errors of the difference, question by question, and by `LEAST` of it."""

LEAST = 0.0005

FEW, MANY = 1_500, 6_000


def better(new: F64, old: F64) -> bool:
    """Whether what `new` is worth, question by question, is more than chance above `old`."""
    gain = new - old
    mean, spread = float(gain.mean()), float(gain.std())
    return mean > max(LEAST * float(old.mean()), CERTAIN * spread / float(np.sqrt(len(gain))))


@dataclass(frozen=True, slots=True)
class Table:
    """Somewhere to try blends: a model whose parts are all there, and the questions of one place."""

    model: Model
    place: str
    cases: Sequence[Case]
    packed: Packed
    most: int = MANY

    @property
    def names(self) -> tuple[str, ...]:
        """The parts that can be blended."""
        return (*self.model.parts.names, *([ALIKE] if self.model.sessions else []))

    def step(self, most: int = MANY) -> int:
        """Every so many-th question is asked, so that at most `most` are."""
        return -(-len(self.packed.now) // max(min(most, self.most), 1)) or 1

    def ask(self, blend: Blend, *, most: int = MANY) -> F64:
        """What is maximised, question by question: 0.8 × NDCG + 0.2 × recall at 20."""
        return ask(self.model, blend, self.packed, k=K, step=self.step(most))

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


def best_fade(table: Table, name: str, *, repeats: bool) -> Fade:
    """The fade of one part by itself: steps first, then half-life."""

    def asked(fade: Fade) -> F64:
        return table.ask(Blend({name: 1.0}, {name: fade}, repeats), most=FEW)

    fade = Fade()
    best = asked(fade)
    for setting, values in (
        ("steps", STEPS[1:]),
        ("half_life_days", HALF_LIVES[1:] if spans_days(table.cases) else ()),
    ):
        worse = 0
        for value in values:
            tried = replace(fade, **{setting: value})
            found = asked(tried)
            if better(found, best):
                best, fade, worse = found, tried, 0
            else:
                worse += 1
            if worse == 2:
                break
    return fade


@dataclass(slots=True)
class Blending:
    """The search for one blend: weights of columns that are kept for every question."""

    table: Table
    repeats: bool
    fades: dict[str, Fade]
    tried: list[tuple[str, float]] = field(default_factory=list)
    most: int = MANY
    grid: Grid = field(init=False)

    def run(self) -> Blend:
        """The best blend found."""
        step = self.table.step(self.most)
        columns = {name: Blend({name: 1.0}, {name: fade}, self.repeats) for name, fade in self.fades.items()}
        if self.repeats:
            columns |= {f"again {n}": _habit(fade) for n, fade in enumerate(HABITS)}
        self.grid = grid(self.table.model, columns, self.table.packed, step=step)
        weights = self._greedy()
        weights = self._nudged(weights)
        weights = self._other_fades(weights)
        weights = self._nudged(weights)
        return self._blend(weights)

    def _score(self, weights: Mapping[str, float]) -> F64:
        found = self.grid.score(weights, k=K)
        self.tried.append((said(weights), float(found.mean())))
        return found

    def _best(self, those: Sequence[dict[str, float]], weights: dict[str, float], score: F64) -> dict[str, float]:
        """The best of `those` where it beats `weights`."""
        found = [(self._score(one), one) for one in those]
        top, one = max(found, key=lambda both: float(both[0].mean()), default=(score, weights))
        return one if better(top, score) else weights

    def _greedy(self) -> dict[str, float]:
        """Start with the best part, add the one that helps most, until none does."""
        alone = {name: self._score({name: 1.0}) for name in self.fades}
        lead = max(alone, key=lambda name: float(alone[name].mean()))
        weights = {lead: 1.0}
        while True:
            whole = sum(w for name, w in weights.items() if not name.startswith("again"))
            those = [{**weights, n: w * whole} for n in self.fades if n not in weights for w in WEIGHTS]
            if self.repeats and not any(name.startswith("again") for name in weights):
                those += [{**weights, f"again {n}": w * whole} for n in range(len(HABITS)) for w in AGAINS]
            found = self._best(those, weights, self.grid.score(weights, k=K))
            if found is weights:
                return weights
            weights = found

    def _nudged(self, weights: dict[str, float]) -> dict[str, float]:
        """Each weight a little more or less, or none, beside the others."""
        for name in list(weights):
            if len(weights) > 1 and name in weights:
                nearby = [{**weights, name: weights[name] * nudge} for nudge in NUDGES]
                weights = self._best(nearby, weights, self.grid.score(weights, k=K))
                weights = {n: w for n, w in weights.items() if w}
        return weights

    def _other_fades(self, weights: dict[str, float]) -> dict[str, float]:
        """Each fade once more, beside the others."""
        days = spans_days(self.table.cases)
        for name in list(weights):
            habit = name.startswith("again")
            fade = HABITS[int(name[6:])] if habit else self.fades[name]
            before = self.grid.score(weights, k=K)
            tops = [(before, fade, self.grid.columns[name])]
            for other in around(fade, days=days):
                blend = _habit(other) if habit else Blend({name: 1.0}, {name: other}, self.repeats)
                made = column(self.table.model, blend, self.table.packed, self.grid)
                changed = replace(self.grid, columns={**self.grid.columns, name: made})
                tops.append((changed.score(weights, k=K), other, made))
            top, other, made = max(tops, key=lambda one: float(one[0].mean()))
            if better(top, before):
                self.grid = replace(self.grid, columns={**self.grid.columns, name: made})
                self.fades["again" if habit else name] = other
            elif habit:
                self.fades["again"] = fade
        return weights

    def _blend(self, weights: Mapping[str, float]) -> Blend:
        habit = [w for name, w in weights.items() if name.startswith("again")]
        parts = {name: w for name, w in weights.items() if not name.startswith("again")}
        whole = sum(parts.values())
        return Blend(
            {name: round(w / whole, 4) for name, w in parts.items()},
            {name: fade for name, fade in self.fades.items() if name in parts or (name == "again" and habit)},
            self.repeats,
            round(habit[0] / whole, 4) if habit else 0.0,
        )


def _habit(fade: Fade) -> Blend:
    return Blend({}, {"again": fade}, repeats=True, again=1.0)


def around(fade: Fade, *, days: bool) -> list[Fade]:
    """Faster and slower, in steps and, where the questions span days, in days."""
    out = [replace(fade, steps=steps) for steps in _around(fade.steps, 60.0)]
    if days:
        out += [replace(fade, half_life_days=d) for d in _around(fade.half_life_days, 365.0)]
    return out


def _around(value: float, first: float) -> list[float]:
    if value >= FOREVER:
        return [first, first / 4]
    return [value / 2, value / 1.4, value * 1.4, value * 2, FOREVER]


def said(weights: Mapping[str, float]) -> str:
    """A blend in words."""
    whole = sum(w for name, w in weights.items() if not name.startswith("again")) or 1.0
    return " + ".join(f"{weight / whole:.2f} {name.split(' ')[0]}" for name, weight in weights.items() if weight)
