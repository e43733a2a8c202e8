"""Compiling ahead: so that no request ever waits for a compiler."""

from uuid import UUID

import numpy as np

from regulars.people.model import History, Verb
from regulars.taste.because import because
from regulars.taste.because_items import because_items
from regulars.taste.by_part import by_part
from regulars.taste.content import no_content
from regulars.taste.histories import verb_weights
from regulars.taste.model import Blend, Model, Parts, Popularity
from regulars.taste.page import on_page, read_on_page
from regulars.taste.rank import rank


def warm() -> None:
    """Compile (or read from numba's cache) every kernel of the request path; seconds once per machine, else nothing."""
    model = tiny()
    one = History(np.ones(1, np.int64), np.ones(1, np.int32), np.full(1, Verb.BOUGHT, np.int8), np.zeros(1))
    allowed = np.ones(model.n, np.bool_)
    rank(model, one, allowed, k=1, now_seconds=0.0)
    allowed.flags.writeable = False  # another type to the compiler; masks of a shelf are like that
    rank(model, one, allowed, k=1, now_seconds=0.0)
    because(model, one, 2, now_seconds=0.0)
    because_items(model, one, [2], now_seconds=0.0)
    by_part(model, one, [2], now_seconds=0.0)
    read_on_page(model, on_page(one, 2, now_seconds=0.0), now_seconds=0.0, place="item")


def tiny() -> Model:
    """A model of two items: who bought 1 should see 2."""
    nothing, zeros = np.zeros(0, np.float32), np.zeros(3, np.float32)
    indptr = np.array([[0, 0, 1, 1]], np.int64)
    return Model(
        id=UUID(int=0),
        n=3,
        verbs=verb_weights(),
        parts=Parts(("together",), indptr, np.array([2], np.int32), np.ones(1, np.float32)),
        blends={"home": Blend({"together": 1.0}, repeats=True, again=0.1)},
        counts=zeros,
        interval=zeros,
        again=zeros,
        popularity=Popularity(zeros, zeros),
        vectors=np.zeros((3, 0), np.int8),
        content=no_content(3),
        idf=nothing,
    )
