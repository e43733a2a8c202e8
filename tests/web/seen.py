"""What the database holds after calls, for tests."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from regulars.kit.json import Json
from regulars.store import Database


@dataclass(frozen=True)
class Row:
    """A recorded event, with the identities of the node it was recorded for and the items it is about."""

    message_id: str
    who: tuple[str, ...]
    name: str
    at: datetime
    verb: int | None
    items: tuple[str, ...]
    learn: bool
    properties: Json
    context: Json


def events(database: Database) -> list[Row]:
    """Every recorded event, in the order they were recorded."""
    with database.begin() as db:
        rows = db.execute(
            sa.text("""select message_id, name, at, verb, learn, properties, context,
                              array(select kind || ':' || value from identities i
                                    where i.person_id = e.person_id order by 1) as who,
                              array(select external_id from unnest(coalesce(e.items, '{}')) with ordinality u(id, n)
                                    join items using (id) order by n) as items
                       from events e order by id""")
        ).all()
    return [
        Row(r.message_id, tuple(r.who), r.name, r.at, r.verb, tuple(r.items), r.learn, r.properties, r.context)
        for r in rows
    ]


def event(database: Database) -> Row:
    """The one recorded event."""
    (one,) = events(database)
    return one


def count(database: Database, table: str) -> int:
    """How many rows `table` has."""
    with database.begin() as db:
        return int(db.execute(sa.text(f"select count(*) from {table}")).scalar_one())
