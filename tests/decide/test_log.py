"""The log of decisions: complete, in batches, never in the way."""

import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from regulars import people
from regulars.decide import Asked, DecisionLog, decide, find, recent
from regulars.decide.log import write
from regulars.kit.errors import NotFound
from regulars.kit.ids import DecisionId, ItemId, PersonId
from regulars.people.model import Verb
from tests.cast import NOW
from tests.decide.shop import person, slot, world

VERA = person((Verb.BOUGHT, "falafel-wrap"), chose={"diet": ["vegan"]})


def made(number=1, **changes):
    asked = Asked("home.for-you", VERA, {"city": "Utrecht"}, 4, frozenset({ItemId(3)}))
    decision = decide(asked, world(slot(explore=0.3)), now=NOW, id=DecisionId(UUID(int=number)))
    return replace(decision, **changes)


def with_people(db):
    """The two people decided for, without whom nothing about them is kept."""
    rows = "insert into persons (id, root_id, created_at) overriding system value values (1, 1, now()), (2, 2, now())"
    db.execute(text(f"{rows} on conflict do nothing"))


@pytest.fixture
def db(db):
    with_people(db)
    return db


@pytest.fixture
def database(database):
    with database.begin() as db:
        with_people(db)
    return database


@pytest.fixture
def log(database):
    kept = DecisionLog(database, batch_seconds=0.01)
    yield kept
    kept.close()


def test_a_decision_is_read_back_as_it_was_made(db):
    decision = made()
    write(db, [decision])
    back = find(db, decision.id)
    assert [c.item for c in back.items] == [c.item for c in decision.items]
    assert [c.reason.text for c in back.items] == [c.reason.text for c in decision.items]
    assert [c.propensity for c in back.items] == pytest.approx([c.propensity for c in decision.items])
    assert replace(back, items=(), title="") == replace(decision, items=(), title="")


def test_an_unknown_decision_is_not_found(db):
    with pytest.raises(NotFound):
        find(db, DecisionId(UUID(int=99)))


def test_the_last_decisions_come_newest_first(db):
    write(db, [made(i, at=NOW + timedelta(minutes=i)) for i in range(1, 5)])
    write(db, [made(9, person=PersonId(2))])
    found = recent(db, [PersonId(1)], most=2)
    assert [d.id.int for d in found] == [4, 3]
    older = recent(db, [PersonId(1)], before=found[-1].at, most=2)
    assert [d.id.int for d in older] == [2, 1]


def test_what_was_added_is_durable_after_a_flush(log, database):
    for number in range(1, 301):
        log.add(made(number))
    assert log.flush()
    assert (log.written, log.dropped, len(log)) == (300, 0, 0)
    with database.begin() as db:
        assert db.execute(text("select count(*) from decisions")).scalar_one() == 300


def test_what_postgresql_cannot_hold_is_replaced(db):
    write(db, [made(1, context={"nul": "a\x00b", "lone": "\ud800", "in": [{"a\x00": 1}]})])
    assert find(db, DecisionId(UUID(int=1))).context == {"nul": "a�b", "lone": "�", "in": [{"a�": 1}]}


def test_nothing_is_kept_of_who_was_erased_while_it_waited(log, database):
    with database.begin() as db:
        people.erase(db, PersonId(2))
    log.add(made(1, person=PersonId(2)))
    log.add(made(2, person=None))
    assert log.flush()
    with database.begin() as db:
        assert db.execute(text("select id from decisions")).scalars().all() == [UUID(int=2)]


def test_closing_writes_what_waits(database):
    log = DecisionLog(database, batch_seconds=0.5)
    log.add(made())
    log.close()
    with database.begin() as db:
        assert find(db, DecisionId(UUID(int=1)))


def test_adding_never_waits(log):
    one = made()
    started = time.perf_counter()
    for _ in range(1000):
        log.add(one)
    assert time.perf_counter() - started < 0.5


def test_one_decision_that_cannot_be_kept_costs_no_other(log):
    log.add(made(1))
    log.add(made(2, slot="a\x00b"))
    log.add(made(3))
    log.add(made(3))  # known already
    assert log.flush()
    assert (log.written, log.dropped) == (2, 2)


def test_above_the_bound_decisions_are_dropped_and_counted(database):
    log = DecisionLog(database, batch_seconds=1.0, most=5)
    for number in range(1, 20):
        log.add(made(number))
    assert log.dropped >= 10
    assert len(log) <= 7
    log.close()


def test_a_database_that_comes_back_gets_everything(database, database_url):
    log = DecisionLog(database, batch_seconds=0.01)
    log.add(made(1))
    log.flush()
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid()"
        )
    for number in range(2, 50):
        log.add(made(number))
    assert log.flush(10)
    assert (log.written, log.dropped) == (49, 0)
    log.close()
