"""Questions with known answers: what someone did before, and what they did next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.people.model import History, Log
from regulars.taste.histories import DAY
from regulars.taste.model import I32, I64

VISIT_SECONDS = 1_800
"""A pause this long ends a visit."""

MOST_CASES = 8_000
UNORDERED_SHARE = 0.2
"""Where times say nothing, this share of a history is asked for."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question: someone with `history` (newest first), at `now` seconds; right are `targets`."""

    history: History
    targets: I32
    now: float


@dataclass(frozen=True, slots=True)
class Split:
    """What may be learned from, and the questions of each kind of place asked about the rest.

    kind     "sessions" | "histories" | "unordered" | "nothing"
    repeats  whether what is known already counts as an answer; None: as the answers say
    """

    train: Log
    cases: Mapping[str, Sequence[Case]]
    kind: str
    repeats: bool | None = None


def split(log: Log, *, seed: int, most: int = MOST_CASES, share: float = 0.5) -> Split:
    """Hold out the newest of `log` (in order): newest sessions, or the last visit of those who came last.

    Sessions: everybody came once. Histories: people come back; the last visit is asked for ("home"), and what
    followed within it ("item", "basket"). Unordered: times say nothing; a fifth of a history is asked for.
    most, share   how many people are asked for at most, and of how many of all
    """
    bounds, visit, kind = visits(log)
    if kind == "nothing":
        return Split(log, {}, kind)
    rng = np.random.default_rng(seed)
    people = _asked(log, bounds, visit, kind)
    people = np.sort(people[: min(most, max(int(share * len(people)), 1))])
    if kind == "sessions":
        return _sessions(log, bounds, people)
    if kind == "unordered":
        return _unordered(log, bounds, people, rng)
    return _histories(log, bounds, visit, people)


def visits(log: Log) -> tuple[I64, I64, str]:
    """(people + 1,) where each person's events (in order) are, (m,) number of each event's visit, and what kind it is.

    The kind is that of `Split`.
    """
    bounds = _bounds(log.people)
    visit = _visits(log, bounds)
    return bounds, visit, _kind(log, bounds, visit) if len(bounds) > 2 else "nothing"


def _bounds(people: I64) -> I64:
    starts = np.flatnonzero(np.r_[True, people[1:] != people[:-1]]) if len(people) else np.zeros(0, np.int64)
    bounds: I64 = np.r_[starts, len(people)].astype(np.int64)
    return bounds


def _visits(log: Log, bounds: I64) -> I64:
    """(m,) number of each event's visit, counting over everybody."""
    new = np.r_[True, np.diff(log.at) > VISIT_SECONDS][: len(log.at)]
    new[bounds[:-1]] = True
    visit: I64 = np.cumsum(new).astype(np.int64)
    return visit


def _kind(log: Log, bounds: I64, visit: I64) -> str:
    several = np.diff(bounds) > 1
    if not several.any():
        return "nothing"
    if not times_tell(log):
        return "unordered"
    first, last = bounds[:-1][several], bounds[1:][several] - 1
    return "sessions" if (visit[first] == visit[last]).mean() > 0.7 else "histories"


def _asked(log: Log, bounds: I64, visit: I64, kind: str) -> I64:
    """The people with enough events to be asked about, those who came last first (by chance when unordered)."""
    size = np.diff(bounds)
    enough = size >= (5 if kind == "unordered" else 2)
    if kind == "histories":
        enough &= visit[bounds[:-1]] != visit[bounds[1:] - 1]
    people = np.flatnonzero(enough)
    if kind == "unordered":
        return people[np.argsort(people * 2_654_435_761 % 2**32, kind="stable")]
    return people[np.argsort(-log.at[bounds[1:][people] - 1], kind="stable")]


def before(log: Log, lo: int, hi: int) -> History:
    """Events lo … hi − 1 of one person as a history, newest first."""
    rows = np.arange(hi - 1, lo - 1, -1)
    return History(rows, log.items[rows], log.verbs[rows], log.at[rows].astype(np.float64))


def without(log: Log, rows: NDArray[np.bool_]) -> Log:
    """`log` without those rows."""
    keep = ~rows
    marks = {name: type(m)(m.values, m.codes[keep]) for name, m in log.marks.items()}
    return Log(log.people[keep], log.items[keep], log.verbs[keep], log.at[keep], marks)


