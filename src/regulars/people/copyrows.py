"""Events as rows of PostgreSQL's binary COPY format.

https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4, and the send/receive functions of the types.
Written by hand because the driver's row by row formatting takes three times as long.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from struct import Struct

from regulars.kit.ids import ItemId
from regulars.people.model import Event

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NULL = b"\xff\xff\xff\xff"
EVERYTHING_LEARNS = b"\0\0\0\x01\x01"
NOTHING_LEARNS = b"\0\0\0\x01\x00"

row_and_message = Struct("!hi").pack
person_type_name = Struct("!iqihi").pack
two_times = Struct("!iqiq").pack
small = Struct("!ih").pack
jsonb = Struct("!ib").pack
array_of_int4 = Struct("!iiiiii").pack


def encode(events: Iterable[Event], received_at: datetime) -> bytes:
    """`events` as one binary COPY stream of (message_id, person_id, type, name, at, received_at, verb, items, learn,
    properties, context)."""
    received = micros(received_at)
    parts = [HEADER]
    for e in events:
        message, name = e.message_id.encode(), e.name.encode()
        parts += (
            row_and_message(11, len(message)),
            message,
            person_type_name(8, e.person, 2, e.type, len(name)),
            name,
            two_times(8, micros(e.at), 8, received),
            NULL if e.verb is None else small(2, e.verb),
            _items(e.items) if e.items else NULL,
            EVERYTHING_LEARNS if e.learn else NOTHING_LEARNS,
            jsonb(len(e.properties) + 1, 1),
            e.properties,
            jsonb(len(e.context) + 1, 1),
            e.context,
        )
    parts.append(TRAILER)
    return b"".join(parts)


def micros(at: datetime) -> int:
    """Microseconds since 2000, PostgreSQL's way to keep a time."""
    delta = at - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _items(items: tuple[ItemId, ...]) -> bytes:
    n = len(items)
    head = array_of_int4(20 + 8 * n, 1, 0, 23, n, 1)
    return head + Struct("!" + "ii" * n).pack(*(x for item in items for x in (4, item)))
