"""Settings of one family of recipes, one after the other, while they help and the budget allows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from regulars.kit.json import Json
from regulars.taste.akin import Akin
from regulars.taste.alike import Alike
from regulars.taste.blending import Table, best_fade, better
from regulars.taste.kitchen import Hops, Recipe
from regulars.taste.model import F64, Blend, Fade, Part, Sessions
from regulars.taste.rules import Rules

Fitted = Part | Sessions
Bench = Callable[[Fitted], Table]
"""A fitted recipe by itself, beside the questions it is judged by."""


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
    Move("growth", 0, 1, plus=0.25),
    Move("alpha", 0, 1, plus=0.5),
    Move("hops", 0, 2, plus=0.3),
)
NEXT = (
    Move("backward", 0, 1.5, plus=0.3),
    Move("steps", 0.5, 60, times=2.5),
    Move("beta", -0.3, 0.8, plus=0.2),
    Move("alpha", 0, 1.2, plus=0.3),
    Move("people", 0, 1, plus=0.3),
    Move("window", 3, 100, times=3),
)
FLOW = (
    Move("penalty", 0.1, 300, times=3),
    Move("both", 0, 20, times=4),
    Move("steps", 0.5, 60, times=2),
    Move("growth", 0, 1, plus=0.25),
    Move("alpha", 0, 1, plus=0.5),
)
ALIKE = (
    Move("backward", 0, 1.5, plus=0.35),
    Move("sharp", 0.5, 3, plus=0.5),
    Move("steps", 1, 60, times=2.5),
    Move("near", 20, 500, times=2),
    Move("rare", 0, 1, plus=0.25),
    Move("power", 0, 1, plus=0.25),
)
AKIN = (Move("popular", 0, 1, plus=0.3),)


@dataclass(slots=True)
class Climb:
    """From a start, one setting after the other both ways, then again with half the step, while fits are left."""

    fit: Callable[[Recipe], Fitted]
    bench: Bench
    repeats: bool
    tried: list[Mapping[str, Json]]
    left: int = 1
    fade: Fade = field(default_factory=Fade)
    known: dict[Recipe, float] = field(default_factory=dict)
    best: tuple[F64, Recipe, Fitted] | None = None

    def start(self, recipe: Recipe) -> float:
        """Try the first recipe and find its fade; returns its score."""
        fitted = self.fit(recipe)
        self.fade = best_fade(self.bench(fitted), recipe.name, repeats=self.repeats)
        self._judge(recipe, fitted)
        return self.known[recipe]

    def go(self, moves: Sequence[Move], most: int) -> None:
        """Climb, with at most `most` more fits."""
        self.left = most
        for step in (1.0, 0.5, 0.25):
            before = self.best
            for move in moves:
                self._along(move, step)
            if self.left <= 0 or (before is self.best and step < 1):
                break

    def _along(self, move: Move, step: float) -> None:
        """Try one setting both ways from the best there is, and on while it helps."""
        assert self.best
        base = self.best[1]
        for value in move.around(value_of(base, move.setting), step):
            other = moved(base, move.setting, value)
            if self.left > 0 and other not in self.known:
                self._judge(other, self.fit(other))
                if self.best[1] == other:
                    return self._along(move, step)
        return None

    def _judge(self, recipe: Recipe, fitted: Fitted) -> None:
        score = self.bench(fitted).ask(Blend({recipe.name: 1.0}, {recipe.name: self.fade}, self.repeats))
        mean = float(score.mean())
        self.tried.append({"place": "", "what": described(recipe), "score": round(mean, 5)})
        self.known[recipe] = mean
        self.left -= 1
        if self.best is None or better(score, self.best[0]):
            self.best = (score, recipe, fitted)


def value_of(recipe: Recipe, setting: str) -> float:
    """The value of one setting; "hops" is 0 without a second hop."""
    if setting == "hops":
        return recipe.beta if isinstance(recipe, Hops) else 0.0
    return float(getattr(recipe.over if isinstance(recipe, Hops) else recipe, setting))


def moved(recipe: Recipe, setting: str, value: float) -> Recipe:
    """`recipe` with one setting changed; "hops" puts two hops over it, or takes them away."""
    over = recipe.over if isinstance(recipe, Hops) else recipe
    if setting == "hops":
        assert not isinstance(over, Rules | Alike | Akin)
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
