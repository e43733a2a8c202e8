"""Histories like this one: the nearest of the newest histories, and what stands near the match in them.

    sim(x) = |x|^-p · (Σ_i w(i) · n_i^-r [i in x])^q     over the history i; N = the `near` best x, newest first
    score(j) = Σ_{x in N} sim(x) / Σ_N sim · Σ_{t: x_t = j} f(t − the match of the newest i in x)    (times Σ w)

Vector session kNN with the decay by distance of STAN (Ludewig & Jannach 2018, arXiv 1803.09587; Garg et al. 2019,
arXiv 1910.12779). Given N this is a sum over the history again, so shares stay exact.
"""

import threading
from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.people.model import Log
from regulars.taste.counting import _best, invert
from regulars.taste.histories import DAY, Histories
from regulars.taste.model import F32, F64, I32, I64, Blend, Fade, Model, Sessions
from regulars.taste.weigh import weigh_kernel

NAME = "alike"

MOST_ITEMS = 4_000_000
"""Of all histories the newest with so many items are kept: 64 MB."""

MOST_OF_ITEM = 500
"""So many histories are looked at for each item of a history, the newest."""

LATEST = 30
"""So many items of a history are looked up, the newest."""

REACH = 60
"""Nothing counts farther than this from the match."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Histories kept near; decay of distance in steps; weight of backwards; and the exponents

    power  p: a long history tells less · rare  r: a rare item in common tells more · sharp  q: several tell more still
    """

    near: int = 100
    power: float = 0.25
    rare: float = 0.25
    sharp: float = 1.0
    steps: float = 8.0
    backward: float = 0.3
    name: str = NAME

    def fit(self, histories: Histories, log: Log) -> Sessions:
        """The newest of `histories` (with every coming back to an item) of `log`, newest first."""
        ends = np.searchsorted(log.people, histories.people, side="right") - 1
        newest = np.argsort(-log.at[ends] if len(ends) else ends, kind="stable")
        newest = newest[histories.length[newest] > 1]
        newest = newest[np.cumsum(histories.length[newest]) <= MOST_ITEMS]
        sizes = histories.length[newest]
        rows = np.repeat(histories.indptr[newest] - np.r_[0, np.cumsum(sizes)[:-1]][: len(sizes)], sizes)
        kept = Histories(
            histories.n,
            histories.people[newest],
            np.r_[0, np.cumsum(sizes)].astype(np.int64),
            histories.items[rows + np.arange(len(rows))],
            np.zeros(0, np.float32),
        )
        inverted = invert(kept)
        first = np.arange(len(inverted.position)) - np.repeat(inverted.indptr[:-1], np.diff(inverted.indptr))
        short = first < MOST_OF_ITEM
        return Sessions(
            indptr=kept.indptr,
            items=kept.items,
            owner=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
            strength=(sizes.astype(np.float64) ** -self.power).astype(np.float32),
            rarity=(np.maximum(np.diff(inverted.indptr), 1) ** -self.rare).astype(np.float32),
            of_indptr=np.r_[0, np.cumsum(np.minimum(np.diff(inverted.indptr), MOST_OF_ITEM))].astype(np.int64),
            of=inverted.position[short],
            table=self._table(),
            near=self.near,
            sharp=self.sharp,
        )

    def _table(self) -> F32:
        """What a distance from the match counts, from -REACH to REACH; it sums to 1."""
        distance = np.arange(1, REACH + 1)
        ahead = np.exp(-(distance - 1) / self.steps)
        both = np.r_[self.backward * ahead[::-1], 0, ahead]
        made: F32 = (both / both.sum()).astype(np.float32)
        return made


_NONE = np.zeros(0, np.int32)
Arrays = tuple[I64, I32, I32, F32, F32, I64, I32, F32]
Near = tuple[Arrays, tuple[int, float], tuple[float, F64, F64], tuple[F64, I32, I32]]


