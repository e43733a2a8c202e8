"""Seen marks, drafts, followers, who looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from regulars.desk.model import ConversationId, MessageId
from regulars.desk.store.shape import as_json
from regulars.kit.json import Json
from regulars.store import Db
from regulars.team import AgentId


@dataclass(frozen=True, slots=True)
class Sign:
    """That an agent had a conversation on their screen."""

    agent: AgentId
    typing_at: datetime | None
    at: datetime


def root(db: Db, conversation: ConversationId) -> ConversationId | None:
    """The conversation that is read under this id."""
    found = db.execute(sa.text("select root_id from conversations where id = :c"), {"c": conversation}).scalar()
    return None if found is None else ConversationId(found)


def see(db: Db, conversation: ConversationId, agent: AgentId, message: MessageId, now: datetime) -> bool:
    """Move a mark forward; whether it moved."""
    query = sa.text("""insert into seen_marks (conversation_id, agent_id, message_id, at) values (:c, :a, :m, :now)
                       on conflict (conversation_id, agent_id) do update set message_id = :m, at = :now
                       where seen_marks.message_id < :m returning 1""")
    return db.execute(query, {"c": conversation, "a": agent, "m": message, "now": now}).first() is not None


def unsee(db: Db, conversation: ConversationId, agent: AgentId) -> None:
    """Take a mark away."""
    query = sa.text("delete from seen_marks where conversation_id = :c and agent_id = :a")
    db.execute(query, {"c": conversation, "a": agent})


def draft(db: Db, conversation: ConversationId, agent: AgentId) -> tuple[Mapping[str, Json], datetime] | None:
    """A draft and when it was saved."""
    query = sa.text("select draft, at from drafts where conversation_id = :c and agent_id = :a")
    row = db.execute(query, {"c": conversation, "a": agent}).one_or_none()
    return None if row is None else (row.draft, row.at)


def save_draft(db: Db, of: tuple[ConversationId, AgentId], draft: Mapping[str, Json], now: datetime) -> None:
    """Keep a draft."""
    query = sa.text("""insert into drafts (conversation_id, agent_id, draft, at)
                       values (:c, :a, cast(:draft as jsonb), :now)
                       on conflict (conversation_id, agent_id) do update set draft = excluded.draft, at = :now""")
    db.execute(query, {"c": of[0], "a": of[1], "draft": as_json(draft), "now": now})


def forget_draft(db: Db, conversation: ConversationId, agent: AgentId) -> None:
    """Forget a draft."""
    query = sa.text("delete from drafts where conversation_id = :c and agent_id = :a")
    db.execute(query, {"c": conversation, "a": agent})


def follow(db: Db, conversation: ConversationId, agent: AgentId, now: datetime) -> None:
    """Add a follower."""
    query = sa.text("""insert into conversation_followers (conversation_id, origin_id, agent_id, since)
                       select :c, :c, a.id, :now from agents a where a.id = :a and not exists (
                           select from conversation_followers f where f.conversation_id = :c and f.agent_id = :a)
                       on conflict do nothing""")
    db.execute(query, {"c": conversation, "a": agent, "now": now})


def unfollow(db: Db, conversation: ConversationId, agent: AgentId) -> None:
    """Take a follower away, whichever of the merged conversations they followed."""
    query = sa.text("delete from conversation_followers where conversation_id = :c and agent_id = :a")
    db.execute(query, {"c": conversation, "a": agent})


def look(db: Db, conversation: ConversationId, agent: AgentId, typing_at: datetime | None, now: datetime) -> None:
    """Note that somebody looks, and forget who looked long ago."""
    query = sa.text("""insert into looking (conversation_id, agent_id, typing_at, at) values (:c, :a, :typing, :now)
                       on conflict (conversation_id, agent_id) do update set typing_at = :typing, at = :now""")
    db.execute(query, {"c": conversation, "a": agent, "typing": typing_at, "now": now})


def look_away(db: Db, conversation: ConversationId, agent: AgentId) -> bool:
    """Forget that somebody looks; whether they did."""
    query = sa.text("delete from looking where conversation_id = :c and agent_id = :a returning 1")
    return db.execute(query, {"c": conversation, "a": agent}).first() is not None


def looking(db: Db, conversation: ConversationId, since: datetime) -> list[Sign]:
    """Who looked since, the first first."""
    query = sa.text("""select agent_id, typing_at, at from looking where conversation_id = :c and at > :since
                       order by at, agent_id""")
    return [Sign(*row) for row in db.execute(query, {"c": conversation, "since": since})]
