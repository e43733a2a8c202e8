"""What is like what: nearest items by the model, and likeness of any two items for variety."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from regulars.catalog.model import Mask
from regulars.people.model import History, Verb
from regulars.taste.content import weighted
from regulars.taste.model import F32, I8, I32, Content, Model, Part, Ranked
from regulars.taste.rank import rank

DIMENSIONS = 64


def similar(model: Model, item: int, allowed: Mask, k: int) -> Ranked:
    """The k items that go best with `item`: what someone would see who did only this, just now."""
    one = History(
        np.zeros(1, np.int64), np.array([item], np.int32), np.array([Verb.VIEWED], np.int8), np.zeros(1, np.float64)
    )
    return rank(model, one, allowed, k=k, now_seconds=0.0, place="item", repeats=False)


def similarity(model: Model, items: I32 | Sequence[int]) -> F32:
    """(k, k) float32 likeness in [0, 1] of `items` by content and company; an item the model lacks is like none."""
    asked = np.asarray(items, np.int64)
    known = asked < model.n
    vectors = model.vectors[np.where(known, asked, 0)].astype(np.float32) / np.float32(127)
    vectors[~known] = 0
    likeness: F32 = np.clip(vectors @ vectors.T, 0, 1)
    np.fill_diagonal(likeness, 1)
    return likeness


def sketch(content: Content, weights: F32, company: Part, *, seed: int) -> I8:
    """(n, 64) int8: hashed content beside hashed neighbours, rows of length about 127.

    Random signs keep inner products (Weinberger et al. 2009), so a product of rows is about their cosine.
    """
    rng = np.random.default_rng(seed)
    words = (content.indptr, content.terms, weighted(content, weights), *_signs(rng, len(weights)))
    people = (company.indptr, company.indices, company.data, *_signs(rng, company.n))
    out: I8 = _sketch(words, people, company.n)
    return out


def _signs(rng: np.random.Generator, size: int) -> tuple[I8, F32]:
    """Four random signed dimensions for each column: less noise than one, sparser than all."""
    place = rng.integers(0, DIMENSIONS, (size, 4), dtype=np.int8)
    sign = (2 * rng.integers(0, 2, (size, 4), dtype=np.int8) - 1).astype(np.float32)
    return place, sign


@njit(cache=True, nogil=True)
def _sketch(words, people, n):  # type: ignore[no-untyped-def]
    out = np.zeros((n, DIMENSIONS), np.int8)
    both, one = np.zeros(DIMENSIONS, np.float32), np.zeros(DIMENSIONS, np.float32)
    for i in range(n):
        both[:] = 0
        _project(words, i, one)
        both += np.float32(0.7) * one
        _project(people, i, one)
        both += np.float32(0.3) * one
        size = np.sqrt((both * both).sum())
        if size > 0:
            for d in range(DIMENSIONS):
                out[i, d] = np.int8(np.round(both[d] / size * 127))
    return out


@njit(cache=True, nogil=True)
def _project(matrix, i, out):  # type: ignore[no-untyped-def]
    """Row i on the dimensions of its columns, of length 1 (or 0)."""
    indptr, columns, values, place, sign = matrix
    out[:] = 0
    if i + 1 >= len(indptr):
        return
    for x in range(indptr[i], indptr[i + 1]):
        for r in range(4):
            out[place[columns[x], r]] += sign[columns[x], r] * values[x]
    size = np.sqrt((out * out).sum())
    if size > 0:
        out /= size
