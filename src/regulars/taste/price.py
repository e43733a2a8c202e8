"""Guessing what someone usually spends: the quantile of what they chose within its category.

A person's mean quantile is normal around the population's mean, one choice is normal around the person's; so the
chance that it lies below the lower third of all people is a normal posterior. Bands are thirds of people.
"""

import math
from collections.abc import Sequence

import numpy as np

from regulars.catalog.model import Shelf
from regulars.kit.json import Json
from regulars.people.model import Evidence, Guess, History
from regulars.taste.guessing import PricePrior, chosen
from regulars.taste.histories import Histories
from regulars.taste.model import F64

THIRD = 0.4307  # of the standard normal: a third of people lies below -THIRD
LEAST = 0.4


def quantiles(shelf: Shelf) -> F64:
    """(n,) each item's place in the prices of its category (of its kind, where the category has few), nan without."""
    out = np.full(shelf.n, np.nan)
    priced = ~np.isnan(shelf.price)
    for codes in (shelf.kind.astype(np.int64), shelf.category.astype(np.int64)):
        order = np.lexsort((shelf.price, codes))
        order = order[priced[order] & (order > 0)]
        _, first, size = np.unique(codes[order], return_index=True, return_counts=True)
        for start, many in zip(first, size, strict=True):
            if many >= 4:
                group = order[start : start + many]
                prices = shelf.price[group]
                low, high = np.searchsorted(prices, prices), np.searchsorted(prices, prices, side="right")
                out[group] = (low + high) / (2 * many)
    return out


def learn_price(histories: Histories, shelf: Shelf) -> PricePrior:
    """How people's mean quantiles are spread, and one person's choices around their mean."""
    q = quantiles(shelf)[histories.items]
    rows = np.repeat(np.arange(len(histories.people)), histories.length)[~np.isnan(q)]
    q = q[~np.isnan(q)]
    n = np.bincount(rows, minlength=len(histories.people))
    several = n >= 5
    if several.sum() < 30:
        return PricePrior()
    mean = np.bincount(rows, q, minlength=len(n)) / np.maximum(n, 1)
    within = float(np.average((q - mean[rows]) ** 2 * (n / np.maximum(n - 1, 1))[rows], weights=several[rows]))
    between = max(float(mean[several].var()) - within * float((1 / n[several]).mean()), 1e-4)
    centre, deviation = float(mean[several].mean()), math.sqrt(between)
    return PricePrior(centre, deviation, math.sqrt(within), centre - THIRD * deviation, centre + THIRD * deviation)


def guess_price(history: History, shelf: Shelf, prior: PricePrior, denied: Sequence[Json] = ()) -> Guess | None:
    """low, middle or high, with its chance; None when no band is likely enough."""
    events = chosen(history, shelf.n)
    q = quantiles_of(shelf)[history.items[events]]
    events, q = events[~np.isnan(q)], q[~np.isnan(q)]
    if not len(q):
        return None
    precision = 1 / prior.between**2 + len(q) / prior.within**2
    mean = (prior.mean / prior.between**2 + float(q.sum()) / prior.within**2) / precision
    below, above = (_below((cut - mean) * math.sqrt(precision)) for cut in (prior.low, prior.high))
    chances = {"low": below, "middle": above - below, "high": 1 - above}
    band = max((b for b in chances if b not in denied), key=chances.__getitem__, default=None)
    if band is None or chances[band] < LEAST:
        return None
    refs = [str(int(history.events[e])) for e in events[:5]]
    return Guess("price_band", band, chances[band], tuple(Evidence("event", r, 1 / len(q)) for r in refs))


def _below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


_last: tuple[int, int, F64] | None = None


def quantiles_of(shelf: Shelf) -> F64:
    """`quantiles`, kept for the shelf asked for last."""
    global _last  # noqa: PLW0603  one small cache per process; a race only computes twice
    if _last is None or _last[:2] != (id(shelf.price), shelf.version):
        _last = (id(shelf.price), shelf.version, quantiles(shelf))
    return _last[2]
