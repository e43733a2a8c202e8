"""Everybody's history as arrays: one row a person, oldest first, capped, with each item's strength."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from regulars.people.model import Log, Marks, Verb
from regulars.taste.model import F32, I32, I64, N_VERBS

NEWEST = 100
"""Pairs grow with the square of a history, so only a person's newest distinct items count."""

BOT_EVENTS = 20_000
"""More events than this and we say "this looks like a bot" (its newest 100 items count as anyone's)."""

DAY = 86_400.0

SHOWN, CLICKED, ADDED = int(Verb.SHOWN), int(Verb.CLICKED), int(Verb.ADDED)
REMOVED, BOUNCED = int(Verb.REMOVED), int(Verb.BOUNCED)


@dataclass(frozen=True, slots=True)
class Histories:
    """Rows of distinct items, oldest first.

    people   (p,) int64 who
    indptr   (p + 1,) int64
    items    (m,) int32 · strength (m,) float32, 1 = a purchase
    gathered  how they were made, so that a cluster can make the same
    """

    n: int
    people: I64
    indptr: I64
    items: I32
    strength: F32
    gathered: "Gathered | None" = None

    @property
    def length(self) -> I64:
        """(p,) how many items each person has."""
        return np.diff(self.indptr)


@dataclass(frozen=True, slots=True)
class Gathered:
    """How histories were gathered (see `gather`)."""

    verbs: F32
    newest: int
    repeats: bool


@dataclass(frozen=True, slots=True)
class Capping:
    """Who had more than we count: `bots` are people ids, `capped` how many people lost old items."""

    bots: tuple[int, ...]
    capped: int


def verb_weights(weights: dict[Verb, float] | None = None) -> F32:
    """(11,) float32 what an event of each verb counts, from `weights` or from priors that hold for most sites."""
    out = np.zeros(N_VERBS, np.float32)
    for verb, weight in (weights or PRIOR).items():
        out[verb] = weight
    return out


PRIOR = {
    Verb.VIEWED: 0.4,
    Verb.CLICKED: 0.4,
    Verb.ADDED: 0.8,
    Verb.BOUGHT: 1.0,
    Verb.READ: 0.8,
    Verb.RATED: 0.8,
    Verb.MORE: 1.6,
}
"""SHOWN counts nothing; REMOVED and BOUNCED take back the event before them."""


def in_order(log: Log) -> Log:
    """`log` sorted by person, then time (stable: equal times keep their order)."""
    same = log.people[1:] == log.people[:-1]
    if bool(np.all((log.people[1:] > log.people[:-1]) | (same & (log.at[1:] >= log.at[:-1])))):
        return log
    order = np.lexsort((log.at, log.people))
    marks = {name: Marks(mark.values, mark.codes[order]) for name, mark in log.marks.items()}
    return Log(log.people[order], log.items[order], log.verbs[order], log.at[order], marks)


def gather(log: Log, *, n: int, verbs: F32, newest: int = NEWEST, repeats: bool = False) -> tuple[Histories, Capping]:
    """Histories of everybody in `log` (in order): distinct items by their newest event, newest `newest` kept.

    repeats  keep each coming back to an item, but not several events in a row with one item
    Events with an item outside [1, n) or with a verb that counts nothing are left out; BOUNCED and REMOVED take
    back the viewing or adding before them. An item's strength is its strongest event's.
    """
    starts = np.flatnonzero(np.r_[True, log.people[1:] != log.people[:-1]]) if len(log.people) else np.zeros(0, int)
    bounds = np.r_[starts, len(log.people)].astype(np.int64)
    items, strength, sizes, cut = _gather(bounds, log.items, log.verbs, verbs, (n, newest, repeats))
    full = sizes > 0
    histories = Histories(
        n=n,
        people=log.people[starts][full],
        indptr=np.r_[0, np.cumsum(sizes[full])].astype(np.int64),
        items=items,
        strength=strength,
        gathered=Gathered(verbs, newest, repeats),
    )
    bots = tuple(int(p) for p in log.people[starts][np.diff(bounds) > BOT_EVENTS])
    return histories, Capping(bots, int(cut.sum()))


@njit(cache=True, nogil=True)
def _gather(bounds, items, verbs, weights, limits):  # type: ignore[no-untyped-def]
    n, newest, repeats = limits
    people = len(bounds) - 1
    total = 0
    for p in range(people):
        total += min(bounds[p + 1] - bounds[p], newest)
    kept, strength = np.empty(total, np.int32), np.empty(total, np.float32)
    sizes, cut = np.zeros(people, np.int64), np.zeros(people, np.bool_)
    place = np.full(n, -1, np.int64)  # of an item in `kept`
    undone = np.zeros(n, np.int8)
    at = 0
    for p in range(people):
        first = at
        for e in range(bounds[p + 1] - 1, bounds[p] - 1, -1):
            item, verb = items[e], verbs[e]
            if item < 1 or item >= n or not counts(undone, item, verb, weights):
                continue
            if place[item] >= first and (not repeats or place[item] == at - 1):
                strength[place[item]] = max(strength[place[item]], weights[verb])
            elif at - first < newest:
                place[item], kept[at], strength[at] = at, item, weights[verb]
                at += 1
            else:
                cut[p] = True
        for e in range(bounds[p], bounds[p + 1]):
            if 1 <= items[e] < n:
                place[items[e]], undone[items[e]] = -1, 0
        sizes[p] = at - first
        kept[first:at] = kept[first:at][::-1].copy()
        strength[first:at] = strength[first:at][::-1].copy()
    return kept[:at].copy(), strength[:at].copy(), sizes, cut


@njit(cache=True, nogil=True)
def counts(undone, at, verb, weights):  # type: ignore[no-untyped-def]
    """Whether this event counts, going from the newest to the oldest; `undone[at]` remembers what was taken back.

    BOUNCED takes back the viewing or click before it, REMOVED the adding.
    """
    if verb in (BOUNCED, REMOVED):
        undone[at] = verb
        return False
    if (undone[at] == BOUNCED and verb <= CLICKED) or (undone[at] == REMOVED and verb == ADDED):
        if verb > SHOWN:
            undone[at] = 0
        return False
    return 0 <= verb < len(weights) and weights[verb] > 0
