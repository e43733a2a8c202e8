"""What is like what: nearest items by the model, and likeness of any two items for variety."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regulars.catalog.model import Mask
from regulars.people.model import History, Verb
from regulars.taste.content import weighted
from regulars.taste.model import F32, I8, I32, Content, Model, Part, Ranked
from regulars.taste.rank import rank

DIMENSIONS = 64
Ids = NDArray[np.integer]


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
    n = company.n
    rows = np.repeat(np.arange(content.n), np.diff(content.indptr))
    words = _projected(rng, (n, len(weights)), (rows, content.terms, weighted(content, weights)))
    rows = np.repeat(np.arange(n), np.diff(company.indptr))
    people = _projected(rng, (n, n), (rows, company.indices, company.data))
    both = 0.7 * _unit(words) + 0.3 * _unit(people)
    return np.round(_unit(both) * 127).astype(np.int8)


def _projected(rng: np.random.Generator, shape: tuple[int, int], entries: tuple[Ids, Ids, F32]) -> F32:
    """Four random signed dimensions for each column: less noise than one, sparser than all."""
    n, size = shape
    rows, columns, values = entries
    out = np.zeros((n, DIMENSIONS), np.float32)
    for _ in range(4):
        place, sign = rng.integers(0, DIMENSIONS, size), rng.choice(np.array([-1, 1], np.float32), size)
        np.add.at(out, (rows, place[columns]), sign[columns] * values)
    return out


def _unit(rows: F32) -> F32:
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: F32 = (rows / np.maximum(norm, 1e-9)).astype(np.float32)
    return unit
