"""Definitions of custom fields."""

from collections.abc import Mapping

import sqlalchemy as sa

from regulars.desk.store.shape import as_json
from regulars.kit.json import Json
from regulars.store import Db


def all_of(db: Db) -> list[tuple[str, Mapping[str, Json], int]]:
    """Name, definition and position of each."""
    rows = db.execute(sa.text("select name, definition, position from conversation_fields order by position, name"))
    return [(row.name, row.definition, row.position) for row in rows]


def save(db: Db, name: str, definition: Mapping[str, Json], position: int) -> None:
    """Keep one, new or changed."""
    query = sa.text("""insert into conversation_fields (name, definition, position)
                       values (:name, cast(:definition as jsonb), :position)
                       on conflict (name) do update set definition = excluded.definition, position = :position""")
    db.execute(query, {"name": name, "definition": as_json(definition), "position": position})


def remove(db: Db, name: str) -> bool:
    """Forget one; whether it was there."""
    query = sa.text("delete from conversation_fields where name = :name returning 1")
    return db.execute(query, {"name": name}).first() is not None
