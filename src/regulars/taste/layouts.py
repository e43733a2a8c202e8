"""Reading benchmark files of any of the usual layouts into a log to learn from and questions to answer.

histories   lines "user item item …" in files of train, validation and test
sequences   one file of the same lines in time order; the last item is the question, the one before it tunes
sessions    columns session, item, time (with or without names), or JSON Lines with a list of items each
events      columns person, item, time and maybe verb; everybody's last visit is the question
The last two are read by `clicks` from CSV, JSON and Parquet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from regulars.catalog.model import Mask
from regulars.kit.errors import Invalid
from regulars.people.model import History, Log, Verb
from regulars.taste.cases import Case, Split, every, some_people, split
from regulars.taste.clicks import rows
from regulars.taste.columns import Names
from regulars.taste.described import lines_of
from regulars.taste.histories import in_order
from regulars.taste.model import I32
from regulars.taste.objects import START
from regulars.taste.row_order import in_time_order

STEP = 86_400


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What a layout says: learn from `log`, answer `cases`; tune on `tuning` after learning from `tuning_log`.

    tuning_log None: the bake-off holds out the newest of `log` by itself
    n  highest item + 1; items are numbered from 1 in the order they come
    among  (n,) which items may be suggested; None: all
    left_out  how many rows were not read, because they name no person, item or time
    """

    log: Log
    cases: Sequence[Case]
    n: int
    ordered: bool
    repeats: bool
    tuning_log: Log | None = None
    tuning: Sequence[Case] = ()
    names: Sequence[str] = field(default=(), repr=False)
    among: Mask | None = None
    left_out: int = 0


def trial_of(given: Benchmark, *, seed: int = 0) -> Split:
    """What to tune on: the benchmark's own part, else the newest of its log; only new items where only those count."""
    if given.tuning_log is not None:
        kind = "histories" if given.ordered else "unordered"
        return Split(given.tuning_log, {"home": given.tuning}, kind, given.repeats)
    found = split(some_people(in_order(given.log)), seed=seed)
    return found if given.repeats else replace(found, repeats=False)


