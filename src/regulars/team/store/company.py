"""The company's one row."""

from datetime import datetime

import sqlalchemy as sa

from regulars.store import Db
from regulars.team.model import Company


def company(db: Db) -> Company | None:
    """The row, when it was saved."""
    row = db.execute(sa.text("select name, colour, site from company")).one_or_none()
    return None if row is None else Company(row.name, row.colour, row.site)


def save(db: Db, said: Company, by: str, now: datetime) -> None:
    """Keep it."""
    query = sa.text("""insert into company (name, colour, site, updated_at, updated_by)
                       values (:name, :colour, :site, :now, :by)
                       on conflict (one) do update set name = excluded.name, colour = excluded.colour,
                           site = excluded.site, updated_at = excluded.updated_at, updated_by = excluded.updated_by""")
    db.execute(query, {"name": said.name, "colour": said.colour, "site": said.site, "now": now, "by": by})
