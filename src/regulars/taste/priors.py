"""Learning how people choose in general, so that a guess says honestly how sure it is.

What people told us about themselves are the labels: they give the rate of slips (a vegan who buys cheese), and the
temperature; how many people want a value is estimated over everybody (expectation maximisation, Dempster,
Laird, Rubin 1977), because those who tell are not like those who do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regulars.catalog.model import Shelf
from regulars.kit.json import Json
from regulars.people.model import Log
from regulars.taste.attributes import evidence, log_chance
from regulars.taste.guessing import FacetPrior, Guessable, PricePrior, Priors, ValuePrior, telling, values_of
from regulars.taste.histories import Histories, gather, in_order, verb_weights
from regulars.taste.price import learn_price

F64 = NDArray[np.float64]
Counts = NDArray[np.int64]
Stated = Mapping[str, Mapping[int, Json]]
"""facet → root PersonId → the value they stated."""

MOST_PEOPLE = 20_000
SPREADS = (3.0, 6.0, 12.0, 25.0, 50.0, 100.0, 300.0)
TEMPERATURES = (0.15, 0.25, 0.35, 0.5, 0.65, 0.8, 1.0, 1.2, 1.5, 1.9)
ENOUGH = 20
"""So many people must have told us before their word changes the temperature."""

SLIPS = 0.05
LIFT = 4.0
"""Without labels: how often someone with a diet slips, and by how much the odds rise of what someone prefers."""


def learn_priors(log: Log, shelf: Shelf, definitions: Sequence[Guessable], stated: Stated) -> Priors:
    """Priors for every definition that may be guessed, from everybody's choices and what some people stated."""
    histories, _ = gather(in_order(log), n=shelf.n, verbs=verb_weights())
    histories = _some(histories)
    facets = {
        d.name: _facet(d, histories, shelf, stated.get(d.name, {}))
        for d in definitions
        if d.guessed and d.acts in ("require", "prefer")
    }
    languages = _shares(stated.get("language", {}))
    price = learn_price(histories, shelf) if len(histories.people) else PricePrior()
    return Priors(facets, price, languages)


