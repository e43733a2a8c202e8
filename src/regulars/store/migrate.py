"""Migrations: forwards on every start, one process at a time."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from regulars.store.database import Database

LOCK = 7_246_001  # any constant of our own; held while migrating


def migrate(database: Database, *, to: str = "head") -> None:
    """Bring the schema to revision `to`. Other processes wait for the lock, then find nothing left to do."""
    with database.begin() as db:
        db.execute(sa.text("select pg_advisory_xact_lock(:k)"), {"k": LOCK})
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = db
        command.upgrade(config, to)