def _sessions(log: Log, bounds: I64, people: I64) -> Split:
    out = np.zeros(len(log.items), np.bool_)
    cases = []
    for p in people.tolist():
        lo, hi = int(bounds[p]), int(bounds[p + 1])
        out[lo:hi] = True
        cases += list(every(log, lo, hi))
    return Split(without(log, out), {"home": cases, "item": cases}, "sessions")


def every(log: Log, lo: int, hi: int) -> Iterator[Case]:
    """After each event of a session: what comes next?"""
    for at in range(lo + 1, hi):
        yield Case(before(log, lo, at), log.items[at : at + 1], float(log.at[at]))


def _unordered(log: Log, bounds: I64, people: I64, rng: np.random.Generator) -> Split:
    out = np.zeros(len(log.items), np.bool_)
    for p in people.tolist():
        lo, hi = int(bounds[p]), int(bounds[p + 1])
        out[lo + rng.permutation(hi - lo)[: max(1, round(UNORDERED_SHARE * (hi - lo)))]] = True
    cases = []
    for p in people.tolist():
        rows = np.arange(bounds[p + 1] - 1, bounds[p] - 1, -1)
        known, asked = rows[~out[rows]], rows[out[rows]]
        history = History(known, log.items[known], log.verbs[known], log.at[known].astype(np.float64))
        cases.append(Case(history, np.unique(log.items[asked]), float(log.at[asked[0]])))
    return Split(without(log, out), {"home": cases}, "unordered")


def _histories(log: Log, bounds: I64, visit: I64, people: I64) -> Split:
    out = np.zeros(len(log.items), np.bool_)
    cases: dict[str, list[Case]] = {"home": [], "item": [], "basket": []}
    for p in people.tolist():
        lo, hi = int(bounds[p]), int(bounds[p + 1])
        start = lo + int(np.searchsorted(visit[lo:hi], visit[hi - 1]))
        out[start:hi] = True
        now = float(log.at[start])
        cases["home"].append(Case(before(log, lo, start), np.unique(log.items[start:hi]), now))
        last = np.flatnonzero(log.items[start:hi] != log.items[hi - 1])
        if len(last) and log.at[hi - 1] > log.at[start + last[-1]]:
            history = before(log, lo, start + int(last[-1]) + 1)
            cases["item"].append(Case(history, log.items[hi - 1 : hi], float(log.at[hi - 1])))
        elif len(last):
            rest = before(log, start, hi)
            kept = rest.items != log.items[hi - 1]
            basket = History(rest.events[kept], rest.items[kept], rest.verbs[kept], rest.at[kept])
            cases["basket"].append(Case(basket, log.items[hi - 1 : hi], now))
    enough = {place: found for place, found in cases.items() if len(found) >= 20 or place == "home"}
    return Split(without(log, out), enough, "histories")


MOST_TUNED = 2_000_000
"""With more events, the bake-off tries its recipes on every k-th person; the winners learn from everybody."""


def some_people(log: Log) -> Log:
    """Every k-th person of a long log."""
    if len(log.items) <= MOST_TUNED:
        return log
    step = -(-len(log.items) // MOST_TUNED)
    nth = np.cumsum(np.r_[False, log.people[1:] != log.people[:-1]])
    return without(log, nth % step != 0)


def times_tell(log: Log) -> bool:
    """Whether most people's events (in order) are not all of one moment."""
    bounds = _bounds(log.people)
    several = np.diff(bounds) > 1
    first, last = bounds[:-1][several], bounds[1:][several] - 1
    return not several.any() or bool((log.at[first] == log.at[last]).mean() <= 0.8)


def sample(cases: Sequence[Case], most: int) -> list[Case]:
    """Evenly spread, at most `most`."""
    return list(cases[:: -(-len(cases) // most)]) if len(cases) > most else list(cases)


def spans_days(cases: Sequence[Case]) -> bool:
    """Whether time of day and date can matter in these histories."""
    return any(len(c.history.at) and c.now - c.history.at[-1] > DAY for c in cases[:200])
