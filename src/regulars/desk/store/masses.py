"""Changes of many conversations at once."""

from datetime import datetime

import sqlalchemy as sa

from regulars.desk.changing import Change, Keep, Step
from regulars.desk.model import Actor, ConversationId, MassId
from regulars.desk.sight import agent_id
from regulars.desk.store.shape import as_json
from regulars.kit.errors import NotFound
from regulars.store import Db


def add(db: Db, mass: MassId, change: Change, *, count: int, by: Actor, now: datetime) -> None:
    """Keep what was asked for and of how many."""
    said = {n: v for n in change.__slots__ if (v := getattr(change, n)) not in (None, (), {}) and v is not Keep.KEEP}
    query = sa.text("""insert into mass_changes (id, at, by_agent, by_whom, change, conversations)
                       values (:id, :now, :agent, :by, cast(:change as jsonb), :count)""")
    given = {"id": mass, "now": now, "agent": agent_id(by), "by": by.name, "change": as_json(said), "count": count}
    db.execute(query, given)


def take_back(db: Db, mass: MassId, now: datetime) -> dict[ConversationId, list[Step]] | None:
    """Mark it undone; what it did to each conversation. None when it was undone already. Raises NotFound."""
    marked = sa.text("update mass_changes set undone_at = :now where id = :id and undone_at is null returning 1")
    if db.execute(marked, {"id": mass, "now": now}).first() is None:
        if db.execute(sa.text("select 1 from mass_changes where id = :id"), {"id": mass}).first() is None:
            raise NotFound("there is no such change of many")
        return None
    found: dict[ConversationId, list[Step]] = {}
    query = "select conversation_id, kind, before, after from conversation_changes where mass_id = :id order by id"
    for conversation, kind, before, after in db.execute(sa.text(query), {"id": mass}):
        found.setdefault(conversation, []).append(Step(kind, before, after))
    return found
