"""What another order would have brought, from decisions that were logged with their propensities.

Of logged decisions i with answers r, weights w = probability under the new policy / logged propensity:

    SNIPS   Σ w r / Σ w                                     (Swaminathan & Joachims 2015)
    DR      mean of  r̂(new) + Σ w (r - r̂(logged))          (Dudík, Langford & Li 2011, arXiv 1103.4601)

For lists, w is of an item at its place: under a position-based model the chance to be answered is how likely the place
is looked at times how good the item is, so an item is worth Σ_k look(k) new(item at k) / Σ_k look(k) logged(item at k)
(Li et al. 2018, arXiv 1804.10488). Sums over a list come in here as one number a decision: decisions are independent,
places of one list are not. Intervals are normal, by the delta method for the ratio.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
SURE = 0.95
LEAST_EFFECTIVE = 200.0
"""With a smaller effective sample than this nothing is concluded: the normal interval would be too narrow."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean per decision with its interval, and how many equally weighted decisions it is worth.

    Without any decision: value 0 within all there is.
    """

    value: float
    low: float
    high: float
    effective: float
    n: int

    @property
    def enough(self) -> bool:
        """Whether the interval may be believed."""
        return self.effective >= LEAST_EFFECTIVE


def snips(gains: F64, weights: F64, *, sure: float = SURE) -> Estimate:
    """Self-normalised inverse propensity scoring.

    gains    (n,) Σ w r of each decision · weights (n,) Σ w of each decision, 1 on average
    """
    total = float(weights.sum())
    if len(gains) == 0 or total <= 0:
        return Estimate(0.0, -np.inf, np.inf, 0.0, len(gains))
    value = float(gains.sum()) / total
    mean = total / len(gains)
    return _within(value, _spread(gains - value * weights) / mean, effective(weights), len(gains), sure)


def doubly_robust(direct: F64, corrections: F64, weights: F64, *, sure: float = SURE) -> Estimate:
    """Doubly robust: right when either the propensities or the guessed answers are.

    direct       (n,) r̂ of what the new policy would show · corrections (n,) Σ w (r - r̂) of what was shown
    weights      (n,) Σ w, for the effective sample. r̂ must not have seen these answers.
    """
    each = direct + corrections
    if len(each) == 0:
        return Estimate(0.0, -np.inf, np.inf, 0.0, 0)
    value = float(each.mean())
    return _within(value, _spread(each - value), effective(weights), len(each), sure)


def on_policy(rewards: F64, *, sure: float = SURE) -> Estimate:
    """What the logged policy itself brought: the plain mean."""
    return doubly_robust(rewards, np.zeros_like(rewards), np.ones_like(rewards), sure=sure)


def effective(weights: F64) -> float:
    """Kish's effective sample size: (Σ w)² / Σ w²."""
    squares = float(np.square(weights).sum())
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def _spread(left: F64) -> float:
    """The standard error of a mean, from what each differs; one alone tells nothing."""
    n = len(left)
    return float(np.sqrt(np.square(left).sum() / (n * (n - 1)))) if n > 1 else np.inf


def _within(value: float, spread: float, size: float, n: int, sure: float) -> Estimate:
    half = NormalDist().inv_cdf(0.5 + sure / 2) * spread
    return Estimate(value, value - half, value + half, size, n)
