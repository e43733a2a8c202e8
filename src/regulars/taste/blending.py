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
HABITS = (*(Fade(half_life_days=days) for days in (FOREVER, 90, 30)), *(Fade(steps=s) for s in (30, 5, 2, 1)))

CERTAIN = 0.5
"""A change must help by so many standard errors of the difference, question by question, and by `LEAST` of it."""

LEAST = 0.0005

LEADS = 4
"""From so many of the best parts a blend is sought."""

FIRST = "first"
"""Columns of this name have the fade of the blend a search begins from."""

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
    first: Blend | None = None
    habits: tuple[Fade, ...] = HABITS
    grid: Grid = field(init=False)

    def run(self) -> Blend:
        """The best blend found."""
        step = self.table.step(self.most)
        self.fades |= {f"{name} fast": faster(fade) for name, fade in self.fades.items()}
        begun = self._begun()
        columns = {name: self._alone(name, fade) for name, fade in self.fades.items()}
        if self.repeats:
            columns |= {f"again {n}": _habit(fade) for n, fade in enumerate(self.habits)}
        self.grid = grid(self.table.model, columns, self.table.packed, step=step)
        weights = self._from_the_best(begun)
        weights = self._other_fades(weights)
        weights = self._nudged(weights)
        return self._blend(weights)

    def _begun(self) -> dict[str, float]:
        """The weights of `first` and, in `fades` and `habits`, its fades, as far as its parts are there."""
        if self.first is None:
            return {}
        there = [name for name, weight in self.first.weights.items() if weight and name in self.fades]
        self.fades |= {f"{name} {FIRST}": self.first.fades.get(name, Fade()) for name in there}
        weights = {f"{name} {FIRST}": self.first.weights[name] for name in there}
        if self.repeats and self.first.again and weights:
            self.habits = (*self.habits, self.first.fades.get("again", Fade()))
            weights[f"again {len(self.habits) - 1}"] = self.first.again
        return weights

    def _score_of(self, weights: Mapping[str, float]) -> F64:
        return self.grid.score(weights, k=K)

    def _best(self, those: Sequence[dict[str, float]], weights: dict[str, float], score: F64) -> dict[str, float]:
        """The best of `those` where it beats `weights`."""
        found = [(self._score_of(one), one) for one in those]
        top, one = max(found, key=lambda both: float(both[0].mean()), default=(score, weights))
        self.tried.append((said(one), float(top.mean())))
        return one if better(top, score) else weights

    def _from_the_best(self, begun: dict[str, float]) -> dict[str, float]:
        """The best of what is found from each of the best parts: the strongest alone is not always the best company.

        begun  a blend to begin from as well: what is found is never worse
        """
        alone = {name: float(self._score_of({name: 1.0}).mean()) for name in self._single()}
        self.tried += [(said({name: 1.0}), score) for name, score in alone.items() if " " not in name]
        parts = dict.fromkeys(part(name) for name in sorted(alone, key=lambda name: -alone[name]))
        leads = [max((n for n in alone if part(n) == lead), key=lambda n: alone[n]) for lead in list(parts)[:LEADS]]
        found = [self._nudged(self._greedy({lead: 1.0})) for lead in leads]
        found += [self._nudged(self._greedy(self._nudged(begun)))] if begun else []
        return max(found, key=lambda weights: float(self._score_of(weights).mean()))

    def _single(self) -> list[str]:
        """The columns a blend is put together from."""
        return [name for name in self.fades if not name.endswith(FIRST)]

    def _greedy(self, weights: dict[str, float]) -> dict[str, float]:
        """Add the part that helps most, until none does."""
        while True:
            whole, used = sum_of_parts(weights), {part(name) for name in weights}
            those = [{**weights, n: w * whole} for n in self._single() if part(n) not in used for w in WEIGHTS]
            if self.repeats and "again" not in used:
                those += [{**weights, f"again {n}": w * whole} for n in range(len(self.habits)) for w in AGAINS]
            found = self._best(those, weights, self._score_of(weights))
            if found is weights:
                return weights
            weights = found

    def _nudged(self, weights: dict[str, float]) -> dict[str, float]:
        """Each weight a little more or less, or none, beside the others."""
        for name in list(weights):
            if len(weights) > 1 and name in weights:
                nearby = [{**weights, name: weights[name] * nudge} for nudge in NUDGES]
                weights = self._best(nearby, weights, self._score_of(weights))
                weights = {n: w for n, w in weights.items() if w}
        return weights

    def _other_fades(self, weights: dict[str, float]) -> dict[str, float]:
        """Each fade once more, beside the others."""
        days = spans_days(self.table.cases)
        for name in list(weights):
            habit = part(name) == "again"
            fade = self.habits[int(name[6:])] if habit else self.fades[name]
            before = self._score_of(weights)
            tops = [(before, fade, self.grid.columns[name])]
            for other in around(fade, days=days):
                blend = _habit(other) if habit else self._alone(name, other)
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

    def _alone(self, name: str, fade: Fade) -> Blend:
        return Blend({part(name): 1.0}, {part(name): fade}, self.repeats)

    def _blend(self, weights: Mapping[str, float]) -> Blend:
        whole = sum_of_parts(weights)
        share = {part(name): round(w / whole, 4) for name, w in weights.items()}
        fades = {part(name): self.fades["again" if part(name) == "again" else name] for name in weights}
        again = share.pop("again", 0.0)
        return Blend(share, fades, self.repeats, again)


def part(name: str) -> str:
    """What a column is of: "next fast" is of "next"."""
    return name.partition(" ")[0]


def sum_of_parts(weights: Mapping[str, float]) -> float:
    """The weights of parts are shares of this; a habit is beside them."""
    return sum(w for name, w in weights.items() if part(name) != "again") or 1.0


def faster(fade: Fade) -> Fade:
    """Beside other parts and habits, a part often does best with little but the newest event."""
    return replace(fade, steps=1.2 if fade.steps > 2 else 5.0)


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
    whole = sum_of_parts(weights)
    return " + ".join(f"{weight / whole:.2f} {part(name)}" for name, weight in weights.items() if weight)
