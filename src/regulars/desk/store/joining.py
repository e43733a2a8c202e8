"""Merging, parting, splitting: who is read in whom."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from regulars.desk.filters import folded
from regulars.desk.model import ConversationId, LinkKind, MessageId
from regulars.desk.store.meant import JOINING
from regulars.desk.store.shape import as_json
from regulars.desk.words import words
from regulars.store import Db

MOVED = ("conversation_messages", "conversation_people", "conversation_followers")
"""What is read in the conversation that was merged into, and knows where it came from."""

SPLIT = sa.text("""
    with first as (
        select m.channel, m.person_id, m.name, m.address, m.language from conversation_messages m
        where m.id = any(:messages) order by m.author <> 'customer', m.id limit 1)
    insert into conversations (id, root_id, subject, channel, last_channel, status, priority, person_id, name, address,
        department_id, assignee_id, language, tags, fields, created_at, updated_at, last_at)
    select :new, :new, :subject, f.channel, f.channel, 'open', c.priority, coalesce(f.person_id, c.person_id),
        coalesce(nullif(f.name, ''), c.name), coalesce(nullif(f.address, ''), c.address), c.department_id,
        c.assignee_id, coalesce(nullif(f.language, ''), c.language), c.tags, c.fields, :now, :now, :now
    from conversations c cross join first f where c.id = :old
    returning subject, name, address, tags, fields""")


def exclude(db: Db) -> None:
    """Keep everybody from adding messages until this transaction ends."""
    db.execute(sa.text("select pg_advisory_xact_lock(:k)"), {"k": JOINING})


def roots(db: Db, conversations: Sequence[ConversationId]) -> dict[ConversationId, ConversationId]:
    """Where each conversation is read."""
    query = sa.text("select id, root_id from conversations where id = any(:ids)")
    return {ConversationId(i): ConversationId(r) for i, r in db.execute(query, {"ids": list(conversations)})}


def family(db: Db, conversation: ConversationId) -> list[ConversationId]:
    """A conversation and all that were merged into it, directly or not."""
    query = sa.text("""
        with recursive own as (
            select cast(:id as uuid) as id union select c.id from conversations c join own on c.merged_into = own.id)
        select id from own""")
    return [ConversationId(i) for i in db.execute(query, {"id": conversation}).scalars()]


def adopt(db: Db, child: ConversationId, parent: ConversationId) -> None:
    """Read a whole family in another conversation from now on."""
    given = {"child": child, "parent": parent}
    db.execute(sa.text("update conversations set merged_into = :parent where id = :child"), given)
    db.execute(sa.text("update conversations set root_id = :parent where root_id = :child"), given)
    for table in MOVED:
        db.execute(sa.text(f"update {table} set conversation_id = :parent where conversation_id = :child"), given)  # noqa: S608


def part(db: Db, conversation: ConversationId) -> bool:
    """Take it out of the one it was merged into; False when it was in none."""
    query = "update conversations set merged_into = null where id = :id and merged_into is not null returning 1"
    return db.execute(sa.text(query), {"id": conversation}).first() is not None


def bring_home(db: Db, own: Sequence[ConversationId], root: ConversationId, out_of: ConversationId) -> None:
    """Read a family in itself again: all that was written to one of it."""
    given = {"own": list(own), "root": root, "old": out_of}
    db.execute(sa.text("update conversations set root_id = :root where id = any(:own)"), given)
    for table in MOVED:
        query = f"update {table} set conversation_id = :root where conversation_id = :old and origin_id = any(:own)"  # noqa: S608
        db.execute(sa.text(query), given)


def opened_by_merge(db: Db, parent: ConversationId, child: ConversationId) -> str | None:
    """The status before the merge opened it, when nobody set it since."""
    query = sa.text("""
        select h.after->>'status' from conversation_changes h
        where h.conversation_id = :parent and h.kind = 'merged' and h.after->>'conversation' = :child
              and not exists (select from conversation_changes later
                              where later.conversation_id = :parent and later.kind = 'status' and later.id > h.id)
        order by h.id desc limit 1""")
    return db.execute(query, {"parent": parent, "child": str(child)}).scalar()


def message_ids(db: Db, conversation: ConversationId) -> set[MessageId]:
    """The messages of a conversation."""
    query = sa.text("select id from conversation_messages where conversation_id = :c")
    return {MessageId(i) for i in db.execute(query, {"c": conversation}).scalars()}


def open_split(
    db: Db, ids: tuple[ConversationId, ConversationId], messages: Sequence[MessageId], subject: str, now: datetime
) -> None:
    """Open a conversation (the first of `ids`) with these messages of another, and let their writers belong to it."""
    new, old = ids
    given = {"new": new, "old": old, "messages": list(messages), "subject": subject, "now": now}
    row = db.execute(SPLIT, given).one()
    searched = {
        "id": new,
        "words": words(row.subject, row.name, row.address, *row.tags),
        "folded": as_json(folded(row.subject, row.name, row.address, row.tags, row.fields)),
    }
    db.execute(
        sa.text("""update conversations set search = to_tsvector('simple', :words), folded = cast(:folded as jsonb)
                   where id = :id"""),
        searched,
    )
    move = "update conversation_messages set conversation_id = :new, origin_id = :new where id = any(:messages)"
    db.execute(sa.text(move), given)
    db.execute(
        sa.text("""insert into conversation_people (conversation_id, origin_id, person_id, address, name, since)
                   select distinct on (coalesce(m.person_id, 0), m.address) :new, :new, m.person_id, m.address, m.name,
                       cast(:now as timestamptz)
                   from conversation_messages m
                   where m.conversation_id = :new and m.author in ('customer', 'automatic')
                         and (m.person_id is not null or m.address <> '')
                   on conflict do nothing"""),
        given,
    )


def link(db: Db, ends: tuple[ConversationId, ConversationId], kind: LinkKind, by: str, now: datetime) -> None:
    """Link a later conversation to an earlier one."""
    query = sa.text("""insert into conversation_links (a_id, b_id, kind, at, by_whom) values (:a, :b, :kind, :now, :by)
                       on conflict do nothing""")
    db.execute(query, {"a": ends[0], "b": ends[1], "kind": kind.value, "now": now, "by": by})


def unlink(db: Db, one: ConversationId, other: ConversationId) -> bool:
    """Remove the links between two; whether there were any."""
    query = sa.text("""delete from conversation_links
                       where (a_id = :a and b_id = :b) or (a_id = :b and b_id = :a) returning 1""")
    return db.execute(query, {"a": one, "b": other}).first() is not None
