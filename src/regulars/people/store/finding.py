"""Finding people by a part of their name, and counting them, cheaply at any size."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from regulars.store import Db

EXACT_BELOW = 100_000
LATELY = 100_000
"""How many of the newest events are looked at for "lately"."""


def beginning_with(db: Db, text: str, most: int) -> list[int]:
    """Roots of people with a name that begins with `text`; exactly that name first."""
    rows = db.execute(
        sa.text(
            """select p.root_id, min(case when i.value = :text then 0 else 1 end) as rank, min(length(i.value)) as long
               from identities i join persons p on p.id = i.person_id
               where i.value = :text or i.value ilike :pattern escape '!'
               group by p.root_id order by rank, long, p.root_id limit :most"""
        ),
        {"text": text, "pattern": _escaped(text) + "%", "most": most},
    )
    return [row.root_id for row in rows]


def latest(db: Db, most: int) -> list[int]:
    """Roots of the people who did something last."""
    rows = db.execute(
        sa.text(
            """select p.root_id, max(e.id) as newest
               from (select id, person_id from events order by id desc limit 5000) e
               join persons p on p.id = e.person_id
               group by p.root_id order by newest desc limit :most"""
        ),
        {"most": most},
    )
    return [row.root_id for row in rows]


def told(db: Db, roots: Sequence[int]) -> list[tuple[int, str, str, datetime | None]]:
    """(root, kind, value of each name, when they last did something)."""
    rows = db.execute(
        sa.text(
            """select p.root_id, i.kind, i.value,
                   (select max(e.at) from events e where e.person_id = p.id)
               from persons p left join identities i on i.person_id = p.id
               where p.root_id = any(:roots) order by i.created_at, i.value"""
        ),
        {"roots": list(roots)},
    )
    return [(r[0], r[1] or "", r[2] or "", r[3]) for r in rows]


def total(db: Db, table: str) -> int:
    """How many rows `persons` or `events` has: exact while that is cheap, else as PostgreSQL estimates."""
    guess = db.execute(sa.text("select reltuples::bigint from pg_class where oid = cast(:t as regclass)"), {"t": table})
    estimated = int(guess.scalar_one())
    if estimated >= EXACT_BELOW:
        return estimated
    return int(db.execute(sa.text(f"select count(*) from {table}")).scalar_one())  # noqa: S608  our own names


def lately(db: Db, since: datetime) -> int:
    """How many of the newest events came since then; at most LATELY."""
    query = """select count(*) from events
        where id > (select coalesce(max(id), 0) - :n from events) and at >= :since"""
    return int(db.execute(sa.text(query), {"since": since, "n": LATELY}).scalar_one())


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
