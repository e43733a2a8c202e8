"""Comparing models on the same questions in the same run: ours, popularity, and peers where they are installed."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from regulars.catalog.model import Mask
from regulars.kit.json import Json
from regulars.people.model import Log
from regulars.taste.cases import Case
from regulars.taste.content import no_content
from regulars.taste.layouts import Benchmark, trial_of
from regulars.taste.learn import Progress, learn
from regulars.taste.metrics import Figures, Recommend, measure
from regulars.taste.model import I32, I64, Content, Model, Report
from regulars.taste.peers import peers
from regulars.taste.popular import top
from regulars.taste.rank import rank


@dataclass(frozen=True, slots=True)
class Result:
    """How one model did. Seconds are of the processor: to learn, and for one answer."""

    name: str
    figures: Mapping[int, Figures]
    learn_seconds: float
    answer_milliseconds: float
    report: Report | None = None

    def as_json(self) -> dict[str, Json]:
        """The same, to be written down."""
        figures: dict[str, Json] = {}
        for one in self.figures.values():
            figures |= one.as_json()
        said: dict[str, Json] = {"model": self.name, **figures}
        said |= {"learn_seconds": round(self.learn_seconds, 2), "answer_ms": round(self.answer_milliseconds, 4)}
        return said | ({"report": self.report.as_json()} if self.report else {})


def evaluate(
    given: Benchmark,
    *,
    at: Sequence[int] = (10, 20),
    budget_seconds: float = 60.0,
    seed: int = 0,
    threads: int = 1,
    against: Sequence[str] = (),
    content: Content | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Learn from `given`, answer its questions, and measure: ours first, then popularity, then each peer.

    Only the tuning part is used to choose; the questions of `given.cases` are asked once.
    Raises Invalid when a peer of `against` is unknown or not installed.
    """
    them = peers(against)
    started = time.process_time()
    model, report = learn(
        given.log,
        content or no_content(given.n),
        budget_seconds=budget_seconds,
        seed=seed,
        now=datetime.fromtimestamp(int(given.log.at.max(initial=0)) + 1, UTC),
        threads=threads,
        progress=progress,
        trial=trial_of(given, seed=seed) if budget_seconds else None,
    )
    ours = _judged("regulars", _ours(model, given), given, at, time.process_time() - started)
    results = [Result(ours.name, ours.figures, ours.learn_seconds, ours.answer_milliseconds, report)]
    results.append(_judged("popularity", _popularity(given), given, at, 0.0))
    for peer in them:
        started = time.process_time()
        recommend = peer.fit(given)
        results.append(_judged(peer.name, recommend, given, at, time.process_time() - started))
    return results


def _ours(model: Model, given: Benchmark) -> Recommend:
    """The model as it serves, filled up with what is popular; an item nobody touched is only in the questions."""
    everything = offered(given)
    touched = everything & (counted(given.log, given.n) > 0)
    popular = [i for i in np.argsort(-model.popularity.overall, kind="stable").tolist() if touched[i]]

    def recommend(case: Case, k: int) -> I32:
        found = rank(model, case.history, everything, k=k, now_seconds=case.now, repeats=given.repeats).items
        if len(found) == k:
            return found
        known = set(found.tolist()) | (set() if given.repeats else set(case.history.items.tolist()))
        more = (i for i in popular if i not in known)
        filled: I32 = np.r_[found, list(islice(more, k - len(found)))].astype(np.int32)
        return filled

    return recommend


def _popularity(given: Benchmark) -> Recommend:
    counts = counted(given.log, given.n).astype(np.float64)

    def recommend(case: Case, k: int) -> I32:
        allowed = offered(given)
        if not given.repeats:
            allowed[case.history.items] = False
        return top(counts, allowed, k).items

    return recommend


def offered(given: Benchmark) -> Mask:
    """What may be suggested."""
    if given.among is not None:
        return given.among.copy()
    everything = np.ones(given.n, np.bool_)
    everything[0] = False
    return everything


def counted(log: Log, n: int) -> I64:
    """(n,) how many events each item has."""
    return np.bincount(log.items, minlength=n).astype(np.int64)


def _judged(name: str, recommend: Recommend, given: Benchmark, at: Sequence[int], seconds: float) -> Result:
    most = max(at)
    started = time.process_time()
    answers = [recommend(case, most) for case in given.cases]
    spent = time.process_time() - started
    popularity = counted(given.log, given.n).astype(np.float64)
    figures = {k: measure(_given(answers), given.cases, k=k, n=given.n, popularity=popularity) for k in at}
    return Result(name, figures, seconds, 1000 * spent / max(len(answers), 1))


def _given(answers: Sequence[I32]) -> Callable[[Case, int], I32]:
    """Answers that were made already, in the order of the questions."""
    ready = iter(answers)
    return lambda _case, k: next(ready)[:k]
