"""Which live topics an agent may listen to."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.chat import store
from regulars.desk.chat.settings import STANDING
from regulars.desk.chat.visitors import VISITORS
from regulars.desk.model import ConversationId
from regulars.desk.sight import Seen, sees
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.store import Db
from regulars.team import Agent

INBOX = "inbox"
MOST = 100
CONVERSATION, AGENT, PERSON = "conversation", "agent", "person"


def topics_for(db: Db, agent: Agent, topics: Iterable[str]) -> list[str]:
    """`topics`, each once, when `agent` may listen to all of them.

    Raises Invalid for a topic there is none of, Forbidden for another agent's, NotFound for a conversation that is not
    there or not theirs to see.
    """
    asked = list(dict.fromkeys(topics))
    if not 1 <= len(asked) <= MOST:
        raise Invalid(f"ask for 1 to {MOST} topics", fields={"topics": f"1 to {MOST}"})
    conversations = [c for c in map(_checked, [agent] * len(asked), asked) if c is not None]
    hidden = set(conversations) - visible(db, agent, conversations)
    if hidden:
        raise NotFound("there is no such conversation, or it belongs to another department")
    return asked


def visible(db: Db, agent: Agent, conversations: Iterable[ConversationId]) -> set[ConversationId]:
    """Those of `conversations` that `agent` may see."""
    found = _seen(db, agent, list(conversations))
    return {c for c, seen in found.items() if sees(agent, seen)}


def numbers(db: Db, agent: Agent, conversations: Iterable[ConversationId]) -> Mapping[ConversationId, int]:
    """The numbers of those of `conversations` that `agent` may see."""
    return store.numbers(db, list(visible(db, agent, conversations)))


def _checked(agent: Agent, topic: str) -> ConversationId | None:
    """The conversation a topic is about; None for one that every agent may hear. Raises Invalid, Forbidden."""
    kind, colon, value = topic.partition(":")
    if not colon and kind in (INBOX, VISITORS, STANDING):
        return None
    try:
        if kind == CONVERSATION:
            return ConversationId(UUID(value))
        if kind == AGENT:
            _own(agent, UUID(value))
            return None
        if kind == PERSON and int(value) > 0:
            return None
    except ValueError:
        pass  # said below, with the other topics nobody knows
    raise Invalid(f"there is no topic {topic[:80]!r}", fields={"topics": "is no topic"})


def _own(agent: Agent, other: UUID) -> None:
    if agent.id != other:
        raise Forbidden("this is another agent's topic: you hear your own only")


def _seen(db: Db, agent: Agent, conversations: list[ConversationId]) -> Mapping[ConversationId, Seen]:
    if not conversations:
        return {}
    rows = db.execute(
        sa.text(
            "select c.id, r.department_id, r.assignee_id,"
            " exists (select 1 from conversation_followers f where f.conversation_id = r.id and f.agent_id = :a) as f,"
            " exists (select 1 from mentions n join conversation_messages m on m.id = n.message_id"
            "         where m.conversation_id = r.id and n.agent_id = :a) as m"
            " from conversations c join conversations r on r.id = c.root_id where c.id = any(:c)"
        ),
        {"a": agent.id, "c": conversations},
    )
    return {ConversationId(x.id): Seen(x.department_id, x.assignee_id, x.f, x.m) for x in rows}
