"""What is popular: overall and by broad characteristics, each shrunk to its parent; and what is trending.

    p(j | where) = (c_where(j) + m · p(j | parent)) / (C_where + m)

with counts halved every `HALF_LIFE_DAYS` before the newest event. Parents: all → language → device → region → city.
"""

from collections.abc import Mapping

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.catalog.model import Mask
from regulars.people.model import Log
from regulars.taste.histories import DAY
from regulars.taste.model import F32, I32, Model, Popularity, Ranked

CHAIN = ("language", "device", "region", "city")
"""From broad to narrow; each is shrunk to the one before it that is known."""

HALF_LIFE_DAYS = 30.0
TREND_DAYS = 3.0
SHRINK = 50.0
"""How many (decayed) interactions a place must have to count as much as its parent."""

Counts = NDArray[np.floating | np.integer]

NARROW = 500
"""How many items are kept of one value of a characteristic."""


def count_popular(log: Log, *, n: int, verbs: F32) -> Popularity:
    """Popularity as of the newest event that is not in the far future of the others."""
    newest = float(np.quantile(log.at[:: max(len(log.at) // 100_000, 1)], 0.999)) if len(log.at) else 0.0
    overall, recent = _faded((log.items, log.verbs, log.at), verbs, newest, n)
    groups: dict[tuple[str, str], tuple[I32, F32, float]] = {}
    for name, mark in log.marks.items():
        order = np.argsort(mark.codes, kind="stable")
        ends = np.searchsorted(mark.codes[order], np.arange(len(mark.values) + 1))
        for code, value in enumerate(mark.values):
            here = order[ends[code] : ends[code + 1]]
            if len(here):
                counts, _ = _faded((log.items[here], log.verbs[here], log.at[here]), verbs, newest, n)
                groups[name, value] = _narrow(counts)
    return Popularity(_shares(overall), _shares(recent), groups)


@njit(cache=True, nogil=True)
def _faded(events, verbs, newest, n):  # type: ignore[no-untyped-def]
    """(n,) weights halved every `HALF_LIFE_DAYS`, (n,) every `TREND_DAYS`, before `newest` (the future is now)."""
    items, kinds, at = events
    overall, recent = np.zeros(n), np.zeros(n)
    for e in range(len(items)):
        if 0 < items[e] < n and 0 <= kinds[e] < len(verbs) and verbs[kinds[e]] > 0:
            age = max(newest - at[e], 0.0) / DAY
            overall[items[e]] += verbs[kinds[e]] * 2.0 ** (-age / HALF_LIFE_DAYS)
            recent[items[e]] += verbs[kinds[e]] * 2.0 ** (-age / TREND_DAYS)
    return overall, recent


def _narrow(counts: Counts) -> tuple[I32, F32, float]:
    most = np.argsort(-counts, kind="stable")[:NARROW]
    most = most[counts[most] > 0]
    return most.astype(np.int32), counts[most].astype(np.float32), float(counts.sum())


def _shares(counts: Counts) -> F32:
    total = counts.sum()
    return (counts / total if total else counts).astype(np.float32)


def popular(
    model: Model, allowed: Mask, *, k: int, where: Mapping[str, str] | None = None, trending: float = 0.0
) -> Ranked:
    """The k most popular of `allowed` where the person is, e.g. {"city": "Utrecht", "language": "nl"}.

    trending  share of the last days in the answer, in [0, 1]
    """
    shares = model.popularity.overall.astype(np.float64)
    if trending:
        shares = (1 - trending) * shares + trending * model.popularity.recent
    for name in CHAIN:
        group = model.popularity.groups.get((name, (where or {}).get(name, "")))
        if group:
            items, counts, total = group
            shares *= SHRINK / (SHRINK + total)
            shares[items] += counts / (SHRINK + total)
    return top(shares, allowed, k)


def popular_now(items: I32, weights: F32, allowed: Mask, *, k: int) -> Ranked:
    """The same without a model: from plain counts of the newest events."""
    return top(np.bincount(items, weights, minlength=len(allowed))[: len(allowed)], allowed, k)


def top(scores: Counts, allowed: Mask, k: int) -> Ranked:
    """The k best allowed items with a score above 0, best first, lower id first among equals."""
    n = min(len(scores), len(allowed))
    found = np.flatnonzero(allowed[:n] & (scores[:n] > 0))
    if len(found) > 4 * k:
        found = found[scores[found] >= np.partition(scores[found], -k)[-k]]
    found = found[np.lexsort((found, -scores[found]))][:k]
    return Ranked(found.astype(np.int32), scores[found].astype(np.float32))
