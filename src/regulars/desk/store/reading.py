"""Reading one conversation: everything about it in one round trip."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from psycopg.rows import TupleRow

from regulars import messages
from regulars.desk.model import (
    Attachment,
    Author,
    Changed,
    Channel,
    Conversation,
    ConversationId,
    Link,
    LinkKind,
    Message,
    MessageId,
    Participant,
    Priority,
    Row,
    Status,
)
from regulars.desk.sight import NIL
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.store import Db, driver
from regulars.team import AgentId, DepartmentId

ROW = """c.id, c.number, c.subject, c.channel, c.status, c.priority, c.person_id, c.name, c.address, c.department_id,
    c.assignee_id, c.language, c.tags, c.snoozed_until, c.created_at, c.last_at, c.last_author, c.preview, c.messages,
    c.waiting_since, c.due_at"""
UNREAD = """c.last_customer_message_id > coalesce(
    (select s.message_id from seen_marks s where s.conversation_id = c.id and s.agent_id = {me}), 0)"""
HEAD = f"select {ROW}, {UNREAD.format(me='%s::uuid')}, c.last_channel, c.fields from conversations c where c.id = %s"  # noqa: S608
MESSAGE = """m.id, m.origin_id, m.at, m.channel, m.author, m.agent_id, m.person_id, m.name, m.address, m.subject,
    m.text, m.html, m.quoted, m.language, coalesce(m.message_id, ''), m.ledger_id, m.withdrawn_at,
    m.erased_at, m.meta"""
MESSAGES = f"""select {MESSAGE} from conversation_messages m
    where m.conversation_id = %s and m.id < %s and (%s or (m.author <> 'note' and m.withdrawn_at is null))
    order by m.id desc limit %s"""  # noqa: S608  constants
FILES = """select a.id, a.message_id, a.name, a.type, a.size, a.inline_id
    from attachments a join conversation_messages m on m.id = a.message_id
    where m.conversation_id = %s order by a.message_id, a.position"""
MENTIONS = """select x.message_id, x.agent_id from mentions x join conversation_messages m on m.id = x.message_id
    where m.conversation_id = %s order by x.message_id, x.agent_id"""
CHANGES = """select h.conversation_id, h.kind, h.before, h.after, h.by_whom, h.by_agent, h.at, h.id, h.mass_id
    from conversation_changes h join conversations c on c.id = h.conversation_id
    where c.root_id = %s order by h.id desc limit 500"""
PARTICIPANTS = """select distinct on (coalesce(person_id, 0), address) person_id, address, name, since
    from conversation_people where conversation_id = %s order by coalesce(person_id, 0), address, since"""
FOLLOWERS = "select distinct agent_id from conversation_followers where conversation_id = %s order by agent_id"
LINKS = """select o.root_id, o.number, o.subject, o.status, l.kind, l.later from (
        select b_id as other, kind, false as later, at from conversation_links where a_id = any(
            select id from conversations where root_id = %s)
        union all
        select a_id, kind, true, at from conversation_links where b_id = any(
            select id from conversations where root_id = %s)) l
    join conversations o on o.id = l.other where o.root_id <> %s order by l.at, o.number"""
MERGED = """select id, number, subject, status from conversations where root_id = %s and merged_into is not null
    order by number"""
HEARD = """select key, address, text, erased_at is not null, meta from conversation_messages where key = any(%s)"""
SEEN = "select agent_id, message_id from seen_marks where conversation_id = %s"


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a thread is read: the newest before `before`; `inside`: with notes and what was taken back."""

    before: int = 2**62
    most: int = 500
    inside: bool = True


