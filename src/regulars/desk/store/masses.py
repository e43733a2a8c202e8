"""Changes of many conversations at once."""

from datetime import datetime

import sqlalchemy as sa

from regulars.desk.changing import Change, Keep, Step
from regulars.desk.model import Actor, ConversationId, MassId
from regulars.desk.sight import agent_id
from regulars.desk.store.shape import as_json
from regulars.kit.errors import NotFound
from regulars.store import Db
from regulars.team import AgentId


def add(db: Db, mass: MassId, change: Change, *, count: int, by: Actor, now: datetime) -> None:
    """Keep what was asked for and of how many."""
    said = {n: v for n in change.__slots__ if (v := getattr(change, n)) not in (None, (), {}) and v is not Keep.KEEP}
    query = sa.text("""insert into mass_changes (id, at, by_agent, by_whom, change, conversations)
                       values (:id, :now, :agent, :by, cast(:change as jsonb), :count)""")
    given = {"id": mass, "now": now, "agent": agent_id(by), "by": by.name, "change": as_json(said), "count": count}
    db.execute(query, given)


def maker(db: Db, mass: MassId) -> AgentId | None:
    """The agent who made it; None for a part of the house. Raises NotFound."""
    found = db.execute(sa.text("select by_agent from mass_changes where id = :id"), {"id": mass}).one_or_none()
    if found is None:
        raise NotFound("there is no such change of many")
    return None if found.by_agent is None else AgentId(found.by_agent)


def take_back(db: Db, mass: MassId, now: datetime) -> dict[ConversationId, list[Step]] | None:
    """Mark it undone; what it did to each conversation. None when it was undone already."""
    marked = sa.text("update mass_changes set undone_at = :now where id = :id and undone_at is null returning 1")
    if db.execute(marked, {"id": mass, "now": now}).first() is None:
        return None
    return _steps(db, mass)


def not_undone(db: Db, mass: MassId) -> None:
    """Take the mark off again: nothing could be taken back."""
    db.execute(sa.text("update mass_changes set undone_at = null where id = :id"), {"id": mass})


def _steps(db: Db, mass: MassId) -> dict[ConversationId, list[Step]]:
    found: dict[ConversationId, list[Step]] = {}
    query = "select conversation_id, kind, before, after from conversation_changes where mass_id = :id order by id"
    for conversation, kind, before, after in db.execute(sa.text(query), {"id": mass}):
        found.setdefault(conversation, []).append(Step(kind, before, after))
    return found
