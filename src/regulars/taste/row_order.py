"""Whether the rows of a file are in time order: then the newest of each is asked for in tuning, and order tells.

A file "user item item …" does not say so. But where rows are in order, items beside each other in one row are together
in other rows more often than items far apart in it.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from regulars.taste.model import I32, I64

NEARER = 1.3
"""So many times more often than far apart is no chance."""

PAIRS = 3_000
ENOUGH = 300
LONG = 10
"""Rows with so many items tell."""


def in_time_order(rows: Mapping[int, I32], names: Sequence[str]) -> bool:
    """Whether `rows` (person → items from 1) are in time order; `names` of the items: sorted rows tell nothing."""
    long = [those for those in rows.values() if len(those) >= LONG]
    if not long or _sorted(long, names):
        return False
    rng = np.random.default_rng(0)
    chosen = [long[i] for i in rng.integers(0, len(long), PAIRS)]
    start = np.array([rng.integers(0, len(row) // 2) for row in chosen])
    first, beside = (np.array([row[s + d] for row, s in zip(chosen, start, strict=True)]) for d in (0, 1))
    far = np.array([row[s + len(row) // 2] for row, s in zip(chosen, start, strict=True)])
    good = (first != beside) & (first != far)
    if good.sum() < ENOUGH:
        return False
    having = _Having(rows, np.unique(np.r_[first, beside, far]))
    near, apart = (sum(map(having.together, first[good].tolist(), to[good].tolist())) for to in (beside, far))
    return near > NEARER * max(apart, 1e-9) and near > 0


def _sorted(rows: Sequence[I32], names: Sequence[str]) -> bool:
    """Whether most rows are sorted by what the file calls the items."""
    if all(name.isdecimal() for name in names):
        rank = np.array([0, *map(int, names)])
    else:
        rank = np.r_[0, np.argsort(np.argsort(np.array(names)))]
    return float(np.mean([bool((np.diff(rank[row]) >= 0).all()) for row in rows])) > 0.5


class _Having:
    """Which rows have an item."""

    def __init__(self, rows: Mapping[int, I32], wanted: I64) -> None:
        number = np.repeat(np.arange(len(rows)), [len(row) for row in rows.values()])
        items = np.concatenate(list(rows.values()))
        kept = np.isin(items, wanted)
        order = np.argsort(items[kept], kind="stable")
        items, number = items[kept][order], number[kept][order]
        starts = np.searchsorted(items, wanted), np.searchsorted(items, wanted, side="right")
        self.of = {int(i): set(number[lo:hi].tolist()) for i, lo, hi in zip(wanted, *starts, strict=True)}

    def together(self, a: int, b: int) -> float:
        """In how many other rows both are, as a cosine."""
        both = len(self.of[a] & self.of[b]) - 1
        return float(both / np.sqrt(len(self.of[a]) * len(self.of[b])))