def read(db: Db, conversation: ConversationId, me: AgentId | None, part: Part) -> Conversation | None:
    """Everything about a conversation that was not merged, whoever asks: guard it before."""
    connection = driver(db)
    one = [conversation]

    def ask(query: str, params: Sequence[object]) -> list[TupleRow]:
        return cast("list[TupleRow]", connection.execute(query, params, prepare=True))

    with connection.pipeline():
        head = ask(HEAD, [me, conversation])
        said = ask(MESSAGES, [conversation, part.before, part.inside, part.most])
        files, mentions, seen = ask(FILES, one), ask(MENTIONS, one), ask(SEEN, one)
        changes, people = ask(CHANGES, one), ask(PARTICIPANTS, one)
        followers, links, merged = ask(FOLLOWERS, one), ask(LINKS, one * 3), ask(MERGED, one)
    found = next(iter(head), None)
    if found is None:
        return None
    marks = dict(cast("Iterable[tuple[UUID, int]]", seen))
    return Conversation(
        row_of(found[:22]),
        Channel(found[22]),
        found[23],
        _whole(db, [message_of(m) for m in said][::-1], files, mentions),
        tuple(Changed(*change) for change in changes)[::-1],
        tuple(Participant(*person) for person in people),
        tuple(agent for (agent,) in followers),
        tuple(Link(i, n, subject, Status(s), LinkKind(k), later) for i, n, subject, s, k, later in links),
        tuple(Link(i, n, subject, Status(s), LinkKind.RELATED, later=False) for i, n, subject, s in merged),
        {AgentId(a): MessageId(m) for a, m in marks.items() if a != NIL},
        MessageId(marks[NIL]) if NIL in marks else None,
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """What came under a key: from which address, and its words unless they were forgotten."""

    address: str
    text: str
    erased: bool
    meta: Mapping[str, Json]


def heard(db: Db, keys: Mapping[str, str]) -> dict[str, Heard]:
    """What came under some keys: as they are kept → as they were given, which is how they are answered."""
    found = cast("list[_Heard]", driver(db).execute(HEARD, [list(keys)]).fetchall())
    return {keys[key]: Heard(address, text, erased, meta) for key, address, text, erased, meta in found}


def row_of(found: Sequence[object]) -> Row:
    """A row of a list from the columns ROW and UNREAD."""
    (
        id, number, subject, channel, status, priority, person, name, address, department, assignee, language, tags,
        snoozed, created, last_at, last_author, preview, said, waiting, due, unread,
    ) = cast("_Columns", found)  # fmt: skip
    return Row(
        ConversationId(id), number, subject, Channel(channel), Status(status), Priority(priority), person, name,
        address, department, assignee, language, tuple(tags), snoozed, created, last_at, Author(last_author), preview,
        said, waiting, due, unread,
    )  # fmt: skip


def message_of(found: Sequence[object]) -> Message:
    """A message from the columns MESSAGE, without its files."""
    id, origin, at, channel, author, *rest = cast("_Said", found)
    return Message(id, origin, at, Channel(channel), Author(author), *rest)  # type: ignore[arg-type]  # in their order


def _whole(
    db: Db, said: list[Message], files: Iterable[Sequence[object]], mentions: Iterable[Sequence[object]]
) -> tuple[Message, ...]:
    """The messages with their files, whom they name, and what became of them on their way out."""
    ledgers = [m.ledger for m in said if m.ledger is not None]
    states = messages.states(db, ledgers) if ledgers else {}
    attached: dict[int, list[Attachment]] = {}
    for file in files:
        attached.setdefault(cast("int", file[1]), []).append(Attachment(*file))  # type: ignore[arg-type]
    named: dict[int, list[AgentId]] = {}
    for message, agent in cast("Iterable[tuple[int, AgentId]]", mentions):
        named.setdefault(message, []).append(agent)
    whole = []
    for one in said:
        sent = states.get(one.ledger) if one.ledger is not None else None
        parts = {"attachments": tuple(attached.get(one.id, ())), "mentions": tuple(named.get(one.id, ()))}
        state = {"delivery": sent.state.value, "error": sent.error or ""} if sent else {}
        whole.append(replace(one, **parts, **state) if parts or state else one)  # type: ignore[arg-type]  # by name
    return tuple(whole)


_Columns = tuple[
    UUID, int, str, str, str, int, PersonId | None, str, str, "DepartmentId | None", "AgentId | None", str, list[str],
    "datetime | None", datetime, datetime, str, str, int, "datetime | None", "datetime | None", bool,
]  # fmt: skip
_Heard = tuple[str, str, str, bool, Mapping[str, Json]]
_Said = tuple[MessageId, ConversationId, datetime, str, str, *tuple[Json, ...]]
