"""The shortest way to one row."""

import psycopg
import pytest

from regulars.store import Database, Db, ask

NUMBER = "select $1::bigint + 1"


def test_it_is_the_same_in_a_transaction_and_without(database: Database):
    for door in (database.begin, database.read, database.begin, database.read):
        with door() as db:
            assert ask(db, "number", NUMBER, [b"41"]) == [(42).to_bytes(8)]


def test_a_row_comes_in_binary(db: Db):
    assert ask(db, "number", NUMBER, [b"41"]) == [(42).to_bytes(8)]


def test_a_rollback_takes_nothing_away(database: Database):
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), database.begin() as db:
            assert ask(db, "number", NUMBER, [b"41"]) == [(42).to_bytes(8)]
            raise ZeroDivisionError


def test_no_row_is_none(db: Db):
    assert ask(db, "nothing", "select 1 where $1 = 'x'", [b"y"]) is None


def test_a_nul_is_refused_rather_than_taken_for_the_end(db: Db):
    with pytest.raises(psycopg.DataError):
        ask(db, "text", "select $1::text", [b"vera\0mallory"])


def test_what_postgresql_refuses_is_raised_as_the_driver_does(database: Database):
    with pytest.raises(psycopg.errors.SyntaxError), database.read() as db:
        ask(db, "wrong", "selec", [])
    with database.read() as db:
        assert ask(db, "number", NUMBER, [b"1"]) == [(2).to_bytes(8)]
