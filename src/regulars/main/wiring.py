"""Who is who: opens the database and joins the rooms. Only `main` knows everyone."""

from collections.abc import Iterator
from contextlib import contextmanager

from regulars.main.settings import Settings, read_settings
from regulars.store import Database, bundled_url, migrate


def database_url(settings: Settings) -> str:
    """Where the database is; starts the bundled PostgreSQL when no other is named."""
    return settings.database_url or bundled_url(settings.var)


@contextmanager
def open_database(settings: Settings | None = None) -> Iterator[Database]:
    """The database of this installation, migrated, for as long as the block runs."""
    settings = settings or read_settings()
    database = Database(database_url(settings))
    try:
        migrate(database)
        yield database
    finally:
        database.close()
