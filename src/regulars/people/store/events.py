"""Events: recording and reading them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import LiteralString

import sqlalchemy as sa

from regulars.kit.ids import EventId, ItemId, PersonId
from regulars.people.model import Event, EventType, SeenEvent, Verb
from regulars.store import Db, driver

COPY: LiteralString = """
copy events (message_id, person_id, type, name, at, received_at, verb, items, learn, properties, context)
from stdin (format binary)"""

INSERT = """
insert into events (message_id, person_id, type, name, at, received_at, verb, items, learn, properties, context)
select w.message_id, w.person_id, w.type, w.name, w.at, %s, w.verb, w.items::int[], w.learn,
       w.properties::jsonb, w.context::jsonb
from unnest(%s::text[], %s::bigint[], %s::smallint[], %s::text[], %s::timestamptz[], %s::smallint[], %s::text[],
            %s::boolean[], %s::text[], %s::text[]) with ordinality
     as w(message_id, person_id, type, name, at, verb, items, learn, properties, context, n)
order by w.n
on conflict (message_id) do nothing"""


def copy(db: Db, rows: bytes) -> None:
    """Stream rows in PostgreSQL's binary format straight into the table."""
    with driver(db).cursor().copy(COPY) as pipe:
        pipe.write(rows)


def insert(db: Db, events: Sequence[Event], now: datetime) -> int:
    """Insert those of `events` whose message id is new; how many."""
    params = [
        now,
        [e.message_id for e in events],
        [e.person for e in events],
        [int(e.type) for e in events],
        [e.name for e in events],
        [e.at for e in events],
        [None if e.verb is None else int(e.verb) for e in events],
        [_items(e.items) for e in events],
        [e.learn for e in events],
        [e.properties.decode() for e in events],
        [e.context.decode() for e in events],
    ]
    return driver(db).execute(INSERT, params).rowcount


def known(db: Db, message_ids: Sequence[str]) -> set[str]:
    """Which of these are recorded."""
    found = driver(db).execute("select message_id from events where message_id = any(%s)", [list(message_ids)])
    return {str(row[0]) for row in found}


def page(db: Db, nodes: Sequence[PersonId], before: EventId | None, most: int) -> list[SeenEvent]:
    """Events of `nodes`, newest first, older than the event `before`."""
    query = """
        select id, message_id, type, name, at, verb, items, learn, properties, context from events
        where person_id = any(:n)
          and (cast(:before as bigint) is null or (at, id) < (select at, id from events where id = :before))
        order by at desc, id desc limit :most"""
    return [_seen(row) for row in db.execute(sa.text(query), {"n": list(nodes), "before": before, "most": most})]


def set_learn(db: Db, nodes: Sequence[PersonId], events: Sequence[EventId], learn: bool) -> int:
    """Say whether `events` of `nodes` may be learned from; how many changed."""
    query = "update events set learn = :learn where id = any(:events) and person_id = any(:n) and learn <> :learn"
    found = db.execute(sa.text(query), {"n": list(nodes), "events": list(events), "learn": learn})
    return int(found.rowcount)


def _items(items: Iterable[ItemId]) -> str | None:
    return "{" + ",".join(map(str, items)) + "}" if items else None


def _seen(row: sa.Row[tuple[object, ...]]) -> SeenEvent:
    return SeenEvent(
        row.id, row.message_id, EventType(row.type), row.name, row.at, None if row.verb is None else Verb(row.verb),
        tuple(row.items or ()), row.learn, row.properties, row.context,
    )  # fmt: skip
