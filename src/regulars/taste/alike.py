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
from regulars.taste.histories import Histories
from regulars.taste.model import F32, F64, I32, I64, Blend, Model, Sessions

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
_NO = np.zeros(0, np.float32)
_EMPTY = np.zeros(1, np.int64)
Arrays = tuple[I64, I32, I32, F32, F32, I64, I32, F32, I32]
Near = tuple[Arrays, tuple[int, float], float, tuple[F64, I32, I32]]
NOBODY: Arrays = (_EMPTY, _NONE, _NONE, _NO, _NO, _EMPTY, _NONE, _NO, _NONE)


def near(model: Model, blend: Blend) -> Near:
    """What the kernels read: the sessions, how many are near, their weight in all, and scratch memory."""
    mix = blend.weights.get(NAME, 0.0) if model.sessions else 0.0
    if not model.sessions or not mix:
        return NOBODY, (0, 1.0), 0.0, _scratch(0)
    s = model.sessions
    arrays = (s.indptr, s.items, s.owner, s.strength, s.rarity, s.of_indptr, s.of, s.table, s.whose)
    return arrays, (s.near, float(s.sharp)), float(mix), _scratch(len(s.strength))


_threads = threading.local()


def _scratch(size: int) -> tuple[F64, I32, I32]:
    """Of this thread: likeness (0 between calls), place of the newest match, and which are touched."""
    found: tuple[F64, I32, I32] | None = getattr(_threads, "scratch", None)
    if found is None or len(found[0]) < size:
        found = _threads.scratch = (np.zeros(size), np.empty(size, np.int32), np.empty(size + 1, np.int32))
    return found


@njit(cache=True, nogil=True)
def nearest(near, items, sources, weights):  # type: ignore[no-untyped-def]
    """The nearest sessions of a history, how like it each is, where the newest match stands in it, and the scale.

    sources, weights  (s,) which events of `items` speak, and how loud
    """
    (_, _, _, strength, _, _, _, _, whose), (most, sharp), mix, (like, match, touched) = near
    m, size = 0, min(len(sources), LATEST) if mix != 0 else 0
    asked = near, items, sources[:size], weights
    m = _swept(*asked) if len(whose) else _met(*asked)
    for y in range(m):
        x = touched[y]
        like[x] = (like[x] if sharp == 1.0 else like[x] ** sharp) * strength[x]
    kept = _best(like, touched, m, most)
    found = touched[:kept].copy()
    alike = like[found]
    for y in range(m):
        like[touched[y]] = 0
    whole, total = 0.0, 0.0
    for s in range(size):
        whole += weights[s]
    for y in range(kept):
        total += alike[y]
    places = _matches(near, items, sources[:size], found) if len(whose) else match[found]
    return found, alike, places, mix * whole / total if total > 0 else 0.0


@njit(cache=True, nogil=True)
def _met(near, items, sources, weights):  # type: ignore[no-untyped-def]
    """Add up what each session has in common with the history; fills touched[:m] and, of those, match."""
    (_, _, owner, _, rarity, of_bounds, of, _, _), _, _, (like, match, touched) = near
    m = 0
    for s in range(len(sources)):
        i = items[sources[s]]
        if weights[s] <= 0 or i + 1 >= len(of_bounds):
            continue
        w = weights[s] * rarity[i]
        for o in range(of_bounds[i], of_bounds[i + 1]):
            x = owner[of[o]]
            new = like[x] == 0  # no branch goes by it: it cannot be foreseen
            touched[m] = x
            m += new
            match[x] = of[o] if new else match[x]
            like[x] += w
    return m


@njit(cache=True, nogil=True)
def _swept(near, items, sources, weights):  # type: ignore[no-untyped-def]
    """The same where there are few sessions, without `match`."""
    (_, _, _, strength, rarity, of_bounds, _, _, whose), _, _, (like, _, touched) = near
    for s in range(len(sources)):
        i = items[sources[s]]
        if weights[s] <= 0 or i + 1 >= len(of_bounds):
            continue
        w = weights[s] * rarity[i]
        for x in whose[of_bounds[i] : of_bounds[i + 1]]:
            like[np.uint32(x)] += w
    m = 0
    for x in range(len(strength)):
        touched[m] = x
        m += like[x] != 0
    return m


@njit(cache=True, nogil=True)
def _matches(near, items, sources, found):  # type: ignore[no-untyped-def]
    """(y,) where the newest of the history stands first in each session of `found`."""
    (bounds, members, _, _, _, of_bounds, of, _, _), _, _, _ = near
    n = len(of_bounds) - 1
    when, last = np.full(n, len(sources), np.int64), np.full(n, -1, np.int64)
    for s in range(len(sources) - 1, -1, -1):
        i = items[sources[s]]
        if i < n and of_bounds[i] < of_bounds[i + 1]:
            when[i], last[i] = s, of[of_bounds[i + 1] - 1]
    places = np.empty(len(found), np.int32)
    for y in range(len(found)):
        newest, place = len(sources), bounds[found[y]]
        for o in range(bounds[found[y]], bounds[found[y] + 1]):
            i = members[o]
            newer = (when[i] < newest) & (o <= last[i])
            newest, place = when[i] if newer else newest, o if newer else place
        places[y] = place
    return places


@njit(cache=True, nogil=True)
def reached(bounds, x, place):  # type: ignore[no-untyped-def]
    """The places of session x that are near enough to `place`."""
    return max(bounds[x], place - REACH), min(bounds[x + 1], place + REACH + 1)


@njit(cache=True, nogil=True)
def shares(near, items, heard, row, out):  # type: ignore[no-untyped-def]
    """Add to out[a, e] what event e of the history gives the item with row[item] = a + 1."""
    (bounds, members, _, strength, rarity, _, _, table, _), _, mix, _ = near
    sources, by_part, (found, like, match, scale) = heard
    if mix == 0 or len(strength) == 0:
        return
    weights, longest = by_part[-1], 0
    source = np.full(len(row), -1, np.int32)
    for s in range(min(len(sources), LATEST)):
        source[items[sources[s]]] = s
    for y in range(len(found)):
        longest = max(longest, bounds[found[y] + 1] - bounds[found[y]])
    own, told = np.empty(longest + 1, np.int64), np.empty(longest + 1)  # the events in common with a session
    for y in range(len(found)):
        common, m = _common(found[y], (bounds, members, rarity), (source, sources, weights), (own, told))
        lo, hi = reached(bounds, found[y], match[y])
        for t in range(lo, hi):
            a = row[members[t]]
            if a:
                worth = scale * table[t - match[y] + REACH] * like[y] / common
                for b in range(m):
                    out[a - 1, own[b]] += worth * told[b]


@njit(cache=True, nogil=True)
def _common(x, sessions, heard, found):  # type: ignore[no-untyped-def]
    """The events that have a thing in common with session x, and how loud: in all, and how many they are."""
    bounds, members, rarity = sessions
    source, sources, weights = heard
    own, told = found
    common, m = 0.0, 0
    for o in range(bounds[x], bounds[x + 1]):
        s = source[members[o]]
        there = s >= 0  # no branch goes by it either
        own[m], told[m] = sources[max(s, 0)], weights[max(s, 0)] * rarity[members[o]]
        common += told[m] if there else 0.0
        m += there
    return common, m
