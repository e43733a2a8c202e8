"""What the lake is told: interactions by id, and what may change of them."""

from collections.abc import Sequence
from typing import LiteralString

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from regulars.store import Db, driver
from regulars.store.lake import Table, arrow

LOCK = 7_246_010 << 32  # advisory locks of ours: one export at a time

COPY: LiteralString = """
copy (
    select e.id, e.person_id, (extract(epoch from e.at) * 1000000)::bigint, e.verb, i.item, i.n - 1,
        left(coalesce(context -> 'location' ->> 'city', context ->> 'city'), 100),
        left(coalesce(context -> 'location' ->> 'region', context ->> 'region'), 100),
        lower(substring(coalesce(context ->> 'locale', context ->> 'language') from '^[A-Za-z]{2,3}')),
        left(coalesce(context -> 'device' ->> 'type', context ->> 'device'), 100)
    from events e cross join lateral unnest(e.items) with ordinality as i(item, n)
    where e.verb is not null and e.learn and """
BETWEEN: LiteralString = "e.id > %s and e.id <= %s"
THESE: LiteralString = "e.id = any(%s)"
REST: LiteralString = " order by e.id, i.n) to stdout (format csv)"


def lock(db: Db) -> bool:
    """Whether we are the only ones who export, until the transaction ends."""
    return bool(db.execute(sa.text("select pg_try_advisory_xact_lock(:k)"), {"k": LOCK}).scalar_one())


def newest(db: Db) -> int:
    """The greatest event id there is."""
    return int(db.execute(sa.text("select coalesce(max(id), 0) from events")).scalar_one())


def between(db: Db, after: int, until: int) -> Table:
    """The rows of events with an id in (after, until]."""
    return _table(db, COPY + BETWEEN + REST, (after, until))


def these(db: Db, events: Sequence[int]) -> Table:
    """The rows of these events."""
    return _table(db, COPY + THESE + REST, (list(events),))


def unlearned(db: Db, until: int) -> NDArray[np.int64]:
    """Events up to this id that must not be learned from."""
    query = "select id from events where verb is not null and not learn and id <= %s order by id"
    rows = driver(db).execute(query, (until,)).fetchall()
    return np.array([row[0] for row in rows], np.int64)


def roots(db: Db) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every node and the person it belongs to."""
    rows = driver(db).execute("select id, root_id from persons order by id").fetchall()
    both = np.array(rows, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _table(db: Db, query: LiteralString, params: Sequence[object]) -> Table:
    pa = arrow()
    sink = pa.BufferOutputStream()
    with driver(db).cursor().copy(query, params) as pipe:
        while chunk := pipe.read():
            sink.write(bytes(chunk))
    body = sink.getvalue()
    schema = fields()
    if not body.size:
        return schema.empty_table()
    kinds = {field.name: field.type for field in schema} | {"at": pa.int64()}
    read = pa.csv.read_csv(
        pa.BufferReader(body),
        read_options=pa.csv.ReadOptions(column_names=schema.names),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
        ),
    )
    return read.cast(schema)


def fields() -> Table:
    """The columns of the lake's events: one row for each item of an event, `place` its place in it."""
    pa = arrow()
    return pa.schema([
        ("id", pa.int64()), ("person", pa.int64()), ("at", pa.timestamp("us", "UTC")), ("verb", pa.int8()),
        ("item", pa.int32()), ("place", pa.int16()), ("city", pa.string()), ("region", pa.string()),
        ("language", pa.string()), ("device", pa.string()),
    ])  # fmt: skip
