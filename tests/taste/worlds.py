"""Small worlds with one right answer, and histories written down in a line."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from regulars.people.model import History, Log, Verb
from regulars.taste.content import no_content
from regulars.taste.learn import learn
from regulars.taste.model import Model

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
DAY = 86_400


def log_of(*rows: tuple[int, int, Verb, float]) -> Log:
    """Events as (person, item, verb, days ago)."""
    people = np.array([r[0] for r in rows], np.int64)
    items = np.array([r[1] for r in rows], np.int32)
    verbs = np.array([r[2] for r in rows], np.int8)
    return Log(people, items, verbs, np.array([SECONDS - r[3] * DAY for r in rows], np.int64))


def history_of(*rows: tuple[int, Verb, float]) -> History:
    """A history as (item, verb, days ago), newest first; event ids count from 100."""
    return History(
        np.arange(100, 100 + len(rows), dtype=np.int64),
        np.array([r[0] for r in rows], np.int32),
        np.array([r[1] for r in rows], np.int8),
        np.array([SECONDS - r[2] * DAY for r in rows], np.float64),
    )


def bought(*items: int) -> History:
    """Bought these, the first one last, a day apart."""
    return history_of(*((item, Verb.BOUGHT, float(day)) for day, item in enumerate(items, 1)))


def checkerboard(*, people: int = 60, squares: int = 8, seed: int = 1) -> Log:
    """Items 1 … 2·squares; odd people take odd items, even people even ones, each leaving out a few.

    The right answer for anyone is whatever they lack of their own colour, never the other colour.
    """
    rng = np.random.default_rng(seed)
    rows: list[tuple[int, int, Verb, float]] = []
    for person in range(1, people + 1):
        own = np.arange(1, squares + 1) * 2 - person % 2
        chosen = rng.permutation(own)[: squares - 2]
        rows += [(person, int(item), Verb.BOUGHT, float(20 - at)) for at, item in enumerate(chosen)]
    return log_of(*rows)


def everything(n: int, but: Sequence[int] = ()) -> np.ndarray:
    """All items allowed, except some."""
    mask = np.ones(n, np.bool_)
    mask[0] = False
    mask[list(but)] = False
    return mask


def learned(log: Log, n: int) -> Model:
    """A model without content and without a bake-off."""
    return learn(log, no_content(n), now=NOW, budget_seconds=0)[0]


def sequence_world(people: int = 40) -> Log:
    """Everybody goes 1 → 2 → 3 or 4 → 5 → 6, a day between steps."""
    paths = {0: (1, 2, 3), 1: (4, 5, 6)}
    return log_of(
        *(
            (person, item, Verb.VIEWED, float(10 - at))
            for person in range(1, people + 1)
            for at, item in enumerate(paths[person % 2])
        )
    )
