"""The real PostgreSQL for every test: one bundled server a run, a database cloned from a migrated template."""

import itertools
import os
import re
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import hypothesis
import psycopg
import pytest
from argon2 import PasswordHasher
from psycopg.conninfo import make_conninfo
from sqlalchemy import text

from regulars.store import Database, Db, bundled_url, migrate

hypothesis.settings.register_profile("ours", deadline=None)  # a busy machine is slow, not wrong
hypothesis.settings.load_profile("ours")

_HASHING = [import_module(f"regulars.team.{name}") for name in ("agents", "sessions")]
STRONG: PasswordHasher = _HASHING[0].HASHER
for _module in _HASHING:  # hundreds of tests make agents: their passwords get the same hash with less work
    _module.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # type: ignore[attr-defined]

os.environ["COLUMNS"] = "200"  # tables are as wide for the first test that imports a command as for the last
# Spark starts and compiles less, as for a few thousand rows it should.
os.environ.setdefault(
    "PYSPARK_SUBMIT_ARGS", "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' pyspark-shell"
)

TEMPLATE = "regulars_template"
_numbers = itertools.count()


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Call a case the same in every test process, whatever ids it was made with: they compare what they collected."""
    text = str(val) if isinstance(val, str | uuid.UUID) else ""
    return UUID.sub("uuid", text) if UUID.search(text) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have something long in them: no process should end long after the others."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the PostgreSQL of this run is: the bundled one, shared by all workers of the run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    url = bundled_url(shared / "var")
    _make_template(url)
    return url


@pytest.fixture(scope="session")
def worker_url(server_url: str) -> Iterator[str]:
    """A database of this worker alone."""
    with _cloned(server_url, f"worker_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def worker_database(worker_url: str) -> Iterator[Database]:
    """`worker_url`, connected."""
    database = Database(worker_url)
    yield database
    database.close()


@pytest.fixture
def db(worker_database: Database) -> Iterator[Db]:
    """An open transaction on the migrated schema, rolled back when the test ends."""
    with worker_database._engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """A fresh migrated database of this test's own, for what needs several connections."""
    with _cloned(server_url, f"test_{os.getpid()}_{next(_numbers)}") as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """`database_url`, connected."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def make_database(server_url: str) -> Iterator[Callable[[str], str]]:
    """Clone the migrated template under a name, for fixtures that live longer than one test; gives the URL."""
    made: list[str] = []

    def make(name: str) -> str:
        full = f"{name}_{os.getpid()}_{next(_numbers)}"
        _admin(server_url, f'create database "{full}" template {TEMPLATE}')
        made.append(full)
        return make_conninfo_url(server_url, full)

    yield make
    for name in made:
        _admin(server_url, f'drop database "{name}" with (force)')


class _cloned:
    def __init__(self, server_url: str, name: str) -> None:
        self.server_url, self.name = server_url, name

    def __enter__(self) -> str:
        _admin(self.server_url, f'create database "{self.name}" template {TEMPLATE}')
        return make_conninfo_url(self.server_url, self.name)

    def __exit__(self, *_: object) -> None:
        _admin(self.server_url, f'drop database "{self.name}" with (force)')


def make_conninfo_url(server_url: str, name: str) -> str:
    """`server_url` with another database name."""
    head, _, query = server_url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}?{query}"


def _make_template(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as pg:
        pg.execute("select pg_advisory_lock(1)")  # workers come here together: one makes it
        if pg.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchone():
            return
        for setting in ("fsync", "full_page_writes", "autovacuum"):  # a power cut during a test is no case of ours
            pg.execute(f"alter system set {setting} = off")
        pg.execute("select pg_reload_conf()")
        pg.execute(f"create database {TEMPLATE}_new")
        database = Database(make_conninfo_url(url, f"{TEMPLATE}_new"))
        migrate(database)
        with database.begin() as db:
            db.execute(text("analyze"))
        database.close()
        pg.execute(f"alter database {TEMPLATE}_new rename to {TEMPLATE}")


def _admin(url: str, statement: str) -> None:
    with psycopg.connect(make_conninfo(url), autocommit=True) as pg:
        pg.execute("select pg_advisory_lock(2)")  # a template may be cloned by one at a time
        pg.execute(statement)  # names are our own


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder for what the program keeps beside the database."""
    return tmp_path / "var"
