"""What agents write: replies and notes; taking them back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from regulars.desk.model import Author, Channel, ConversationId, MessageId
from regulars.desk.store.meant import JOINING
from regulars.desk.store.shape import as_json
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.messages import LedgerId
from regulars.store import Db
from regulars.store.live import tell_many
from regulars.team import AgentId

ADD = sa.text("""
    insert into conversation_messages (conversation_id, origin_id, at, received_at, channel, author, agent_id, name,
        address, subject, text, html, language, key, meta, search)
    values (:conversation, :conversation, :now, :now, :channel, :author, :agent, :name, :address, :subject, :text,
        :html, :language, :key, cast(:meta as jsonb), to_tsvector('simple', :words)) returning id""")
ANSWERED = sa.text("""
    update conversations set messages = messages + 1, last_message_id = :id, last_author = :author, preview = :preview,
        last_at = :now, updated_at = :now where id = :conversation""")
LAST_FROM = sa.text("""
    select m.message_id, coalesce(nullif(m.meta ->> 'reply_to', ''), m.address) as address, m.name, m.person_id,
           m.subject, m.text
    from conversation_messages m
    where m.conversation_id = :id and m.author = 'customer' and (not :mail or m.address <> '')
    order by m.id desc limit 1""")
REFERENCES = sa.text("""
    select coalesce(m.message_id, l.message_id) from conversation_messages m left join ledger l on l.id = m.ledger_id
    where m.conversation_id = :id and coalesce(m.message_id, l.message_id) is not null order by m.id desc limit 20""")

SAID = """select id, conversation_id, author, agent_id, at, channel, text, ledger_id, withdrawn_at, meta
    from conversation_messages"""


@dataclass(frozen=True, slots=True)
class New:
    """A message of an agent, to be added."""

    conversation: ConversationId
    channel: Channel
    author: Author
    agent: AgentId | None
    name: str
    key: str
    text: str
    html: str = ""
    address: str = ""
    subject: str = ""
    language: str = ""
    words: str = ""
    meta: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message as taking it back needs it."""

    id: MessageId
    conversation: ConversationId
    author: Author
    agent: AgentId | None
    at: datetime
    channel: Channel
    text: str
    ledger: LedgerId | None
    withdrawn: datetime | None
    meta: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class LastFrom:
    """What the customer said last, for the envelope of the answer. `address`: where they asked to be answered."""

    message_id: str | None
    address: str
    name: str
    person: PersonId | None
    subject: str
    text: str


def share(db: Db) -> None:
    """Keep merging away until this transaction ends."""
    db.execute(sa.text("select pg_advisory_xact_lock_shared(:k)"), {"k": JOINING})


def add(db: Db, new: New, now: datetime) -> MessageId:
    """Add a message."""
    given = {name: getattr(new, name) for name in new.__slots__}
    row = db.execute(ADD, {**given, "meta": as_json(new.meta or {}), "now": now})
    return MessageId(row.scalar_one())


def answered(db: Db, new: New, message: MessageId, preview: str, now: datetime) -> None:
    """Show the message in lists."""
    given = {"id": message, "author": new.author, "preview": preview, "now": now, "conversation": new.conversation}
    db.execute(ANSWERED, given)


def set_ledger(db: Db, message: MessageId, ledger: LedgerId) -> None:
    """Say by which line of the ledger it goes out."""
    db.execute(sa.text("update conversation_messages set ledger_id = :l where id = :m"), {"l": ledger, "m": message})


def withdraw(db: Db, message: MessageId, now: datetime) -> None:
    """Mark it as taken back."""
    db.execute(
        sa.text("update conversation_messages set withdrawn_at = :now where id = :m"), {"now": now, "m": message}
    )


def said(db: Db, message: MessageId) -> Said | None:
    """A message, locked."""
    return _said(db.execute(sa.text(f"{SAID} where id = :id for update"), {"id": message}).one_or_none())