def near(model: Model, blend: Blend) -> Near:
    """What the kernels read: the sessions, how many are near, (weight, steps, half-life in seconds), scratch memory."""
    mix = blend.weights.get(NAME, 0.0) if model.sessions else 0.0
    fade = blend.fades.get(NAME, Fade())
    how = (float(mix), np.array([fade.steps], np.float64), np.array([fade.half_life_days * DAY], np.float64))
    if not model.sessions or not mix:
        empty = np.zeros(1, np.int64)
        return (empty, _NONE, _NONE, _NO, _NO, empty, _NONE, _NO), (0, 1.0), how, _scratch(0)
    s = model.sessions
    arrays = (s.indptr, s.items, s.owner, s.strength, s.rarity, s.of_indptr, s.of, s.table)
    return arrays, (s.near, float(s.sharp)), how, _scratch(len(s.strength))


_NO = np.zeros(0, np.float32)


_threads = threading.local()


def _scratch(size: int) -> tuple[F64, I32, I32]:
    """Of this thread: likeness (0 between calls), place of the newest match, and which are touched."""
    found: tuple[F64, I32, I32] | None = getattr(_threads, "scratch", None)
    if found is None or len(found[0]) < size:
        found = _threads.scratch = (np.zeros(size), np.empty(size, np.int32), np.empty(size, np.int32))
    return found


@njit(cache=True, nogil=True)
def nearest(near, asked, verbs, n):  # type: ignore[no-untyped-def]
    """The nearest sessions of a history: fills touched[:kept]; returns (kept, touched in all, sources, weights, scale).

    A session's likeness is in the scratch memory until `forget`.
    """
    (_bounds, _items, owner, strength, rarity, of_bounds, of, _table), (most, sharp), how, scratch = near
    items, kinds, at, now = asked
    mix, steps, half_life = how
    like, match, touched = scratch
    sources, weights = weigh_kernel((items, kinds, at), verbs, now, (steps, half_life), n)
    m, whole, size = 0, 0.0, min(len(sources), LATEST)
    for s in range(size):
        i = items[sources[s]]
        whole += weights[0, s]
        if weights[0, s] <= 0 or i + 1 >= len(of_bounds):
            continue
        w = weights[0, s] * rarity[i]
        for o in range(of_bounds[i], of_bounds[i + 1]):
            x = owner[of[o]]
            if like[x] == 0:
                touched[m], match[x] = x, of[o]
                m += 1
            like[x] += w
    for y in range(m):
        like[touched[y]] = like[touched[y]] ** sharp * strength[touched[y]]
    kept = _best(like, touched, m, most)
    total = 0.0
    for y in range(kept):
        total += like[touched[y]]
    return kept, m, sources[:size], weights[0], mix * whole / total if total > 0 else 0.0


@njit(cache=True, nogil=True)
def forget(near, m):  # type: ignore[no-untyped-def]
    """Leave the scratch memory as it was."""
    like, _, touched = near[3]
    for y in range(m):
        like[touched[y]] = 0


@njit(cache=True, nogil=True)
def reached(bounds, x, place):  # type: ignore[no-untyped-def]
    """The places of session x that are near enough to `place`."""
    return max(bounds[x], place - REACH), min(bounds[x + 1], place + REACH + 1)


@njit(cache=True, nogil=True)
def shares(near, asked, verbs, row, out):  # type: ignore[no-untyped-def]
    """Add to out[a, e] what event e of the history gives the item with row[item] = a + 1."""
    sessions, _, how, scratch = near
    bounds, members, _owner, strength, rarity, _of_bounds, _of, table = sessions
    items = asked[0]
    like, match, touched = scratch
    if how[0] == 0 or len(strength) == 0:
        return
    kept, m, sources, weights, scale = nearest(near, asked, verbs, len(row))
    source = np.full(len(row), -1, np.int32)
    for s in range(len(sources)):
        source[items[sources[s]]] = s
    for y in range(kept):
        x = touched[y]
        common = 0.0
        for o in range(bounds[x], bounds[x + 1]):
            s = source[members[o]]
            if s >= 0:
                common += weights[s] * rarity[members[o]]
        lo, hi = reached(bounds, x, match[x])
        for t in range(lo, hi):
            a = row[members[t]]
            if a:
                worth = scale * table[t - match[x] + REACH] * like[x] / common
                for o in range(bounds[x], bounds[x + 1]):
                    s = source[members[o]]
                    if s >= 0:
                        out[a - 1, sources[s]] += worth * weights[s] * rarity[members[o]]
    forget(near, m)
