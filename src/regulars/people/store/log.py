"""The interactions of everybody, by binary COPY, and where they happened."""

from collections.abc import Iterator
from typing import LiteralString, cast

import numpy as np
from numpy.typing import NDArray

from regulars.people.store.arrays import array_of
from regulars.store import Db, driver

COPY: LiteralString = """
copy (
    select e.id, p.root_id, e.at, unnest(e.items), e.verb
    from events e join persons p on p.id = e.person_id
    where e.verb is not null and e.learn
) to stdout (format binary)"""
HEADER = 19
TRAILER = 2
CHUNK = 16_000_000
ROW = np.dtype([
    ("fields", ">i2"),
    ("id_length", ">i4"), ("id", ">i8"),
    ("root_length", ">i4"), ("root", ">i8"),
    ("at_length", ">i4"), ("at", ">i8"),
    ("item_length", ">i4"), ("item", ">i4"),
    ("verb_length", ">i4"), ("verb", ">i2"),
])  # fmt: skip
"""One row of the stream: no column is ever null, so all rows have one width. `at` is microseconds since 2000."""

COMPACT = np.dtype([("root", np.int64), ("at", np.int64), ("id", np.int64), ("item", np.int32), ("verb", np.int8)])

PLACES = """
select left(coalesce(context -> 'location' ->> 'city', context ->> 'city'), 100),
       left(coalesce(context -> 'location' ->> 'region', context ->> 'region'), 100),
       lower(substring(coalesce(context ->> 'locale', context ->> 'language') from '^[A-Za-z]{2,3}')),
       left(coalesce(context -> 'device' ->> 'type', context ->> 'device'), 100),
       array_agg(id)
from events where verb is not null and learn
group by 1, 2, 3, 4"""

Place = tuple[str | None, str | None, str | None, str | None]
"""City, region, language, device."""


def read(db: Db) -> NDArray[np.void]:
    """All rows as one array of COMPACT, in no order."""
    parts = [_compact(chunk) for chunk in _chunks(db)]
    return np.concatenate(parts) if parts else np.empty(0, COMPACT)


def places(db: Db) -> list[tuple[Place, NDArray[np.int64]]]:
    """Each place events happened in, with the ids of those events."""
    cursor = driver(db).cursor(binary=True)
    cursor.execute(PLACES)
    result = cursor.pgresult
    assert result is not None  # a select always has one
    found = []
    for row in range(result.ntuples):
        texts = [result.get_value(row, column) for column in range(4)]
        place = tuple(None if text is None else text.decode() for text in texts)
        found.append((cast(Place, place), array_of(result.get_value(row, 4) or b"", ">i8")))
    return found


def _chunks(db: Db) -> Iterator[bytes]:
    """The stream in pieces of whole rows."""
    pending = bytearray()
    with driver(db).cursor().copy(COPY) as pipe:
        pending += pipe.read()
        del pending[:HEADER]
        while row := pipe.read():
            pending += row
            if len(pending) >= CHUNK:
                whole = len(pending) // ROW.itemsize * ROW.itemsize
                yield bytes(pending[:whole])
                del pending[:whole]
    yield bytes(pending[: len(pending) // ROW.itemsize * ROW.itemsize])


def _compact(chunk: bytes) -> NDArray[np.void]:
    rows = np.frombuffer(chunk, ROW)
    out = np.empty(len(rows), COMPACT)
    for name in COMPACT.names or ():
        out[name] = rows[name]
    return out