def under(db: Db, key: str) -> Said | None:
    """The message of this key."""
    return _said(db.execute(sa.text(f"{SAID} where key = :key"), {"key": key}).one_or_none())


def _said(row: sa.Row[Any] | None) -> Said | None:
    if row is None:
        return None
    id, conversation, author, agent, at, channel, *rest = tuple(row)
    return Said(id, conversation, Author(author), agent, at, Channel(channel), *rest)


def last_from(db: Db, conversation: ConversationId, *, mail: bool) -> LastFrom | None:
    """What the customer said last; for mail, last with an address."""
    row = db.execute(LAST_FROM, {"id": conversation, "mail": mail}).one_or_none()
    return None if row is None else LastFrom(*row)


def address_of(db: Db, conversation: ConversationId) -> tuple[str, PersonId | None] | None:
    """Where mail reaches the customer of a conversation in which none was written: as a participant, or by identity."""
    query = sa.text("""
        select a.address, a.person_id from (
            select p.address, p.person_id, 0 as rank, p.since as at from conversation_people p
            where p.conversation_id = :id and p.person_id is not null and p.address <> ''
            union all
            select i.value, i.person_id, 1, i.created_at from conversation_people p
            join persons one on one.id = p.person_id join persons node on node.root_id = one.root_id
            join identities i on i.person_id = node.id and i.kind = 'email'
            where p.conversation_id = :id) a order by a.rank, a.at desc limit 1""")
    row = db.execute(query, {"id": conversation}).one_or_none()
    return None if row is None else (row.address, row.person_id)


def answered_since(db: Db, conversation: ConversationId, seen: MessageId, me: AgentId | None) -> str | None:
    """The colleague who answered after the message `seen`."""
    query = sa.text("""select name from conversation_messages
                       where conversation_id = :c and id > :seen and author = 'agent' and withdrawn_at is null
                             and agent_id is distinct from :me order by id desc limit 1""")
    return db.execute(query, {"c": conversation, "seen": seen, "me": me}).scalar()


def references(db: Db, conversation: ConversationId) -> list[str]:
    """The Message-IDs of a thread, oldest first."""
    return [str(r) for r in db.execute(REFERENCES, {"id": conversation}).scalars()][::-1]


def add_participant(db: Db, conversation: ConversationId, address: str, name: str, now: datetime) -> None:
    """Let mail from `address` belong to the conversation from now on."""
    query = sa.text("""insert into conversation_people (conversation_id, origin_id, address, name, since)
                       values (:c, :c, :address, :name, :now) on conflict do nothing""")
    db.execute(query, {"c": conversation, "address": address, "name": name, "now": now})


def mention(db: Db, message: MessageId, agents: Iterable[AgentId], now: datetime) -> list[AgentId]:
    """Name colleagues in a message; those that are there."""
    query = sa.text("""insert into mentions (message_id, agent_id, at)
                       select :m, a.id, :now from agents a where a.id = any(:agents) and a.disabled_at is null
                       on conflict do nothing returning agent_id""")
    return list(db.execute(query, {"m": message, "agents": list(agents), "now": now}).scalars())


def of_ledger(db: Db, ledgers: Iterable[int]) -> list[tuple[ConversationId, MessageId]]:
    """The messages that went out by these lines of the ledger, with their conversations."""
    query = sa.text("select conversation_id, id from conversation_messages where ledger_id = any(:ids)")
    return [(ConversationId(r.conversation_id), MessageId(r.id)) for r in db.execute(query, {"ids": list(ledgers)})]


def tell(db: Db, conversation: ConversationId, note: str, agents: Iterable[AgentId] = ()) -> None:
    """Tell who looks at the conversation, whoever watches lists, and `agents`."""
    notes = [(f"conversation:{conversation}", note), ("inbox", str(conversation))]
    tell_many(db, [*notes, *((f"agent:{a}", f"conversation:{conversation}") for a in agents)])
