"""Saved views."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from regulars.desk.model import ViewId
from regulars.desk.store.shape import as_json
from regulars.kit.json import Json
from regulars.store import Db
from regulars.team import AgentId

COLUMNS = "id, owner_id, name, condition, position"


@dataclass(frozen=True, slots=True)
class Saved:
    """A view as it is kept."""

    id: ViewId
    owner: AgentId | None
    name: str
    condition: Json
    position: int = 0


def get(db: Db, view: ViewId, agent: AgentId) -> Saved | None:
    """A view that is everybody's or the agent's own."""
    query = f"select {COLUMNS} from saved_views where id = :id and (owner_id is null or owner_id = :me)"  # noqa: S608
    row = db.execute(sa.text(query), {"id": view, "me": agent}).one_or_none()
    return None if row is None else Saved(*row)


def of(db: Db, agent: AgentId) -> list[Saved]:
    """Everybody's views, then the agent's own."""
    query = f"""select {COLUMNS} from saved_views where owner_id is null or owner_id = :me
                order by owner_id is not null, position, name, id"""  # noqa: S608  constants
    return [Saved(*row) for row in db.execute(sa.text(query), {"me": agent})]


def save(db: Db, view: Saved, now: datetime) -> None:
    """Keep a view, new or changed."""
    query = sa.text("""insert into saved_views (id, owner_id, name, condition, position, created_at)
                       values (:id, :owner, :name, cast(:condition as jsonb), :position, :now)
                       on conflict (id) do update set owner_id = :owner, name = :name,
                           condition = excluded.condition, position = :position""")
    given = {"id": view.id, "owner": view.owner, "name": view.name, "position": view.position, "now": now}
    db.execute(query, {**given, "condition": as_json(view.condition)})


def remove(db: Db, view: ViewId) -> None:
    """Forget a view."""
    db.execute(sa.text("delete from saved_views where id = :id"), {"id": view})
