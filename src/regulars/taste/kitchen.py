"""Fitting recipes to one log, each once."""

from dataclasses import dataclass

import numpy as np

from regulars.people.model import Log
from regulars.taste.akin import Akin
from regulars.taste.alike import Alike
from regulars.taste.buyagain import rhythm
from regulars.taste.content import Described
from regulars.taste.counting import Inverted, invert
from regulars.taste.histories import NEWEST, Capping, Histories, gather
from regulars.taste.model import F32, Content, Part, Sessions
from regulars.taste.ridge import Counted, Ridge
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules
from regulars.taste.twohops import two_hops

LONGER = (200, 400, 1_000)
FEW_PAIRS = 150_000_000
"""While all pairs of histories are fewer than this, longer unordered histories than `NEWEST` are counted too."""


@dataclass(frozen=True, slots=True)
class Hops:
    """Two hops over another recipe."""

    over: "Rp3 | Ridge"
    beta: float = 0.3

    @property
    def name(self) -> str:
        """It stands for the part it extends."""
        return self.over.name


MatrixRecipe = Rp3 | Ridge | Rules | Hops | Akin
Recipe = MatrixRecipe | Alike


@dataclass(slots=True)
class Kitchen:
    """One log, ready for fitting. `histories` hold each item once, `sequences` every coming back to one."""

    log: Log
    content: Content
    verbs: F32
    idf: F32
    newest: int
    histories: Histories
    inverted: Inverted
    capping: Capping
    interval: F32
    again: F32
    threads: int = 1
    _sequences: tuple[Histories, Inverted] | None = None
    _counted: tuple[tuple[float, float, float], Counted] | None = None

    @property
    def sequences(self) -> tuple[Histories, Inverted]:
        """Made when first asked for."""
        if self._sequences is None:
            made, _ = gather(self.log, n=self.content.n, verbs=self.verbs, newest=self.newest, repeats=True)
            self._sequences = (made, invert(made))
        return self._sequences

    def tidy(self) -> None:
        """Let go of what only fitting needs."""
        self._sequences = self._counted = None

    @property
    def counts(self) -> F32:
        """(n,) how many people did something with each item."""
        return np.diff(self.inverted.indptr).astype(np.float32)

    def make(self, recipe: Recipe) -> Part | Sessions:
        """What `recipe` makes: a matrix, or histories to look up."""
        return recipe.fit(self.sequences[0], self.log) if isinstance(recipe, Alike) else self.fit(recipe)

    def fit(self, recipe: "MatrixRecipe") -> Part:
        """The part of `recipe`."""
        if isinstance(recipe, Hops):
            return two_hops(self.fit(recipe.over), recipe.beta, keep=recipe.over.keep)
        if isinstance(recipe, Akin):
            return recipe.fit(self.content, self.counts, self.idf)
        if isinstance(recipe, Rp3):
            return recipe.fit(self.histories, self.inverted, threads=self.threads)
        if isinstance(recipe, Rules):
            return recipe.fit(*self.sequences, threads=self.threads)
        return recipe.fit(self._counted_for(recipe), threads=self.threads)

    def content_part(self) -> Part:
        """Nearest by content for items few people touched."""
        return Described().fit(self.content, self.counts, self.idf)

    def _counted_for(self, ridge: Ridge) -> Counted:
        """The counts of a ridge; the last ones are kept, because a grid asks for the same ones often."""
        key = (ridge.alpha, ridge.steps, ridge.both)
        if self._counted is None or self._counted[0] != key:
            self._counted = None
            rows = self.sequences if ridge.steps else (self.histories, self.inverted)
            self._counted = (key, ridge.counted(*rows, threads=self.threads))
        return self._counted[1]

    @property
    def pairs(self) -> float:
        """How many pairs counting looks at."""
        return float((self.histories.length.astype(np.float64) ** 2).sum())


def kitchen(log: Log, content: Content, *, verbs: F32, idf: F32, threads: int = 1) -> Kitchen:
    """`log` (in order), ready for fitting."""
    newest = _newest(log)
    histories, capping = gather(log, n=content.n, verbs=verbs, newest=newest)
    interval, again = rhythm(log, n=content.n)
    return Kitchen(log, content, verbs, idf, newest, histories, invert(histories), capping, interval, again, threads)


def _newest(log: Log) -> int:
    """How many items of a history count: 100; more where times do not say which are newest, while that is cheap."""
    bounds = (
        np.flatnonzero(np.r_[True, log.people[1:] != log.people[:-1], True]) if len(log.people) else np.zeros(1, int)
    )
    lengths = np.diff(bounds)
    first, last = bounds[:-1], bounds[1:] - 1
    if not len(first) or (log.at[first] == log.at[last]).mean() < 0.8:
        return NEWEST
    cheap = [most for most in LONGER if (np.minimum(lengths, most).astype(np.float64) ** 2).sum() <= FEW_PAIRS]
    return max(cheap, default=NEWEST)
