"""Conversations, one by one: the guarded door. Whoever asks is checked here, before anything is handed out."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.changing import Held, Step
from regulars.desk.filters import folded
from regulars.desk.model import Actor, ConversationId, MassId, Priority, Status
from regulars.desk.sight import Seen, agent_id, check_may_change, check_sees, sees, sees_all
from regulars.desk.store.shape import as_json, moment
from regulars.desk.words import words
from regulars.kit.errors import NotFound
from regulars.store import Db, driver
from regulars.store.live import tell_many

HELD = """c.id, c.status, c.priority, c.assignee_id, c.department_id, c.tags, c.fields, c.snoozed_until,
    c.waiting_since, c.first_reply_at, c.solved_at, c.subject, c.name, c.address, c.last_channel, c.language,
    c.number, c.person_id"""
MINE = """exists (select from conversation_followers f where f.conversation_id = c.id and f.agent_id = :me) as follows,
    exists (select from mentions x join conversation_messages m on m.id = x.message_id
            where x.agent_id = :me and m.conversation_id = c.id) as mentioned"""
HOLD = sa.text(f"""select {HELD}, {MINE} from conversations c
    where c.id in (select root_id from conversations where id = any(:ids)) order by c.id for update of c""")  # noqa: S608
SIGHT = sa.text(f"""select c.id, c.department_id, c.assignee_id, {MINE} from conversations c
    where c.id = (select root_id from conversations where id = :id)""")  # noqa: S608
SIGHTS = sa.text(f"select c.id, c.department_id, c.assignee_id, {MINE} from conversations c where c.id = any(:ids)")  # noqa: S608
STORE = """
update conversations c
set status = s.status, priority = s.priority, assignee_id = s.assignee, department_id = s.department,
    tags = array(select jsonb_array_elements_text(s.tags)), fields = s.fields, snoozed_until = s.snoozed_until,
    waiting_since = s.waiting_since, due_at = s.due_at, first_reply_at = s.first_reply_at, solved_at = s.solved_at,
    folded = s.folded, search = to_tsvector('simple', s.words), updated_at = %s
from json_to_recordset(%s::json) as s(id uuid, status text, priority smallint, assignee uuid, department uuid,
    tags jsonb, fields jsonb, snoozed_until timestamptz, waiting_since timestamptz, due_at timestamptz,
    first_reply_at timestamptz, solved_at timestamptz, folded jsonb, words text)
where c.id = s.id"""
HISTORY = """
insert into conversation_changes (conversation_id, at, by_agent, by_whom, kind, before, after, mass_id)
select conversation, %s, %s, %s, kind, coalesce(before, 'null'), coalesce(after, 'null'), %s
from json_to_recordset(%s::json) as t(conversation uuid, kind text, before jsonb, after jsonb)"""

Stepped = tuple[Held, Sequence[Step]]
"""A conversation as it is from now on, and the steps that led there."""


def hold(db: Db, conversation: ConversationId, by: Actor) -> Held:
    """The conversation (or the one it was merged into) under lock, for `by` to change. Raises NotFound, Forbidden."""
    row = db.execute(HOLD, {"ids": [conversation], "me": agent_id(by)}).one_or_none()
    check_sees(by, None if row is None else _seen(row))
    check_may_change(by)
    if row is None:
        raise NotFound("there is no such conversation")
    return _held(row)


def hold_many(db: Db, conversations: Sequence[ConversationId], by: Actor) -> list[Held]:
    """Those of `conversations` that `by` sees, under lock. Raises Forbidden."""
    check_may_change(by)
    rows = db.execute(HOLD, {"ids": list(conversations), "me": agent_id(by)})
    return [_held(row) for row in rows if sees(by, _seen(row))]


def sighted(db: Db, conversation: ConversationId, by: Actor) -> ConversationId:
    """The conversation that is read under this id, when `by` sees it. Raises NotFound."""
    row = db.execute(SIGHT, {"id": conversation, "me": agent_id(by)}).one_or_none()
    check_sees(by, None if row is None else _seen(row))
    return ConversationId(row.id) if row is not None else conversation


def sighted_of(db: Db, conversations: Sequence[ConversationId], by: Actor) -> set[ConversationId]:
    """Those of `conversations`, none of them merged, that `by` sees."""
    if not conversations or sees_all(by):
        return set(conversations)
    rows = db.execute(SIGHTS, {"ids": list(conversations), "me": agent_id(by)})
    return {ConversationId(row.id) for row in rows if sees(by, _seen(row))}


def store(db: Db, stepped: Sequence[Stepped], *, by: Actor, now: datetime, mass: MassId | None = None) -> None:
    """Write conversations and their history, and tell who listens. One round trip."""
    if not stepped:
        return
    connection = driver(db)
    with connection.pipeline():
        connection.execute(STORE, [now, as_json([_stored(held) for held, _ in stepped])], prepare=True)
        add_history(db, [(held.id, step) for held, steps in stepped for step in steps], by=by, now=now, mass=mass)
        tell_many(db, [note for held, steps in stepped for note in _notes(held, steps)])


def add_history(
    db: Db, steps: Sequence[tuple[ConversationId, Step]], *, by: Actor, now: datetime, mass: MassId | None = None
) -> None:
    """Add lines of history."""
    rows = [{"conversation": c, "kind": s.kind, "before": s.before, "after": s.after} for c, s in steps]
    driver(db).execute(HISTORY, [now, agent_id(by), by.name, mass, as_json(rows)], prepare=True)


def agent_is_there(db: Db, agent: UUID) -> bool:
    """Whether work can be given to `agent`."""
    query = sa.text("select 1 from agents where id = :id and disabled_at is null")
    return db.execute(query, {"id": agent}).first() is not None


def department_is_there(db: Db, department: UUID) -> bool:
    """Whether there is such a department."""
    query = sa.text("select 1 from departments where id = :id and archived_at is null")
    return db.execute(query, {"id": department}).first() is not None


def _held(row: sa.Row[tuple[object, ...]]) -> Held:
    return Held(
        ConversationId(row.id), Status(row.status), Priority(row.priority), row.assignee_id, row.department_id,
        tuple(row.tags), row.fields, row.snoozed_until, row.waiting_since, row.first_reply_at, row.solved_at,
        row.subject, row.name, row.address, row.last_channel, row.language, row.number, row.person_id,
    )  # fmt: skip


def _seen(row: sa.Row[tuple[object, ...]]) -> Seen:
    return Seen(row.department_id, row.assignee_id, row.follows, row.mentioned)


def _stored(held: Held) -> dict[str, object]:
    return {
        "id": held.id, "status": held.status, "priority": held.priority, "assignee": held.assignee,
        "department": held.department, "tags": held.tags, "fields": held.fields,
        "snoozed_until": moment(held.snoozed_until), "waiting_since": moment(held.waiting_since),
        "due_at": moment(held.due_at), "first_reply_at": moment(held.first_reply_at),
        "folded": folded(held.subject, held.name, held.address, held.tags, held.fields),
        "solved_at": moment(held.solved_at), "words": words(held.subject, held.name, held.address, *held.tags),
    }  # fmt: skip


def _notes(held: Held, steps: Sequence[Step]) -> list[tuple[str, str]]:
    notes = [(f"conversation:{held.id}", "changed"), ("inbox", str(held.id))]
    for step in steps:
        if step.kind == "assignee":
            notes += [(f"agent:{who}", f"conversation:{held.id}") for who in (step.before, step.after) if who]
    return notes
