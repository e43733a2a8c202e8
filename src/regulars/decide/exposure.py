"""What people were really shown: coverage, concentration, new items, fairness of exposure, and what drove it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from regulars.catalog.model import Shelf
from regulars.decide import logged_store
from regulars.decide.scene import NEW_SECONDS
from regulars.decide.world import World
from regulars.store import Db
from regulars.taste.metrics import gini

F64 = NDArray[np.float64]
LOOKS_BACK = timedelta(days=7)
MOST_DECISIONS = 50_000
MOST_EXPLAINED = 5_000
MOST_VALUES = 12
"""A characteristic with more values than this says nothing at a glance."""


@dataclass(frozen=True, slots=True)
class Group:
    """The items with one value of a characteristic: their part of what is offered, done, and shown; each in [0, 1].

    done  of all interactions, as the model counts them; None where nothing is known
    """

    characteristic: str
    value: str
    items: int
    offered: float
    done: float | None
    shown: float

    @property
    def ratio(self) -> float | None:
        """How much more than what people do with them they are shown: 1 = alike."""
        return self.shown / self.done if self.done else None


@dataclass(frozen=True, slots=True)
class Drive:
    """How much of what was shown because of something was because of `item` (`led` to one item, where it is set)."""

    item: int
    share: float
    led: int | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """Of the newest decisions. coverage: of all that is offered · gini 0 = all alike, 1 = only one item

    new_shown, new_offered   share of new items in what was shown and in what is offered
    most                     items with their share of what was shown, the most shown first
    """

    decisions: int
    places: int
    offered: int
    coverage: float
    gini: float
    new_shown: float
    new_offered: float
    groups: tuple[Group, ...]
    most: tuple[tuple[int, float], ...]
    drivers: tuple[Drive, ...] = ()
    pairs: tuple[Drive, ...] = ()


def exposure(db: Db, world: World, *, now: datetime) -> Exposure:
    """What the newest decisions of the last days showed."""
    since = now - LOOKS_BACK
    decisions, counts = logged_store.shown(db, since, MOST_DECISIONS)
    shown = np.zeros(world.shelf.n)
    for item, count in counts:
        if 0 < item < len(shown):
            shown[item] = count
    drives = logged_store.drives(db, since, MOST_EXPLAINED)
    done = None if world.model is None else world.model.popularity.overall
    found = of_shown(shown, world.shelf, decisions=decisions, now_seconds=now.timestamp(), done=done)
    return _driven(found, drives)


def of_shown(
    shown: F64, shelf: Shelf, *, decisions: int, now_seconds: float, done: NDArray[np.float32] | None = None
) -> Exposure:
    """The figures of how often each item was shown: (n,) · `done` (≤ n,) each item's share of all interactions."""
    offerable = shelf.offerable
    offered, total = int(offerable.sum()), max(float(shown.sum()), 1.0)
    new = shelf.published > now_seconds - NEW_SECONDS
    acts = np.zeros(shelf.n)
    if done is not None:
        acts[: min(len(done), shelf.n)] = done[: shelf.n]
    best = np.argsort(-shown, kind="stable")[:10]
    return Exposure(
        decisions=decisions,
        places=int(shown.sum()),
        offered=offered,
        coverage=float(((shown > 0) & offerable).sum() / max(offered, 1)),
        gini=gini(shown[offerable]),
        new_shown=float(shown[new].sum() / total),
        new_offered=float((new & offerable).sum() / max(offered, 1)),
        groups=tuple(_groups(shown / total, shelf, acts if acts.any() else None)),
        most=tuple((int(i), float(shown[i] / total)) for i in best if shown[i] > 0),
    )


def _groups(shown: F64, shelf: Shelf, done: F64 | None) -> Iterator[Group]:
    values: dict[str, list[str]] = {}
    for characteristic, value in shelf.has:
        values.setdefault(characteristic, []).append(value)
    for characteristic, those in sorted(values.items()):
        if not 2 <= len(those) <= MOST_VALUES:
            continue
        for value in sorted(those):
            mask = shelf.mask(characteristic, value)
            items = int((mask & shelf.offerable).sum())
            part = items / max(int(shelf.offerable.sum()), 1)
            acts = None if done is None else float(done[mask].sum())
            if items:
                yield Group(characteristic, value, items, part, acts, float(shown[mask].sum()))


def _driven(found: Exposure, drives: Sequence[tuple[int, int, float]]) -> Exposure:
    total = max(sum(share for *_, share in drives), 1e-9)
    by_item: dict[int, float] = {}
    for source, _led, share in drives:
        by_item[source] = by_item.get(source, 0.0) + share / total
    drivers = sorted(by_item.items(), key=lambda one: -one[1])[:10]
    pairs = sorted((d for d in drives if d[0] != d[1]), key=lambda one: -one[2])[:10]
    return Exposure(
        **{name: getattr(found, name) for name in Exposure.__slots__ if name not in ("drivers", "pairs")},
        drivers=tuple(Drive(item, share) for item, share in drivers),
        pairs=tuple(Drive(source, share / total, led) for source, led, share in pairs),
    )


def by_characteristic(groups: Sequence[Group]) -> Mapping[str, list[Group]]:
    """The groups of each characteristic, the most shown first."""
    found: dict[str, list[Group]] = {}
    for group in groups:
        found.setdefault(group.characteristic, []).append(group)
    return {name: sorted(those, key=lambda g: -g.shown) for name, those in found.items()}
