"""Items that came after learning: recommendable in their first second, by what they say about themselves."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from regulars.catalog.model import Item
from regulars.taste.content import Described, content_of, stack_content
from regulars.taste.model import F32, I8, Model, Part, Parts, Popularity
from regulars.taste.similar import DIMENSIONS

LARGEST = 10_000
"""More new items than this want a new model."""


def extend(model: Model, items: Mapping[int, Item], n: int) -> Model:
    """`model` with the items it does not know yet (id from `model.n` to `n` − 1), placed by their content.

    Everything learned stays as it is; a new item goes with what is like it, both ways, as a cold item does.
    The same model when there is nothing new. Raises nothing: an id without an item stays unknown.
    """
    if n <= model.n or n - model.n > LARGEST or "content" not in model.parts.names:
        return model
    new = content_of({i - model.n: items[i] for i in range(model.n, n) if i in items}, n - model.n)
    content = stack_content(model.content, new)
    counts = _longer(model.counts, n, 0)
    asked = np.arange(model.n, n, dtype=np.int32)
    near = Described().pairs(content, counts, model.idf, asked)
    popularity = model.popularity
    return replace(
        model,
        n=n,
        parts=_with(model.parts, near, n),
        counts=counts,
        interval=_longer(model.interval, n, np.nan),
        again=_longer(model.again, n, 0),
        popularity=Popularity(_longer(popularity.overall, n, 0), _longer(popularity.recent, n, 0), popularity.groups),
        vectors=_vectors(model, near, n),
        content=content,
    )


def _longer(array: F32, n: int, value: float) -> F32:
    longer: F32 = np.r_[array, np.full(n - len(array), value, np.float32)].astype(np.float32)
    return longer


def _with(parts: Parts, near: Part, n: int) -> Parts:
    """All parts for n items; the content part also holds `near`, its values on the scale it has."""
    made, base = [], 0
    indptrs, indices, data = [], [], []
    for name in parts.names:
        old = parts[name]
        part = Part(name, np.r_[old.indptr, np.full(n - old.n, old.indptr[-1])], old.indices, old.data)
        if name == "content":
            part = _added(part, near)
        indptrs.append(part.indptr + base)
        indices.append(part.indices)
        data.append(part.data)
        base += len(part.data)
        made.append(name)
    return Parts(tuple(made), np.stack(indptrs), np.concatenate(indices), np.concatenate(data))


def _added(old: Part, near: Part) -> Part:
    """Rows of both; the likeness of new items on the scale of the old rows."""
    rows = np.r_[np.repeat(np.arange(old.n), np.diff(old.indptr)), np.repeat(np.arange(near.n), np.diff(near.indptr))]
    top = float(np.quantile(old.data, 0.9)) if len(old.data) else 0.1
    values = np.r_[old.data, near.data * np.float32(top / max(float(near.data.max(initial=0)), 1e-9))]
    columns = np.r_[old.indices, near.indices]
    order = np.lexsort((columns, -values, rows))
    sizes = np.bincount(rows, minlength=old.n)
    indptr = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    return Part(old.name, indptr, columns[order].astype(np.int32), values[order].astype(np.float32))


def _vectors(model: Model, near: Part, n: int) -> I8:
    """A new item lies where the items like it lie."""
    out = np.zeros((n, DIMENSIONS), np.int8)
    out[: model.n] = model.vectors
    for item in range(model.n, n):
        lo, hi = near.indptr[item], near.indptr[item + 1]
        known = near.indices[lo:hi] < model.n
        mean = near.data[lo:hi][known] @ model.vectors[near.indices[lo:hi][known]].astype(np.float32)
        size = float(np.linalg.norm(mean))
        if size:
            out[item] = np.round(mean / size * 127)
    return out
