"""What agents keep about conversations: what they have seen, drafts, what they follow, and who looks right now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from regulars.desk.model import Actor, ConversationId, Looker, MessageId
from regulars.desk.sight import NIL, check_may_change
from regulars.desk.store import marks as table
from regulars.desk.store import rows
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.store import Db
from regulars.store.live import tell
from regulars.team import Agent, AgentId

LOOKING_FOR = timedelta(seconds=30)
"""Who gave no sign for this long looks no more."""

TYPING_FOR = timedelta(seconds=6)
LONGEST_DRAFT = 200_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent began to write, the same on all their devices. `more`: channel, language … as the page keeps it."""

    text: str
    more: Mapping[str, Json] = field(default_factory=dict)
    at: datetime | None = None


def mark_seen(db: Db, conversation: ConversationId, message: MessageId, *, by: Agent, now: datetime) -> None:
    """`by` has seen everything up to `message`. Marks only move forward. Raises NotFound."""
    there = rows.sighted(db, conversation, by)
    if table.see(db, there, by.id, message, now):
        tell(db, f"agent:{by.id}", f"seen:{there}")
        tell(db, f"conversation:{there}", f"seen:{by.id}:{message}")


def mark_unseen(db: Db, conversation: ConversationId, *, by: Agent) -> None:
    """As if `by` had seen nothing of it. Raises NotFound."""
    there = rows.sighted(db, conversation, by)
    table.unsee(db, there, by.id)
    tell(db, f"agent:{by.id}", f"seen:{there}")


def seen_by_customer(db: Db, conversation: ConversationId, message: MessageId, *, now: datetime) -> None:
    """The customer has seen everything up to `message`. Who asks has been let in by the channel already."""
    there = table.root(db, conversation)
    if there is not None and table.see(db, there, AgentId(NIL), message, now):
        tell(db, f"conversation:{there}", f"seen:customer:{message}")


def draft(db: Db, conversation: ConversationId, *, by: Agent) -> Draft | None:
    """What `by` began to write. Raises NotFound."""
    found = table.draft(db, rows.sighted(db, conversation, by), by.id)
    if found is None:
        return None
    more = found[0].get("more")
    return Draft(str(found[0].get("text", "")), more if isinstance(more, Mapping) else {}, found[1])


def save_draft(db: Db, conversation: ConversationId, text: str, *, by: Agent, now: datetime, **more: Json) -> None:
    """Keep what `by` began to write; an empty text forgets it. Raises NotFound, Forbidden, Invalid."""
    there = rows.sighted(db, conversation, by)
    check_may_change(by)
    if len(text) > LONGEST_DRAFT:
        raise Invalid(f"a draft has at most {LONGEST_DRAFT:,} characters", fields={"text": "is too long"})
    if text.strip():
        table.save_draft(db, (there, by.id), {"text": clean(text), "more": more}, now)
    else:
        table.forget_draft(db, there, by.id)


def forget_draft(db: Db, conversation: ConversationId, by: Actor) -> None:
    """Forget what `by` began to write."""
    if isinstance(by, Agent):
        table.forget_draft(db, conversation, by.id)


def follow(db: Db, conversation: ConversationId, agent: AgentId, *, by: Actor, now: datetime) -> None:
    """Let `agent` hear of everything in it, and see it from now on. Raises NotFound, Forbidden, Invalid."""
    held = rows.hold(db, conversation, by)
    if not rows.agent_is_there(db, agent):
        raise Invalid("there is no such agent, or they were disabled", fields={"agent": "is unknown"})
    table.follow(db, held.id, agent, now)
    tell(db, f"conversation:{held.id}", "changed")


def unfollow(db: Db, conversation: ConversationId, agent: AgentId, *, by: Actor) -> None:
    """Let `agent` hear of it no more. Raises NotFound, Forbidden."""
    held = rows.hold(db, conversation, by)
    table.unfollow(db, held.id, agent)
    tell(db, f"conversation:{held.id}", "changed")


def look(db: Db, conversation: ConversationId, *, by: Agent, typing: bool = False, now: datetime) -> list[Looker]:
    """`by` has it on their screen, and who else has: to be called every few seconds. Raises NotFound.

    Colleagues hear of it when somebody comes, or begins or stops to type; not of every sign.
    """
    there = rows.sighted(db, conversation, by)
    before = table.looking(db, there, now - LOOKING_FOR)
    was = next((x for x in before if x.agent == by.id), None)
    table.look(db, there, by.id, now if typing else None, now)
    if was is None or is_typing(was, now) != typing:
        tell(db, f"conversation:{there}", f"typing:agent:{by.id}" if typing else "looking")
    return [_looker(x, now) for x in before if x.agent != by.id]


def look_away(db: Db, conversation: ConversationId, *, by: Agent) -> None:
    """`by` has it on their screen no more."""
    there = table.root(db, conversation)
    if there is not None and table.look_away(db, there, by.id):
        tell(db, f"conversation:{there}", "looking")


def looking(db: Db, conversation: ConversationId, *, now: datetime) -> list[Looker]:
    """Who has it on their screen, and who of them types."""
    there = table.root(db, conversation)
    return [] if there is None else [_looker(x, now) for x in table.looking(db, there, now - LOOKING_FOR)]


def is_typing(sign: table.Sign, now: datetime) -> bool:
    """Whether somebody typed a moment ago."""
    return sign.typing_at is not None and sign.typing_at > now - TYPING_FOR


def _looker(sign: table.Sign, now: datetime) -> Looker:
    return Looker(sign.agent, is_typing(sign, now), sign.at)