def _some(histories: Histories) -> Histories:
    """Every k-th person, when there are very many."""
    if len(histories.people) <= MOST_PEOPLE:
        return histories
    step = -(-len(histories.people) // MOST_PEOPLE)
    rows = np.arange(0, len(histories.people), step)
    keep = np.repeat(np.arange(len(histories.people)) % step == 0, histories.length)
    indptr = np.r_[0, np.cumsum(histories.length[rows])].astype(np.int64)
    return Histories(histories.n, histories.people[rows], indptr, histories.items[keep], histories.strength[keep])


def _shares(said: Mapping[int, Json]) -> dict[str, float]:
    values = [v for v in said.values() if isinstance(v, str)]
    return {v: (values.count(v) + 1) / (len(values) + len(set(values))) for v in sorted(set(values))}


@dataclass(frozen=True, slots=True)
class Seen:
    """Per person: n telling items, x[v] of them with the value; labels[v] 1 stated it, 0 others, -1 nothing."""

    n: Counts
    x: Mapping[str, Counts]
    labels: Mapping[str, Counts]

    def those(self, which: NDArray[np.bool_]) -> "Seen":
        """The same of some people."""
        x = {v: one[which] for v, one in self.x.items()}
        return Seen(self.n[which], x, {v: one[which] for v, one in self.labels.items()})


def _facet(definition: Guessable, histories: Histories, shelf: Shelf, said: Mapping[int, Json]) -> FacetPrior:
    seen = _seen(definition, histories, shelf, said)
    seen = seen.those(seen.n > 0)
    first = {v: _rates(seen, v, definition.acts) for v, x in seen.x.items() if x.any()}
    if not first or not len(seen.n):
        return FacetPrior(first)
    fitted = FacetPrior(first, _spread(seen, first))
    told = seen.those(next(iter(seen.labels.values())) >= 0)
    for _ in range(4):
        fitted = _shared(fitted, seen, definition.acts)
        fitted = replace(fitted, spread=_spread(seen, fitted.values))
        if len(told.n) >= ENOUGH:
            fitted = min(
                (replace(fitted, temperature=t) for t in TEMPERATURES), key=lambda f: _loss(f, told, definition.acts)
            )
    return fitted


def _seen(definition: Guessable, histories: Histories, shelf: Shelf, said: Mapping[int, Json]) -> Seen:
    people = len(histories.people)
    rows = np.repeat(np.arange(people), histories.length)
    tells = telling(shelf, definition)[histories.items]
    rows, items = rows[tells], histories.items[tells]
    values = values_of(shelf, definition)
    x = {v: np.bincount(rows[shelf.mask(definition.attribute, v)[items]], minlength=people) for v in values}
    answers = [said.get(int(p)) for p in histories.people]
    labels = {v: np.array([_label(answer, v) for answer in answers], np.int64) for v in values}
    return Seen(np.bincount(rows, minlength=people), x, labels)


def _label(answer: Json, value: str) -> int:
    if answer is None:
        return -1
    return int(value == answer or (isinstance(answer, list | tuple) and value in answer))


def _rates(seen: Seen, value: str, acts: str) -> ValuePrior:
    x, n, wants = seen.x[value], seen.n, seen.labels[value] == 1
    usual = float(np.clip((x.sum() + 1) / (n.sum() + 2), 0.005, 0.995))
    expected = 1 - SLIPS if acts == "require" else LIFT * usual / (1 - usual + LIFT * usual)
    wanting = float((x[wants].sum() + ENOUGH * expected) / (n[wants].sum() + ENOUGH))
    return ValuePrior(0.05 if acts == "require" else 0.15, usual, max(wanting, min(1.2 * usual, 0.99)))


def _spread(seen: Seen, values: Mapping[str, ValuePrior]) -> float:
    """The spread that makes what everybody chose most likely."""

    def likelihood(spread: float) -> float:
        total = 0.0
        for v, one in values.items():
            usual = np.log1p(-one.share) + log_chance(seen.x[v], seen.n, one.usual, spread)
            total += float(
                np.logaddexp(usual, np.log(one.share) + log_chance(seen.x[v], seen.n, one.wanting, spread)).sum()
            )
        return total

    return max(SPREADS, key=likelihood)


def _shared(prior: FacetPrior, seen: Seen, acts: str) -> FacetPrior:
    """Shares of people re-estimated over everybody, or read off those who told us what they prefer."""
    told = {v: one >= 0 for v, one in seen.labels.items()}
    for _ in range(10):
        chances = _chances(prior, seen, acts)
        values = {}
        for v, one in prior.values.items():
            share = float(chances[v].mean())
            if acts == "prefer" and told[v].sum() >= ENOUGH:
                share = float((seen.labels[v] == 1).sum() + 1) / float(told[v].sum() + 5)
            usual = float(((1 - chances[v]) @ seen.x[v] + 1) / ((1 - chances[v]) @ seen.n + 2))
            usual = min(max(usual, 0.005), 0.99)
            wanting = float((chances[v] @ seen.x[v] + one.wanting) / (chances[v] @ seen.n + 1))
            wanting = max(wanting, min(1.2 * usual, 0.995))  # or leaving it would speak for wanting it
            values[v] = ValuePrior(min(max(share, 0.003), 0.7), usual, wanting)
        prior = replace(prior, values=values)
    return prior


def _chances(prior: FacetPrior, seen: Seen, acts: str) -> dict[str, F64]:
    """(people,) how likely each value is wanted: the same as `attributes.probabilities`, for everybody at once."""
    weights = {v: prior.temperature * evidence(seen.x[v], seen.n, one, prior.spread) for v, one in prior.values.items()}
    if acts == "prefer":
        shares = {v: one.share for v, one in prior.values.items()}
        return {v: 1 / (1 + np.exp(-np.log(shares[v] / (1 - shares[v])) - w)) for v, w in weights.items()}
    nobody = max(1 - sum(one.share for one in prior.values.values()), 1e-3)
    odds = {v: prior.values[v].share * np.exp(w) for v, w in weights.items()}
    total = nobody + np.sum(list(odds.values()), axis=0)
    return {v: o / total for v, o in odds.items()}


def _loss(prior: FacetPrior, told: Seen, acts: str) -> float:
    """How surprised these priors are by what people told us (−log likelihood)."""
    chances = {v: np.clip(c, 1e-6, 1 - 1e-6) for v, c in _chances(prior, told, acts).items()}
    if acts == "prefer":
        return -float(sum(np.log(np.where(told.labels[v] == 1, c, 1 - c)).sum() for v, c in chances.items()))
    named = np.sum([np.where(told.labels[v] == 1, c, 0) for v, c in chances.items()], axis=0)
    nothing = np.sum([told.labels[v] for v in chances], axis=0) == 0
    rest = 1 - np.sum(list(chances.values()), axis=0)
    return -float(np.log(np.clip(np.where(nothing, rest, named), 1e-6, 1)).sum())
