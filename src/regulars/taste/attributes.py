"""Guessing what someone wants of an attribute (diet, topics, brands) from what they chose.

Of n telling items someone chose, x have the value. Who wants the value chooses it with a rate around `wanting`, who
does not around `usual`; rates differ between people as a Beta distribution with `spread` (so that ten salads
in a row by someone who just likes salad do not make a vegan). The evidence is the logarithm of the ratio of the
two beta-binomials, tempered by what the people who told us taught:

    "require", one of several values or none:  P(v) = softmax(log share_v + T · evidence_v)
    "prefer", each value by itself:            P(v) = sigmoid(logit share_v + T · evidence_v)
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from regulars.catalog.model import Shelf
from regulars.kit.json import Json
from regulars.people.model import Evidence, Guess, History
from regulars.taste.guessing import FacetPrior, Guessable, ValuePrior, chosen, telling, values_of

F64 = NDArray[np.float64]

LEAST = 0.3
"""Guesses less sure than this are not made."""

LIKELY = 0.5
"""A guess of several values names those at least this likely, at most three."""

MOST_EVIDENCE = 5
MOST_NAMED = 3


def guess_attribute(
    definition: Guessable, history: History, shelf: Shelf, prior: FacetPrior, denied: Sequence[Json] = ()
) -> Guess | None:
    """The guess for one attribute facet, or None when nothing they did is with a value that is likely enough."""
    events = chosen(history, shelf.n)
    events = events[telling(shelf, definition)[history.items[events]]]
    if not len(events):
        return None
    items = history.items[events]
    values = [v for v in values_of(shelf, definition) if v not in denied]
    has = {v: shelf.mask(definition.attribute, v)[items] for v in values}
    likely = probabilities({v: (int(h.sum()), len(items)) for v, h in has.items()}, prior, definition.acts)
    best = [v for v in sorted(likely, key=lambda v: (-likely[v], v)) if likely[v] >= LEAST and has[v].any()]
    if not best:
        return None
    named = _named(best, likely, definition)
    speaking = np.any([has[v] for v in named], axis=0)
    confidence = float(np.mean([likely[v] for v in named]))
    value: Json = named if definition.many == "several" else named[0]
    return Guess(definition.name, value, confidence, _evidence(history, events[speaking]))


def _named(best: list[str], likely: Mapping[str, float], definition: Guessable) -> list[str]:
    if definition.many != "several" or definition.acts == "require":
        return best[:1]
    return [v for v in best if likely[v] >= LIKELY][:MOST_NAMED] or best[:1]


def _evidence(history: History, events: NDArray[np.int64]) -> tuple[Evidence, ...]:
    share = 1 / len(events) if len(events) else 0.0
    return tuple(Evidence("event", str(int(history.events[e])), share) for e in events[:MOST_EVIDENCE])


def probabilities(counted: Mapping[str, tuple[int, int]], prior: FacetPrior, acts: str) -> dict[str, float]:
    """How likely each value is wanted, given (x with it, n telling) for each."""
    known = {v: c for v, c in counted.items() if v in prior.values}
    if acts == "require":
        return _one_of(known, prior)
    out = {}
    for value, (x, n) in known.items():
        one = prior.values[value]
        odds = math.log(one.share / (1 - one.share)) + prior.temperature * _weight(x, n, one, prior.spread)
        out[value] = 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))
    return out


def _one_of(known: Mapping[str, tuple[int, int]], prior: FacetPrior) -> dict[str, float]:
    nobody = max(1 - sum(prior.values[v].share for v in known), 1e-3)
    logs = {
        v: math.log(prior.values[v].share) + prior.temperature * _weight(x, n, prior.values[v], prior.spread)
        for v, (x, n) in known.items()
    }
    top = max([math.log(nobody), *logs.values()])
    total = math.exp(math.log(nobody) - top) + sum(math.exp(one - top) for one in logs.values())
    return {v: math.exp(one - top) / total for v, one in logs.items()}


def _weight(x: int, n: int, one: ValuePrior, spread: float) -> float:
    return float(evidence(np.array([x]), np.array([n]), one, spread)[0])


def evidence(x: NDArray[np.int64], n: NDArray[np.int64], one: ValuePrior, spread: float) -> F64:
    """log P(x of n | wants it) − log P(x of n | does not), beta-binomial with `spread`."""
    return log_chance(x, n, one.wanting, spread) - log_chance(x, n, one.usual, spread)


def log_chance(x: NDArray[np.int64], n: NDArray[np.int64], rate: float, spread: float) -> F64:
    """log of the beta-binomial probability of x of n, without the binomial coefficient (it cancels)."""
    rate = min(max(rate, 1e-3), 1 - 1e-3)
    out: F64 = _rising(rate * spread, x) + _rising((1 - rate) * spread, n - x) - _rising(spread, n)
    return out


def _rising(a: float, count: NDArray[np.int64]) -> F64:
    """log of a (a + 1) … (a + count − 1)."""
    most = int(count.max(initial=0))
    table: F64 = np.r_[0.0, np.cumsum(np.log(a + np.arange(most)))]
    return table[count]
