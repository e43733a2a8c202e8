"""Connections and transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from regulars.kit.errors import Unavailable

Db = sa.Connection
"""An open transaction. Rooms read and write through it; only the edge commits."""

UTC = "-c timezone=UTC -c jit=off"  # just-in-time compilation costs more than any statement of ours
PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan"  # planning a profile takes longer than reading it


class Database:
    """The one PostgreSQL of this process, with its pool of connections.

    url   postgresql://…, any PostgreSQL 15 or newer
    size  connections kept; as many again in bursts
    """

    def __init__(self, url: str, *, size: int = 10) -> None:
        self.url = url
        self._engine = _engine(url, size, UTC)
        self._reader = _engine(url, size, f"{UTC} {PLANNED_ONCE}", isolation_level="AUTOCOMMIT")
        self._mine = local()
        self._breaks = 0

    @contextmanager
    def begin(self) -> Iterator[Db]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises Unavailable when PostgreSQL is away; the next call tries a fresh connection.
        """
        with _telling_when_away(self._engine), self._engine.begin() as db, _dropping_what_broke(db):
            yield db

    @contextmanager
    def read(self) -> Iterator[Db]:
        """One look, without a transaction: for a single statement where two more round trips would tell.

        Each thread keeps its connection. Raises Unavailable as `begin` does.
        """
        with _telling_when_away(self._reader):
            db = self._kept()
            try:
                yield db
            except (psycopg.Error, DBAPIError) as e:
                self._forget(db, e)
                raise
            finally:
                if not db.closed and db.in_transaction():  # SQLAlchemy's word for it; PostgreSQL is in none
                    db.rollback()

    def _kept(self) -> Db:
        """This thread's connection for reading; a new one after PostgreSQL was away."""
        db: Db | None = getattr(self._mine, "db", None)
        if db is None or db.closed or getattr(self._mine, "since", None) != self._breaks:
            if db is not None:
                db.close()
            db = self._mine.db = self._reader.connect()
            self._mine.since = self._breaks
        return db

    def _forget(self, db: Db, e: Exception) -> None:
        if driver(db).broken or isinstance(e, psycopg.OperationalError):
            self._breaks += 1  # then the other threads' are broken too
            db.invalidate()
        self._mine.db = None
        db.close()

    def close(self) -> None:
        """Give every connection back."""
        self._breaks += 1
        self._engine.dispose()
        self._reader.dispose()


def driver(db: Db) -> psycopg.Connection[tuple[object, ...]]:
    """The psycopg connection under `db`, inside the same transaction, for COPY and hot prepared reads."""
    return cast("psycopg.Connection[tuple[object, ...]]", db.connection.driver_connection)


def _engine(url: str, size: int, options: str, **how: str) -> sa.Engine:
    return sa.create_engine(
        _with_driver(url),
        pool_size=size,
        max_overflow=size,
        pool_timeout=5,
        pool_pre_ping=False,
        connect_args={"connect_timeout": 5, "options": options, "prepare_threshold": 3},
        **how,
    )


@contextmanager
def _telling_when_away(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    except PoolTimeout as e:
        raise Unavailable("the database is too busy: try again in a moment") from e
    except DBAPIError as e:
        if e.connection_invalidated or isinstance(e, OperationalError):
            raise _away(e) from e
        raise
    except psycopg.OperationalError as e:  # raised by a driver-level call (COPY)
        engine.dispose()
        raise _away(e) from e


@contextmanager
def _dropping_what_broke(db: Db) -> Iterator[None]:
    """SQLAlchemy sees only faults of its own calls; a connection that broke in the driver's must not be kept."""
    try:
        yield
    except psycopg.OperationalError as e:
        if driver(db).broken:
            db.invalidate(e)
        raise


def _away(e: Exception) -> Unavailable:
    return Unavailable(f"the database does not answer or gave up ({str(e).splitlines()[0][:200]}): try again")


def _with_driver(url: str) -> str:
    return url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)