class Numbers:
    """Names to numbers from 1, in the order they come."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        return self.of.setdefault(name, len(self.of) + 1)


def histories(
    train: Sequence[Path], test: Path, *, valid: Path | None = None, repeats: bool = False, order: bool | None = None
) -> Benchmark:
    """Items by person. What validates is learned from too, once it has been used to tune.

    Where the rows of the training files are in time order (`in_time_order`), order is learned from, and tuning asks
    half of the people for the newest fifth of their row, the others for what validates or for a fifth by chance.
    order  False: rows are sets; None: found out
    """
    people, items = Numbers(), Numbers()
    known = _lines(train, people, items)
    ordered = in_time_order(known, list(items.of)) if order is None else order
    tuning = _lines([valid], people, items) if valid else {}
    asked = _lines([test], people, items)
    everything = {p: _spread(known.get(p, _NONE), tuning.get(p, _NONE)) for p in known.keys() | tuning.keys()}
    earlier, later = (known, tuning) if not ordered else _tuning(known, tuning)
    return Benchmark(
        log=_log(everything, ordered=ordered),
        cases=_questions(everything, asked, repeats=repeats, ordered=ordered),
        n=len(items.of) + 1,
        ordered=ordered,
        repeats=repeats,
        tuning_log=_log(earlier, ordered=ordered) if later else None,
        tuning=_questions(earlier, later, repeats=repeats, ordered=ordered),
        names=list(items.of),
    )


def _spread(row: I32, more: I32) -> I32:
    """`more` evenly between the items of `row`: nobody knows when they were."""
    places = (np.arange(len(more)) + 0.5) * len(row) / max(len(more), 1)
    merged: I32 = np.r_[row, more][np.argsort(np.r_[np.arange(len(row)), places], kind="stable")]
    return merged


def _tuning(known: "Rows", given: "Rows") -> "tuple[Rows, Rows]":
    """Rows to learn from and what to ask: of every other person the newest fifth, of the rest `given` or by chance."""
    rng = np.random.default_rng(0)
    earlier, later = dict(known), dict[int, I32]()
    for nth, (person, row) in enumerate(known.items()):
        fifth = len(row) // 5
        if nth % 2 and given:
            later |= {person: given[person]} if person in given else {}
        elif fifth:
            out = np.zeros(len(row), np.bool_)
            out[rng.permutation(len(row))[:fifth] if nth % 2 else np.arange(len(row) - fifth, len(row))] = True
            earlier[person], later[person] = row[~out], row[out]
    return earlier, later


_NONE: I32 = np.zeros(0, np.int32)
Rows = dict[int, I32]


def _lines(paths: Sequence[Path], people: Numbers, items: Numbers) -> Rows:
    found: dict[int, list[int]] = {}
    for path in paths:
        for line in lines_of(path):
            words = line.split()
            if len(words) > 1:
                found.setdefault(people(words[0]), []).extend(items(w) for w in words[1:])
    if not found:
        raise Invalid(f"{', '.join(map(str, paths))}: no line of the form “user item item …”")
    return {person: np.array(those, np.int32) for person, those in found.items()}


def _log(rows: Rows, *, ordered: bool) -> Log:
    people = sorted(rows)
    lengths = [len(rows[p]) for p in people]
    items = np.concatenate([rows[p] for p in people]).astype(np.int32) if people else _NONE
    steps = np.concatenate([np.arange(size) for size in lengths]) if people else np.zeros(0, int)
    at = START + (STEP * steps if ordered else 0 * steps)
    who = np.repeat(np.array(people, np.int64), lengths)
    return Log(who, items, np.full(len(items), Verb.BOUGHT, np.int8), at.astype(np.int64))


def _questions(known: Rows, asked: Rows, *, repeats: bool, ordered: bool = False) -> list[Case]:
    """One for each person who is known; without repeats, only what is new to them is asked for."""
    cases = []
    for person in sorted(asked):
        items = known.get(person, _NONE)
        targets = np.unique(asked[person])
        if not repeats:
            targets = np.setdiff1d(targets, items)
        if len(items) and len(targets):
            cases.append(Case(_history(items, ordered=ordered), targets, float(START + STEP * len(items) * ordered)))
    return cases


def _history(items: I32, *, ordered: bool) -> History:
    """Newest first."""
    size = len(items)
    at = START + np.arange(size, dtype=np.float64)[::-1] * (STEP if ordered else 0)
    return History(np.arange(size)[::-1], items[::-1].copy(), np.full(size, Verb.BOUGHT, np.int8), at)


def sequences(path: Path, *, repeats: bool = False) -> Benchmark:
    """One file in time order: last item = test, the one before = validation, all items ranked."""
    people, items = Numbers(), Numbers()
    rows = {p: those for p, those in _lines([path], people, items).items() if len(those) >= 3}
    if not rows:
        raise Invalid(f"{path}: no sequence of three items or more")
    last, newer = {p: those[-1:] for p, those in rows.items()}, {p: those[-2:-1] for p, those in rows.items()}
    known, earlier = {p: those[:-1] for p, those in rows.items()}, {p: those[:-2] for p, those in rows.items()}
    return Benchmark(
        log=_log(known, ordered=True),
        cases=_questions(known, last, repeats=repeats, ordered=True),
        n=len(items.of) + 1,
        ordered=True,
        repeats=repeats,
        tuning_log=_log(earlier, ordered=True),
        tuning=_questions(earlier, newer, repeats=repeats, ordered=True),
        names=list(items.of),
    )


def sessions(
    train: Sequence[Path], test: Path, *, every_target: bool = True, repeats: bool = True, names: Names | None = None
) -> Benchmark:
    """Sessions by time; after every click of a test session (or only before its last) the next one is asked for."""
    people, items, names = Numbers(), Numbers(), names or Names(sessions=True)
    log, left_out = _clicks(train, people, items, names)
    asked, more = _clicks([test], Numbers(), items, names)
    cases = []
    bounds = np.flatnonzero(np.r_[True, asked.people[1:] != asked.people[:-1], True])
    for lo, hi in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        questions = list(every(asked, lo, hi)) if every_target else [*every(asked, lo, hi)][-1:]
        cases += [q for q in questions if repeats or q.targets[0] not in q.history.items]
    named = list(items.of)
    return Benchmark(log, cases, len(items.of) + 1, True, repeats, names=named, left_out=left_out + more)


def _clicks(paths: Sequence[Path], people: Numbers, items: Numbers, names: Names) -> tuple[Log, int]:
    """All rows of all files, by person and time; and how many were left out."""
    who, what, when, verbs = list[int](), list[int](), list[float](), list[int]()
    left_out = 0
    for nth, path in enumerate(paths, 1):
        for row in rows(path, names=names, nth=nth):
            if row is None:
                left_out += 1
                continue
            who.append(people(row[0]))
            what.append(items(row[1]))
            when.append(row[2])
            verbs.append(row[3])
    if not who:
        raise Invalid(f"{', '.join(map(str, paths))}: no row that names a session (or person), an item and a time")
    number, at = np.array(who, np.int64), np.array(when)
    order = np.lexsort((at, number))
    at = at[order].astype(np.int64)
    return Log(number[order], np.array(what, np.int32)[order], np.array(verbs, np.int8)[order], at), left_out


NEWEST_SESSIONS = 0.2
"""Where everybody came once, so many of the sessions, the newest, are asked about."""


def events(
    paths: Sequence[Path], *, repeats: bool = True, seed: int = 0, most: int = 20_000, names: Names | None = None
) -> Benchmark:
    """Any file of events: everybody's last visit (or the newest sessions) is asked for, the rest is learned from."""
    people, items = Numbers(), Numbers()
    given, left_out = _clicks(paths, people, items, names or Names())
    log = in_order(given)
    found = split(log, seed=seed, most=most, share=1)
    if found.kind == "sessions":  # who came once is either learned from or asked
        found = split(log, seed=seed, most=most, share=NEWEST_SESSIONS)
    if not found.cases.get("home"):
        few = "there is one person only, and two are needed: one to learn from, one to ask"
        why = few if len(people.of) == 1 else "nobody came twice, so there is nothing to ask"
        raise Invalid(f"{', '.join(map(str, paths))}: {why}")
    cases = []
    for case in found.cases["home"]:
        targets = case.targets if repeats else np.setdiff1d(case.targets, case.history.items)
        if len(targets):
            cases.append(Case(case.history, targets, case.now))
    ordered = found.kind != "unordered"
    named = list(items.of)
    return Benchmark(found.train, cases, len(items.of) + 1, ordered, repeats, names=named, left_out=left_out)
