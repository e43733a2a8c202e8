"""Messages coming in: two round trips for a batch, however large.

The first takes the locks, sees which keys are known and which conversations are meant, and draws the numbers; the
second writes. Both are pipelines: statements sent together, each seeing what the one before it left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID
from zlib import crc32

from regulars.desk.filters import folded
from regulars.desk.model import Arrival, ConversationId, MessageId, Priority, Received, Status, Thread
from regulars.desk.placing import Candidate, Placed, Placing, Standing, nearest_first
from regulars.desk.store.files import attach
from regulars.desk.store.shape import as_json, moment
from regulars.desk.words import preview, subject_of, words
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.store import Db, driver
from regulars.store.live import tell_many

JOINING = 7_246_601
"""Advisory lock: shared by whoever adds messages, exclusive for merging, parting and splitting."""
DOOR = 7_246_602
"""First half of the advisory locks of keys: the same key, in two processes at once, waits for the first."""
DOORS = 512
NO_THREAD = Thread()

LOCK = "select pg_advisory_xact_lock_shared(%s)"
LOCK_KEYS = "select pg_advisory_xact_lock(%s, door) from unnest(%s::int[]) as door"
KNOWN = """
select a.n - 1, m.id, m.conversation_id
from json_array_elements_text(%s::json) with ordinality as a(key, n) join conversation_messages m on m.key = a.key"""
MEANT = """
with recursive asked as materialized (
    select * from json_to_recordset(%s::json)
        as a(n int, conversation uuid, refs text[], number bigint, person bigint, address text)),
meant as (
    select a.n, 0 as rank, c.root_id as id, c.id as origin from asked a join conversations c on c.id = a.conversation
    union all
    select a.n, r.rank::int, m.conversation_id, m.origin_id
    from asked a cross join unnest(a.refs) with ordinality as r(ref, rank)
         join conversation_messages m on m.message_id = r.ref
    union all
    select a.n, r.rank::int, m.conversation_id, m.origin_id
    from asked a cross join unnest(a.refs) with ordinality as r(ref, rank)
         join ledger l on l.message_id = r.ref join conversation_messages m on m.ledger_id = l.id
    union all
    select a.n, 1000, c.root_id, c.id from asked a join conversations c on c.number = a.number),
followed as (
    select n, rank, id, origin, 0 as deep from meant
    union
    select f.n, f.rank, later.root_id, later.id, f.deep + 1
    from followed f
         join conversations c on c.id = f.id and c.status = 'closed'
         join conversation_links l on l.b_id = f.id and l.kind = 'follow_up'
         join conversations later on later.id = l.a_id
    where f.deep < 50),
locked as materialized (
    select id, status, priority, waiting_since, snoozed_until, messages, assignee_id from conversations
    where id in (select id from followed) order by id for update)
select f.n, f.rank, f.id, f.origin, exists (
           select from conversation_people cp left join persons p on p.id = cp.person_id
           where cp.conversation_id = f.id
                 and (cp.address = nullif(a.address, '')
                      or p.root_id = (select s.root_id from persons s where s.id = a.person))),
       l.status, l.priority, l.waiting_since, l.snoozed_until, l.messages, l.assignee_id
from followed f join asked a using (n) join locked l using (id)
order by f.n, f.rank, f.deep"""
DRAW = """
select nextval('conversation_messages_id_seq') from generate_series(1, %s)"""

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
STAND = """
update conversations c
set status = s.status, waiting_since = s.waiting_since, due_at = s.due_at, snoozed_until = s.snoozed_until,
    messages = s.messages, last_message_id = s.last,
    last_customer_message_id = coalesce(s.last_customer, c.last_customer_message_id),
    solved_at = case when s.status in ('solved', 'closed') then c.solved_at end,
    last_author = s.author, last_channel = s.channel, preview = s.preview, last_at = %s, updated_at = %s
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


_Row = tuple[str, int, datetime | None, datetime | None, int, UUID | None]
_Meant = tuple[
    int, int, ConversationId, ConversationId, bool, str, int, datetime | None, datetime | None, int, UUID | None
]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the database knew about a batch, under lock. `ids`: one for each message that may be new."""

    known: dict[int, Received]
    standing: dict[ConversationId, Standing]
    candidates: dict[int, list[Candidate]]
    ids: list[MessageId]


def look(db: Db, arrivals: Sequence[Arrival], persons: Sequence[PersonId | None]) -> Looked:
    """Lock the keys and the conversations that are meant, and read how they stand. One round trip."""
    connection = driver(db)
    doors = sorted({_door(a) for a in arrivals} | {_chosen(a) for a in arrivals if a.thread.conversation})
    with connection.pipeline():
        connection.execute(LOCK, [JOINING], prepare=True)
        connection.execute(LOCK_KEYS, [DOOR, doors], prepare=True)
        known = connection.execute(KNOWN, [as_json([a.key for a in arrivals])], prepare=True)
        meant = connection.execute(MEANT, [as_json(_asked(arrivals, persons))], prepare=True)
        ids = connection.execute(DRAW, [len(arrivals)], prepare=True)
    standing: dict[ConversationId, Standing] = {}
    candidates: dict[int, list[Candidate]] = {}
    for n, rank, conversation, origin, belongs, *row in cast("list[_Meant]", meant.fetchall()):
        candidates.setdefault(n, []).append(Candidate(conversation, rank, belongs, origin))
        standing[conversation] = _standing(conversation, cast("_Row", row))
    found = cast("list[tuple[int, MessageId, ConversationId]]", known.fetchall())
    drawn = cast("list[tuple[MessageId]]", ids.fetchall())
    received = {n: Received(m, c, fresh=False, opened=False) for n, m, c in found}
    return Looked(received, standing, candidates, [i for (i,) in drawn])


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
        connection.execute(STAND, [now, now, as_json([_stood(s, numbered) for s in moved])], prepare=True)
        connection.execute(TAKE_PART, [now, as_json(list(_parts(placing.placed)))], prepare=True)
        if placing.turns:
            connection.execute(TURN, [now, as_json(placing.turns)], prepare=True)
        if placing.links:
            links = [{"a": a, "b": b, "kind": kind} for a, b, kind in placing.links]
            connection.execute(LINK, [now, as_json(links)], prepare=True)
        attach(db, [(numbered[id(p)], p.arrival.attachments) for p in placing.placed])
        tell_many(db, _notes(placing, numbered))


def _door(arrival: Arrival) -> int:
    return crc32(arrival.key.encode("utf-8", "replace")) % DOORS


def _chosen(arrival: Arrival) -> int:
    """The door of a conversation that may be opened under a chosen id: by one at a time."""
    chosen = arrival.thread.conversation
    return crc32(chosen.bytes) % DOORS if chosen else _door(arrival)


def _asked(arrivals: Sequence[Arrival], persons: Sequence[PersonId | None]) -> list[Mapping[str, object]]:
    return [
        {
            "n": n,
            "conversation": arrival.thread.conversation,
            "refs": nearest_first(arrival),
            "number": arrival.thread.number,
            "person": person,
            "address": arrival.sender.address,
        }
        for n, (arrival, person) in enumerate(zip(arrivals, persons, strict=True))
        if arrival.thread != NO_THREAD
    ]


def _standing(conversation: ConversationId, row: _Row) -> Standing:
    status, priority, waiting, snoozed, messages, assignee = row
    return Standing(conversation, Status(status), Priority(priority), waiting, snoozed, messages, assignee)


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
        "id": standing.id, "status": standing.status, "waiting_since": moment(standing.waiting_since),
        "due_at": moment(standing.due_at), "snoozed_until": moment(standing.snoozed_until),
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
