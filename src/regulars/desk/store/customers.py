"""What a customer sees: their own conversations, from outside."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from regulars.desk.model import Conversation, ConversationId, MessageId, Row
from regulars.desk.store.reading import MESSAGE, ROW, message_of, row_of
from regulars.desk.store.sides import rows_of, side
from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.store import Db

NODES = "select n.id from persons n where n.root_id = (select p.root_id from persons p where p.id = :root)"
# A chat is read by its browser's secret, and from here only by the user it was proven to belong to: whoever knows a
# device's anonymous id may get a link for it, or make it their own by signing in.
NOT_ANOTHERS_CHAT = f"""not exists (
    select from chat_tickets k
    where (k.conversation_id = c.id or k.conversation_id in (
              select x.id from conversations x where x.root_id = c.id and x.merged_into is not null))
          and (k.user_id is null or not exists (
              select from identities i
              where i.kind = 'user' and i.value = k.user_id and i.person_id in ({NODES}))))"""  # noqa: S608  constants
OF_PERSON = sa.text(f"""
    select {ROW}, false from conversations c
    where c.id in (select conversation_id from conversation_people where person_id in ({NODES}))
          and c.status <> 'spam' and {NOT_ANOTHERS_CHAT}
          and (cast(:before as timestamptz) is null or c.last_at < :before)
    order by c.last_at desc, c.id desc limit :most""")  # noqa: S608  constants
OWN = sa.text(f"""
    select c.id from conversations c
    where c.id = (select n.root_id from conversations n where n.id = :id) and {NOT_ANOTHERS_CHAT} and exists (
        select from conversation_people o where o.conversation_id = c.id and o.person_id in ({NODES}))""")  # noqa: S608
READABLE = sa.text(f"""
    select {MESSAGE}, m.conversation_id from conversation_messages m join conversations c on c.id = m.conversation_id
    where m.id = :id and m.author <> 'note' and m.withdrawn_at is null and {NOT_ANOTHERS_CHAT} and exists (
        select from conversation_people o where o.conversation_id = m.conversation_id and o.person_id in ({NODES}))""")  # noqa: S608


def of_person(db: Db, root: PersonId, most: int, before: datetime | None) -> list[Row]:
    """The conversations of a person, the newest first."""
    found = db.execute(OF_PERSON, {"root": root, "most": most, "before": before})
    return rows_of(db, [row_of(row) for row in found], root)


def own(db: Db, conversation: ConversationId, root: PersonId) -> ConversationId | None:
    """The conversation that is read under this id, when the person takes part in it."""
    found = db.execute(OWN, {"id": conversation, "root": root}).scalar()
    return None if found is None else ConversationId(found)


def may_read(db: Db, message: MessageId, root: PersonId) -> bool:
    """Whether a message is in a conversation of the person, and for their eyes."""
    found = db.execute(READABLE, {"id": message, "root": root}).first()
    if found is None:
        return False
    theirs = side(db, ConversationId(found[-1]), root)
    return theirs is None or theirs.reads(message_of(found[:-1]))


def their_side(db: Db, found: Conversation, root: PersonId) -> Conversation:
    """`found` without the words of another customer who was joined into it."""
    theirs = side(db, found.id, root)
    return found if theirs is None else theirs.cut(found)


def outside(found: Conversation) -> Conversation:
    """`found` without anything that is only for colleagues."""
    bare = tuple(replace(m, meta={}, mentions=(), error="") for m in found.messages)
    row = replace(found.row, assignee=None, tags=(), snoozed_until=None, due_at=None)
    return replace(found, row=row, fields={}, messages=bare, changes=(), followers=(), links=(), merged=(), seen={})


def conversation_of(db: Db, message: MessageId) -> ConversationId:
    """Where a message is read. Raises NotFound."""
    query = sa.text("select conversation_id from conversation_messages where id = :id")
    found = db.execute(query, {"id": message}).scalar()
    if found is None:
        raise NotFound("there is no such message")
    return ConversationId(found)


def by_number(db: Db, number: int) -> ConversationId | None:
    """The conversation with that number."""
    if not 0 < number < 2**63:
        return None
    found = db.execute(sa.text("select id from conversations where number = :n"), {"n": number}).scalar()
    return None if found is None else ConversationId(found)
