"""Recording events: durable once the transaction commits, each message id once."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace
from psycopg import errors

from regulars.kit.errors import Invalid
from regulars.kit.text import clean
from regulars.people.cleaning import clean_json, scrubbed
from regulars.people.copyrows import encode
from regulars.people.model import Event, Recorded
from regulars.people.store import events as table
from regulars.store import Db

LONGEST_MESSAGE_ID = 512

MOST_ITEMS = 500
"""Of one event, the first so many items count as interactions: an index row holds no more. Properties keep them all."""

SEEN_BEFORE = (errors.UniqueViolation, errors.DeadlockDetected)
"""A message id is known, or is being recorded elsewhere in another order."""

UNFIT = (errors.DataError, errors.StatementTooComplex)
"""A value PostgreSQL cannot hold although it is JSON: a number out of range, nesting too deep."""


class Hasty(Exception):
    """Something was known already, or PostgreSQL cannot hold it as it is: roll back and record again, not in haste."""


def record(db: Db, events: Sequence[Event], *, now: datetime, hasty: bool = False) -> Recorded:
    """Record what is new of `events`; a known message id is passed over, whatever else it says: the first one wins.

    Text PostgreSQL cannot hold is cleaned; of an order of more than 500 items the first 500 count. The nodes must come
    from `resolve` in the same transaction. Raises Invalid for a message id that is empty or too long, and for
    properties or context that are not JSON.

    hasty  without a savepoint: faster, and raises Hasty where there is more to it; then the transaction is lost
    """
    first: dict[str, Event] = {}
    for event in map(_fit, events):
        first.setdefault(event.message_id, event)
    fresh = list(first.values())
    copy = _copied_hastily if hasty else _copied
    new = copy(db, fresh, now) if fresh else 0
    return Recorded(new, len(events) - new)


def recorded(db: Db, message_ids: Sequence[str]) -> set[str]:
    """Which of these message ids are known: an import that is run again passes over them without more work."""
    return table.known(db, [clean(m) for m in message_ids])


def _copied_hastily(db: Db, events: Sequence[Event], now: datetime) -> int:
    try:
        table.copy(db, encode(events, now))
    except (*SEEN_BEFORE, *UNFIT) as e:
        raise Hasty from e
    return len(events)


def _copied(db: Db, events: Sequence[Event], now: datetime) -> int:
    try:
        with db.begin_nested():
            table.copy(db, encode(events, now))
        return len(events)
    except SEEN_BEFORE:
        return _inserted(db, events, now)
    except UNFIT:
        return _inserted(db, events, now, scrub=True)


def _inserted(db: Db, events: Sequence[Event], now: datetime, *, scrub: bool = False, tries: int = 5) -> int:
    rows = sorted(map(_scrubbed, events) if scrub else events, key=lambda e: e.message_id)  # one order for everybody
    try:
        with db.begin_nested():
            return table.insert(db, rows, now)
    except errors.DeadlockDetected:  # with someone still copying the same events in another order, who falls back too
        if tries == 0:
            raise
        return _inserted(db, events, now, scrub=scrub, tries=tries - 1)
    except UNFIT as e:
        if scrub:
            raise Invalid(f"an event cannot be kept: {str(e).splitlines()[0]:.200}") from e
        return _inserted(db, events, now, scrub=True, tries=tries)


def _fit(event: Event) -> Event:
    """`event` with text that PostgreSQL can hold; most events are returned as they are."""
    if not 1 <= len(event.message_id) <= LONGEST_MESSAGE_ID:
        raise Invalid(f"a messageId has 1 to {LONGEST_MESSAGE_ID} characters", fields={"messageId": "length"})
    message, name = clean(event.message_id), clean(event.name)
    try:
        properties, context = clean_json(event.properties), clean_json(event.context)
    except Invalid as e:
        raise Invalid(e.detail, fields={event.message_id: "not JSON"}) from e
    items = event.items[:MOST_ITEMS]
    kept = (event.message_id, event.name, event.properties, event.context, event.items)
    if (message, name, properties, context, items) == kept:
        return event
    return replace(event, message_id=message, name=name, properties=properties, context=context, items=items)


def _scrubbed(event: Event) -> Event:
    try:
        return replace(event, properties=scrubbed(event.properties), context=scrubbed(event.context))
    except Invalid as e:
        raise Invalid(e.detail, fields={event.message_id: "not JSON"}) from e
