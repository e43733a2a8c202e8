"""Counters that say "the catalogue (slots, model, …) changed": every process compares and refreshes.

A counter is a row, not a sequence: it changes with the transaction that changed the thing, so whoever reads
the new number reads the new thing.
"""

import sqlalchemy as sa

from regulars.store.database import Db


def bump(db: Db, name: str) -> int:
    """Count one change of `name` ("catalog", "slots", "facets", "model"); returns the new number."""
    row = db.execute(sa.text("update versions set value = value + 1 where name = :n returning value"), {"n": name})
    return int(row.scalar_one())
