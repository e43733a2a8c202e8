"""Messages coming in: written in one round trip for a batch, however large, after one to look (`meant`).

A pipeline: statements sent together, each seeing what the one before it left.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from regulars.desk.filters import folded
from regulars.desk.model import Arrival, MessageId
from regulars.desk.placing import Placed, Placing, Standing
from regulars.desk.store.files import attach
from regulars.desk.store.shape import as_json
from regulars.desk.words import preview, subject_of, words
from regulars.kit.json import Json
from regulars.store import Db, driver
from regulars.store.live import tell_many

OPEN = """
insert into conversations (id, root_id, subject, channel, last_channel, person_id, name, address, department_id,
                           language, created_at, updated_at, last_at, folded, search)
select id, id, subject, channel, channel, person, name, address, department, language, %s, %s, %s,
       folded, to_tsvector('simple', words)
from json_to_recordset(%s::json) as c(id uuid, subject text, channel text, person bigint, name text,
                                      address text, department uuid, language text, folded jsonb, words text)"""
SAY = """
insert into conversation_messages (id, conversation_id, origin_id, at, received_at, channel, author, person_id, name,
    address, subject, text, html, quoted, language, key, message_id, meta, search)
overriding system value
select id, conversation, origin, at, %s, channel, author, person, name, address, subject, text, html, quoted,
       language, key, message_id, meta, to_tsvector('simple', words)
from json_to_recordset(%s::json) as m(id bigint, conversation uuid, origin uuid, at timestamptz, channel text,
    author text, person bigint, name text, address text, subject text, text text, html text, quoted text,
    language text, key text, message_id text, meta jsonb, words text)"""
# Who writes several times within a second moves up in the lists once: a row whose indexed columns stay costs a fifth.
STAND = """
update conversations c
set status = s.status, waiting_since = s.waiting_since, due_at = s.due_at, snoozed_until = s.snoozed_until,
    messages = s.messages, last_message_id = s.last,
    last_customer_message_id = coalesce(s.last_customer, c.last_customer_message_id),
    solved_at = case when s.status in ('solved', 'closed') then c.solved_at end,
    last_author = s.author, last_channel = s.channel, preview = s.preview, updated_at = %s,
    last_at = case when c.last_at between %s::timestamptz - interval '1 second' and %s then c.last_at else %s end
from json_to_recordset(%s::json) as s(id uuid, status text, waiting_since timestamptz, due_at timestamptz,
    snoozed_until timestamptz, messages int, last bigint, last_customer bigint, author text, channel text, preview text)
where c.id = s.id"""
TAKE_PART = """
insert into conversation_people (conversation_id, origin_id, person_id, address, name, since)
select conversation, origin, person, address, name, %s
from json_to_recordset(%s::json) as p(conversation uuid, origin uuid, person bigint, address text, name text)
on conflict do nothing"""
TURN = """
insert into conversation_changes (conversation_id, at, by_whom, kind, before, after)
select conversation, %s, 'customer', kind, coalesce(before, 'null'), coalesce(after, 'null')
from json_to_recordset(%s::json) as t(conversation uuid, kind text, before jsonb, after jsonb)"""
LINK = """
insert into conversation_links (a_id, b_id, kind, at, by_whom)
select a, b, kind, %s, 'customer' from json_to_recordset(%s::json) as l(a uuid, b uuid, kind text)
on conflict do nothing"""


def write(db: Db, placing: Placing, ids: Sequence[MessageId], now: datetime) -> None:
    """Write what was placed, and tell who listens. One round trip."""
    numbered = dict(zip((id(p) for p in placing.placed), ids, strict=False))
    opened = [s for s in placing.standing.values() if s.opened]
    moved = [s for s in placing.standing.values() if s.last]
    connection = driver(db)
    with connection.pipeline():
        if opened:
            connection.execute(OPEN, [now, now, now, as_json([_opened(s) for s in opened])], prepare=True)
        said = as_json([_said(numbered[id(p)], p) for p in placing.placed])
        connection.execute(SAY, [now, said], prepare=True)
        connection.execute(STAND, [now, now, now, now, as_json([_stood(s, numbered) for s in moved])], prepare=True)
        connection.execute(TAKE_PART, [now, as_json(list(_parts(placing.placed)))], prepare=True)
        if placing.turns:
            connection.execute(TURN, [now, as_json(placing.turns)], prepare=True)
        if placing.links:
            links = [{"a": a, "b": b, "kind": kind} for a, b, kind in placing.links]
            connection.execute(LINK, [now, as_json(links)], prepare=True)
        attach(db, [(numbered[id(p)], p.arrival.attachments) for p in placing.placed])
        tell_many(db, _notes(placing, numbered))


def _opened(standing: Standing) -> Mapping[str, object]:
    arrival = cast("Arrival", standing.opened)
    first = cast("Placed", standing.last)
    return {
        "id": standing.id,
        "subject": subject_of(arrival),
        "channel": arrival.channel,
        "person": first.person,
        "name": arrival.sender.name,
        "address": arrival.sender.address,
        "department": arrival.department,
        "language": arrival.language,
        "folded": folded(subject_of(arrival), arrival.sender.name, arrival.sender.address, (), {}),
        "words": words(subject_of(arrival), arrival.sender.name, arrival.sender.address),
    }


def _said(message: MessageId, placed: Placed) -> Mapping[str, object]:
    arrival, sender = placed.arrival, placed.arrival.sender
    meta: dict[str, Json] = dict(arrival.meta)
    files = (f.name for f in arrival.attachments)
    if arrival.automatic:
        meta["automatic"] = arrival.automatic
    return {
        "id": message, "conversation": placed.into.id, "origin": placed.origin, "at": arrival.at,
        "channel": arrival.channel, "author": placed.author, "person": placed.person,
        "name": sender.name, "address": sender.address, "subject": arrival.subject,
        "text": arrival.text, "html": arrival.html, "quoted": arrival.quoted, "language": arrival.language,
        "key": arrival.key, "message_id": arrival.message_id or None, "meta": meta,
        "words": words(arrival.subject, arrival.text, sender.name, sender.address, *files),
    }  # fmt: skip


def _stood(standing: Standing, numbered: Mapping[int, MessageId]) -> Mapping[str, object]:
    last = cast("Placed", standing.last)
    return {
        "id": standing.id, "status": standing.status, "waiting_since": standing.waiting_since,
        "due_at": standing.due_at, "snoozed_until": standing.snoozed_until,
        "messages": standing.messages, "last": numbered[id(last)],
        "last_customer": numbered[id(standing.last_customer)] if standing.last_customer else None,
        "author": last.author, "channel": last.arrival.channel, "preview": preview(last.arrival),
    }  # fmt: skip


def _parts(placed: Iterable[Placed]) -> Iterable[Mapping[str, object]]:
    for one in placed:
        for sender in (one.arrival.sender, *one.arrival.copies):
            person = one.person if sender is one.arrival.sender else None
            if person is not None or sender.address:
                yield {
                    "conversation": one.into.id, "origin": one.origin, "person": person,
                    "address": sender.address, "name": sender.name,
                }  # fmt: skip


def _notes(placing: Placing, numbered: Mapping[int, MessageId]) -> Iterable[tuple[str, str]]:
    for placed in placing.placed:
        yield f"conversation:{placed.into.id}", f"message:{numbered[id(placed)]}"
    for standing in placing.standing.values():
        if standing.last:
            yield "inbox", str(standing.id)
            if standing.assignee:
                yield f"agent:{standing.assignee}", f"conversation:{standing.id}"
