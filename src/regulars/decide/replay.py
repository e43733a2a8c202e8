"""What another order would have shown in decisions that were logged, and what that says about it.

All is said of the order alone, without trying. How likely a place is looked at is learned from what was tried there:
what is tried is dealt out over the places by chance, so answers differ only by the place (as in Joachims, Swaminathan
& Schnabel 2017, arXiv 1608.04468), drawn towards 1 / log2(1 + place) where little was tried.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.decide import offpolicy
from regulars.decide.kernels import vary
from regulars.decide.offpolicy import Estimate
from regulars.decide.outcomes import Outcome
from regulars.decide.pools import Head
from regulars.decide.reranking import NEXT, in_order
from regulars.decide.trees import Trees

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
PLACES = 100
ANSWERS = 20.0
"""How many answers the usual fall of attention over the places counts for."""

Guess = Callable[[Head], F64]
"""(k,) the chance of each candidate of a head to be answered when it is looked at."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is needed to say what an order would have shown: likeness and categories of items, variety of slots."""

    vectors: NDArray[np.int8]
    category: I32
    variety: dict[str, float]
    look: F64


@dataclass(frozen=True, slots=True)
class Replayed:
    """One order over many decisions, one number each: see `offpolicy`.

    covered  which part of what it shows had a chance to be shown when it was logged
    """

    gains: F64
    weights: F64
    direct: F64
    corrections: F64
    covered: float

    @property
    def snips(self) -> Estimate:
        """Answers a decision."""
        return offpolicy.snips(self.gains, self.weights)

    @property
    def robust(self) -> Estimate:
        """Answers a decision, doubly robust."""
        return offpolicy.doubly_robust(self.direct, self.corrections, self.weights)

    def over(self, other: "Replayed") -> Estimate:
        """How many answers a decision more than `other`, doubly robust, decision by decision."""
        return offpolicy.doubly_robust(
            self.direct - other.direct, self.corrections - other.corrections, self.weights
        )  # fmt: skip


def looked_at(found: Sequence[Outcome]) -> F64:
    """(PLACES,) how likely each place is looked at, the first 1."""
    usual = 1 / np.log2(np.arange(PLACES) + 2)
    tried, answers = np.zeros(PLACES), np.zeros(PLACES)
    for one in found:
        for place in one.head.places:
            if was_tried(one, place):
                tried[place] += 1
                answers[place] += one.answers[place] > 0
    level = answers.sum() / max(float((tried * usual).sum()), 1.0)
    look = usual * (answers + ANSWERS) / (level * tried * usual + ANSWERS)
    attention: F64 = np.minimum(look / look[0], 1.0)
    return attention


def was_tried(one: Outcome, place: int) -> bool:
    """Whether what stood at `place` was tried there; what was guessed keeps its place at least 7 times in 10."""
    return bool(one.propensities[place] < 0.5)


def support(one: Outcome, look: F64) -> dict[int, float]:
    """Item shown in a guessed place → Σ over places of how likely it is looked at × the chance it stood there."""
    places = list(one.head.places)
    anywhere = float(look[places[1:]].sum())
    return {
        int(one.items[place]): float(one.propensities[place]) * (anywhere if was_tried(one, place) else look[place])
        for place in places
    }


def slate(one: Outcome, trees: Trees | None, setting: Setting) -> I32:
    """Positions in the head of what the guessed places would show, in their order. Without trees: the plain order."""
    head = one.head
    base = head.base.copy()
    if trees is not None:
        base[: head.reach], _ = in_order(head, trees)
    scores = (base * head.factor).astype(np.float32)
    best = np.argsort(-scores, kind="stable")
    guessed = set(head.places)
    before = np.array([item for place, item in enumerate(one.items) if place not in guessed], np.int32)
    limits = (len(head.places), float(setting.variety.get(one.slot, 0.0)))
    picked = vary(head.items[best], scores[best], before, (setting.vectors, setting.category), limits)
    shown: I32 = best[picked].astype(np.int32)
    return shown


def replay(found: Sequence[Outcome], trees: Trees | None, guess: Guess, setting: Setting) -> Replayed:
    """What the order of `trees` would have brought in each of these decisions."""
    rows = np.zeros((len(found), 4))
    covered = looked = 0.0
    for i, one in enumerate(found):
        row, covered_here, looked_here = _one(one, slate(one, trees, setting), guess(one.head), setting.look)
        rows[i] = row
        covered, looked = covered + covered_here, looked + looked_here
    gains, weights, direct, corrections = (rows[:, c].copy() for c in range(4))
    return Replayed(gains, weights, direct, corrections, covered / max(looked, 1e-9))


def _one(one: Outcome, shown: I32, good: F64, look: F64) -> tuple[tuple[float, ...], float, float]:
    """Gain, weight, direct and correction of one decision; how much of it is covered, and how much is looked at."""
    places, head = one.head.places, one.head
    chance = support(one, look)
    logged = {int(one.items[place]): place for place in places}
    could = _could(one, logged)
    gain = weight = direct = correction = covered = looked = 0.0
    for place, at in zip(places, shown.tolist(), strict=False):
        item, seen = int(head.items[at]), float(look[place])
        looked += seen
        covered += seen * (item in could)
        direct += seen * good[at]
        if item in logged:
            w = seen / chance[item]
            there = logged[item]
            answer = float(one.answers[there] > 0)
            gain += w * answer
            weight += w * look[there]
            correction += w * (answer - look[there] * good[at])
    return (gain, weight / max(looked, 1e-9), direct, correction), covered, looked


def _could(one: Outcome, logged: dict[int, int]) -> set[int]:
    """What might have been shown: what was, and what might have been tried where something might."""
    if one.propensities.min() == 1:
        return set(logged)
    others = [int(item) for item in one.head.items[: one.head.reach] if int(item) not in logged]
    return {*logged, *others[:NEXT]}
