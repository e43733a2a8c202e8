"""Which conversations a batch of arrivals means, and which of them are known: one look, under lock, in one round trip.

It takes the locks, sees which keys are known and which conversations are meant, and draws the numbers: statements sent
together, each seeing what the one before it left.

Chat names its conversation and nothing else, and there are many of it: it is looked up by that name alone. Only when
such a conversation is closed (what followed it is meant then) it takes a second round trip.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, cast
from uuid import UUID
from zlib import crc32

from regulars.desk.model import Arrival, Channel, ConversationId, MessageId, Priority, Received, Status, Thread
from regulars.desk.placing import Candidate, Standing, nearest_first
from regulars.desk.store.shape import as_json
from regulars.kit.ids import PersonId
from regulars.store import Db, driver

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
CHOSEN = """
with chosen as materialized (
    select c.id, c.root_id from json_array_elements_text(%s::json) as a(id) join conversations c on c.id = a.id::uuid),
locked as materialized (
    select id, status, priority, waiting_since, snoozed_until, messages, assignee_id from conversations
    where id in (select root_id from chosen) order by id for update)
select c.id, l.* from chosen c join locked l on l.id = c.root_id"""
DRAW = """
select nextval('conversation_messages_id_seq') from generate_series(1, %s)"""


_Row = tuple[str, int, datetime | None, datetime | None, int, UUID | None]
_Chosen = tuple[ConversationId, ConversationId, str, int, datetime | None, datetime | None, int, UUID | None]
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


def door_of(key: str) -> int:
    """Below `DOORS`: where messages with this key wait for each other. All of one chat come through one door."""
    family = key.rpartition(":")[0] if key.startswith("chat:") else key
    return crc32(family.encode("utf-8", "replace")) % DOORS


def look(db: Db, arrivals: Sequence[Arrival], persons: Sequence[PersonId | None]) -> Looked:
    """Lock the keys and the conversations that are meant, and read how they stand. One round trip."""
    if all(_names_only_its_conversation(a) for a in arrivals):
        looked = _look(db, arrivals, CHOSEN, list({a.thread.conversation for a in arrivals}))
        rows = cast("list[_Chosen]", looked.meant)
        if all(row[2] != Status.CLOSED for row in rows):
            return _looked_up(looked, *_chosen_ones(arrivals, rows))
    looked = _look(db, arrivals, MEANT, _asked(arrivals, persons))
    return _looked_up(looked, *_meant_ones(cast("list[_Meant]", looked.meant)))


def _names_only_its_conversation(arrival: Arrival) -> bool:
    """Then the sender need not be known there either: naming it is the proof, but for mail."""
    thread = arrival.thread
    proved = thread.conversation is not None and arrival.channel is not Channel.EMAIL
    return proved and not (thread.in_reply_to or thread.references or thread.number)


@dataclass(frozen=True, slots=True)
class _Read:
    known: dict[int, Received]
    meant: Sequence[object]
    ids: list[MessageId]


def _look(db: Db, arrivals: Sequence[Arrival], meant: LiteralString, asked: Sequence[object]) -> _Read:
    connection = driver(db)
    with connection.pipeline():
        connection.execute(LOCK, [JOINING], prepare=True)
        connection.execute(LOCK_KEYS, [DOOR, _doors(arrivals)], prepare=True)
        known = connection.execute(KNOWN, [as_json([a.key for a in arrivals])], prepare=True)
        found = connection.execute(meant, [as_json(asked)], prepare=True)
        ids = connection.execute(DRAW, [len(arrivals)], prepare=True)
    drawn = cast("list[tuple[MessageId]]", ids.fetchall())
    messages = cast("list[tuple[int, MessageId, ConversationId]]", known.fetchall())
    received = {n: Received(m, c, fresh=False, opened=False) for n, m, c in messages}
    return _Read(received, found.fetchall(), [i for (i,) in drawn])


def _looked_up(read: _Read, standing: dict[ConversationId, Standing], candidates: dict[int, list[Candidate]]) -> Looked:
    return Looked(read.known, standing, candidates, read.ids)


def _chosen_ones(
    arrivals: Sequence[Arrival], rows: Sequence["_Chosen"]
) -> tuple[dict[ConversationId, Standing], dict[int, list[Candidate]]]:
    standing: dict[ConversationId, Standing] = {}
    found: dict[ConversationId | None, list[Candidate]] = {}
    for origin, conversation, *row in rows:
        standing[conversation] = _standing(conversation, cast("_Row", row))
        found[origin] = [Candidate(conversation, 0, belongs=False, origin=origin)]
    there = ((n, found.get(a.thread.conversation)) for n, a in enumerate(arrivals))
    return standing, {n: candidates for n, candidates in there if candidates}


def _meant_ones(
    rows: Sequence["_Meant"],
) -> tuple[dict[ConversationId, Standing], dict[int, list[Candidate]]]:
    standing: dict[ConversationId, Standing] = {}
    candidates: dict[int, list[Candidate]] = {}
    for n, rank, conversation, origin, belongs, *row in rows:
        candidates.setdefault(n, []).append(Candidate(conversation, rank, belongs, origin))
        standing[conversation] = _standing(conversation, cast("_Row", row))
    return standing, candidates


def _doors(arrivals: Sequence[Arrival]) -> str:
    """The doors of their keys, and of conversations that may be opened under a chosen id: by one at a time."""
    threads = (a.thread for a in arrivals)
    chosen = {crc32(t.conversation.bytes) % DOORS for t in threads if t.conversation and not t.begun}
    doors = sorted(chosen | {door_of(a.key) for a in arrivals})  # sorted, so that batches never wait in a ring
    return f"{{{','.join(map(str, doors))}}}"


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
