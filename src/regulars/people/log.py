"""Everybody's interactions as arrays, for learning."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regulars.people.consents import refusers
from regulars.people.model import Log, Marks, Purpose
from regulars.people.store import log as table
from regulars.store import Db

CHARACTERISTICS = ("city", "region", "language", "device")
MOST_VALUES = 300
"""Values kept of each characteristic, the most frequent ones; the others count as unknown."""

SECONDS_TO_2000 = 946_684_800


def logs(db: Db, *, marks: bool = True) -> Log:
    """All interactions that may be learned from, sorted by person, then time (then as they were recorded).

    Roots are resolved; persons who refuse personalisation are left out.
    marks  also where and how each happened, from its context (half of the time it takes)
    """
    rows = table.read(db)
    if refused := refusers(db, Purpose.PERSONALISATION):
        rows = rows[~np.isin(rows["root"], refused)]
    rows = rows[np.lexsort((rows["id"], rows["at"], rows["root"]))]
    return Log(
        np.ascontiguousarray(rows["root"]),
        np.ascontiguousarray(rows["item"]),
        np.ascontiguousarray(rows["verb"]),
        rows["at"] // 1_000_000 + SECONDS_TO_2000,
        marked(table.places(db), rows["id"]) if marks and len(rows) else {},
    )


def marked(places: Sequence[tuple[table.Place, NDArray[np.int64]]], events: NDArray[np.int64]) -> dict[str, Marks]:
    """The marks of `events` (ids, any order)."""
    first = int(events.min())
    place_of = np.full(int(events.max()) - first + 1, -1, np.int32)
    for number, (_, ids) in enumerate(places):
        place_of[ids[(ids >= first) & (ids < first + len(place_of))] - first] = number
    place = place_of[events - first]
    found = {}
    for c, name in enumerate(CHARACTERISTICS):
        values, codes = _coded([(p[c], len(ids)) for p, ids in places])
        if values:
            found[name] = Marks(values, np.append(codes, np.int32(-1))[place])
    return found


def _coded(told: Sequence[tuple[str | None, int]]) -> tuple[list[str], NDArray[np.int32]]:
    """The most frequent values, and for each of `told` its number among them, -1 for others."""
    counts: dict[str, int] = {}
    for value, n in told:
        if value:
            counts[value] = counts.get(value, 0) + n
    values = sorted(counts, key=lambda v: (-counts[v], v))[:MOST_VALUES]
    number = {value: i for i, value in enumerate(values)}
    return values, np.array([number.get(value or "", -1) for value, _ in told], np.int32)
