"""New rows for what people just did: between two learnings, items keep up with who goes with what.

A row of the model is a mean over the item's people, so a few new people move it by their share of all:

    row' = (1 - λ) row + λ · m · e,    λ = new / (old + new + 3)

with e how the new people's histories spread over other items (long ones count less, popular items less, as in RP3β),
and m what the row summed up to. An item that came after learning begins with content alone, and moves to behaviour as
its people come: its content fades by κ / (κ + people) as any item's does (see `content`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from regulars.taste.content import Described
from regulars.taste.model import F32, F64, I32, Model, Part, Parts

ALPHA, BETA = 0.7, 0.25
"""How much less a long history and a popular item count."""
CALM = 3.0
KEEP = 100
NEWEST = 50
"""So many of a person's things an event is seen together with."""
BEHAVIOUR = ("together", "ridge", "next", "flow")


@dataclass(slots=True)
class Fresh:
    """What was done since learning: item → other item → weight, and item → how many people came to it."""

    near: dict[int, dict[int, float]] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=dict)
    known: set[tuple[int, int]] = field(default_factory=set)

    def add(self, person: int, item: int, others: I32) -> None:
        """Somebody came to `item` whose other things, newest first, are `others`. The same again changes nothing."""
        if item < 1 or (person, item) in self.known:
            return
        self.known.add((person, item))
        self.people[item] = self.people.get(item, 0) + 1
        beside = [int(o) for o in dict.fromkeys(others.tolist()) if o >= 1 and o != item][:NEWEST]
        weight = (len(beside) + 1) ** -ALPHA
        for other in beside:
            for row, column in ((item, other), (other, item)):
                here = self.near.setdefault(row, {})
                here[column] = here.get(column, 0.0) + weight


def touch(model: Model, fresh: Fresh) -> Model:
    """`model` with new rows for every item somebody new came to or was seen beside; all other rows stay as they are.

    The same model when nothing was done, or nothing of it is about items the model knows (see `extend`).
    """
    name = _behaviour(model)
    if not fresh.people or not name:
        return model
    counts = model.counts.copy()
    for item, people in fresh.people.items():
        if item < model.n:
            counts[item] += people
    part = model.parts[name]
    mass = float(np.abs(part.data).sum()) / max(int((np.diff(part.indptr) > 0).sum()), 1) or 1.0
    rows = {
        row: _row(part, row, (fresh, counts), mass)
        for row in sorted(fresh.near)
        if row < model.n and fresh.near[row]
    }  # fmt: skip
    made = {name: _with_rows(part, rows)}
    if "content" in model.parts.names:
        made["content"] = _faded(model.parts["content"], model.counts, counts)
    return replace(model, parts=_together(model.parts, made), counts=counts)


def _behaviour(model: Model) -> str:
    """The part that new rows go to: the one that counts most at home."""
    weights = model.blend("home").weights
    there = [name for name in BEHAVIOUR if name in model.parts.names and weights.get(name, 0) > 0]
    return max(there, key=lambda name: weights[name], default="")


def _row(part: Part, row: int, seen: tuple[Fresh, F32], mass: float) -> tuple[I32, F32]:
    """The new row of one item, the greatest first."""
    fresh, counts = seen
    at = slice(int(part.indptr[row]), int(part.indptr[row + 1]))
    new = {j: w for j, w in fresh.near[row].items() if j < part.n}
    came = max(fresh.people.get(row, 0), len(new) and 1)
    share = came / (float(counts[row]) + CALM)
    columns = np.array(list(new), np.int32)
    spread = np.array(list(new.values())) / np.maximum(counts[columns], 1) ** BETA
    own = float(np.abs(part.data[at]).sum()) or mass
    total = dict(zip(part.indices[at].tolist(), ((1 - share) * part.data[at]).tolist(), strict=True))
    for column, value in zip(columns.tolist(), (share * own * spread / max(spread.sum(), 1e-12)).tolist(), strict=True):
        total[column] = total.get(column, 0.0) + value
    best = sorted(total.items(), key=lambda one: -one[1])[:KEEP]
    return np.array([j for j, _ in best], np.int32), np.array([v for _, v in best], np.float32)


def _with_rows(part: Part, rows: Mapping[int, tuple[I32, F32]]) -> Part:
    """`part` with these rows in place of its own."""
    sizes = np.diff(part.indptr)
    indices, data, done = [], [], 0
    for row, (columns, values) in rows.items():
        start, end = int(part.indptr[row]), int(part.indptr[row + 1])
        indices += [part.indices[done:start], columns]
        data += [part.data[done:start], values]
        sizes[row] = len(columns)
        done = end
    indptr = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    return Part(
        part.name,
        indptr,
        np.concatenate([*indices, part.indices[done:]]).astype(np.int32),
        np.concatenate([*data, part.data[done:]]).astype(np.float32),
    )


def _faded(content: Part, before: F32, after: F32) -> Part:
    """Content of items that more people came to, both ways, as cold as they are now."""
    few = Described().few
    left: F64 = (few + before.astype(np.float64)) / (few + after)
    rows = np.repeat(np.arange(content.n), np.diff(content.indptr))
    least = np.minimum(left[rows], left[content.indices])
    return Part(content.name, content.indptr, content.indices, (content.data * least).astype(np.float32))


def _together(old: Parts, made: Mapping[str, Part]) -> Parts:
    parts = [made.get(name) or old[name] for name in old.names]
    starts = np.cumsum([0, *(len(part.data) for part in parts)])[:-1]
    return Parts(
        old.names,
        np.stack([part.indptr + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.indices for part in parts]),
        np.concatenate([part.data for part in parts]),
    )
