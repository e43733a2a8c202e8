"""Compiling ahead: so that no request ever waits for a compiler."""

from datetime import UTC, datetime

import numpy as np

from regulars.people.model import History, Log, Verb
from regulars.taste.because import because
from regulars.taste.content import no_content
from regulars.taste.learn import learn
from regulars.taste.model import Model
from regulars.taste.rank import rank


def warm() -> None:
    """Compile (or read from numba's cache) every kernel of the request path; takes seconds once per machine."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    seconds = int(now.timestamp())
    verbs = np.full(4, Verb.BOUGHT, np.int8)
    log = Log(np.array([1, 1, 2, 2]), np.array([1, 2, 1, 2], np.int32), verbs, np.full(4, seconds))
    serve_once(learn(log, no_content(3), now=now)[0], float(seconds))


def serve_once(model: Model, seconds: float) -> None:
    """One of each call a request makes."""
    one = History(np.ones(1, np.int64), np.ones(1, np.int32), np.full(1, Verb.BOUGHT, np.int8), np.full(1, seconds))
    rank(model, one, np.ones(model.n, np.bool_), k=1, now_seconds=seconds)
    because(model, one, 2, now_seconds=seconds)
