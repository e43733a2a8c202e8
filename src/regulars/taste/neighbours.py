"""What drives what: the strongest ties of one item, both ways, and which part of the model makes them."""

from dataclasses import dataclass

import numpy as np

from regulars.catalog.model import Mask
from regulars.taste.model import F64, Model


@dataclass(frozen=True, slots=True)
class Tie:
    """One item beside the one asked about. `weight` in the model's own scale, `parts` what each part gives of it."""

    item: int
    weight: float
    parts: dict[str, float]


def leads_to(model: Model, item: int, allowed: Mask, k: int = 10, *, place: str = "home") -> list[Tie]:
    """What somebody who did something with `item` is shown for it, the strongest first."""
    if not 0 < item < model.n:
        return []
    given = np.zeros((len(model.parts.names), model.n))
    for row, name in enumerate(model.parts.names):
        part, weight = model.parts[name], model.blend(place).weights.get(name, 0.0)
        at = slice(part.indptr[item], part.indptr[item + 1])
        given[row, part.indices[at]] += weight * part.data[at]
    return _strongest(model, given, allowed, k, item)


def comes_from(model: Model, item: int, allowed: Mask, k: int = 10, *, place: str = "home") -> list[Tie]:
    """What makes people see `item`: whoever did something with these, the strongest first."""
    if not 0 < item < model.n:
        return []
    given = np.zeros((len(model.parts.names), model.n))
    for row, name in enumerate(model.parts.names):
        part, weight = model.parts[name], model.blend(place).weights.get(name, 0.0)
        found = np.flatnonzero(part.indices == item)
        sources = np.searchsorted(part.indptr, found, side="right") - 1
        np.add.at(given[row], sources, weight * part.data[found])
    return _strongest(model, given, allowed, k, item)


def _strongest(model: Model, given: F64, allowed: Mask, k: int, item: int) -> list[Tie]:
    total = given.sum(axis=0)
    total[item] = 0
    total[: len(allowed)][~allowed[: model.n]] = 0
    best = np.argsort(-total, kind="stable")[:k]
    return [
        Tie(int(i), float(total[i]), {n: float(g) for n, g in zip(model.parts.names, given[:, i], strict=True) if g})
        for i in best
        if total[i] > 0
    ]
