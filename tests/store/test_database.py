"""One transaction at a time, and one look without."""

import psycopg
import pytest
import sqlalchemy as sa

from regulars.kit.errors import Unavailable
from regulars.store import Database, ask


def make(database: Database) -> None:
    with database.begin() as db:
        db.execute(sa.text("create table things (name text)"))


def names(database: Database) -> list[str]:
    with database.begin() as db:
        return list(db.execute(sa.text("select name from things")).scalars())


def test_what_raises_is_rolled_back(database: Database):
    make(database)
    with pytest.raises(ZeroDivisionError), database.begin() as db:
        db.execute(sa.text("insert into things values ('a')"))
        raise ZeroDivisionError
    assert names(database) == []


def test_a_look_sees_what_was_committed_a_moment_ago(database: Database):
    make(database)
    for n in range(3):
        with database.begin() as db:
            db.execute(sa.text("insert into things values ('a')"))
        with database.read() as db:
            assert ask(db, "count", "select count(*) from things", []) == [(n + 1).to_bytes(8)]
            assert db.execute(sa.text("select count(*) from things")).scalar_one() == n + 1


def test_nobody_home_is_told_as_unavailable():
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    for door in (database.begin, database.read):
        with pytest.raises(Unavailable), door() as db:
            db.execute(sa.text("select 1"))


@pytest.mark.parametrize("door", ["begin", "read"])
def test_a_connection_that_broke_is_replaced(database: Database, door: str):
    with getattr(database, door)() as db:
        mine = db.execute(sa.text("select pg_backend_pid()")).scalar_one()
    with psycopg.connect(database.url, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", [mine])
    with pytest.raises(Unavailable), getattr(database, door)() as db:
        ask(db, "one", "select 1", [])
    with getattr(database, door)() as db:
        assert ask(db, "one", "select 1", []) == [(1).to_bytes(4)]
