"""What goes out by the door goes out once, can be undone while it waits, and is repeated only by hand."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from regulars import messages
from regulars.kit.errors import Conflict, NotFound
from regulars.messages import LedgerId, State
from tests.cast import MIA, NOW
from tests.messages.pigeons import Pigeon, sent


def clock():
    return NOW


def state(db, ledger):
    return messages.states(db, [ledger])[ledger].state


def jobs_waiting(db):
    return db.execute(sa.text("select count(*) from procrastinate_jobs where status = 'todo'")).scalar_one()


def test_a_message_waits_in_the_ledger_with_one_job(db):
    ledger = sent(db)
    assert state(db, ledger) is State.QUEUED
    assert jobs_waiting(db) == 1


def test_the_same_key_twice_is_one_row_and_one_job(db):
    assert sent(db) == sent(db)
    assert jobs_waiting(db) == 1


def test_chat_is_accepted_with_the_transaction_that_wrote_it(db):
    assert state(db, sent(db, channel="chat")) is State.ACCEPTED
    assert jobs_waiting(db) == 0


def test_what_still_waits_can_be_cancelled_and_then_stays_home(database):
    pigeon = Pigeon()
    with database.begin() as db:
        ledger = sent(db, not_before=NOW + timedelta(seconds=10))
        assert messages.cancel(db, ledger, now=NOW)
        assert not messages.cancel(db, ledger, now=NOW)
    assert messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock) == []
    assert pigeon.carried == []


def test_what_went_out_cannot_be_cancelled(database):
    with database.begin() as db:
        ledger = sent(db)
    messages.deliver(database, {"pigeon": Pigeon()}, ledger, clock=clock)
    with database.begin() as db:
        assert not messages.cancel(db, ledger, now=NOW)
        assert state(db, ledger) is State.ACCEPTED


def test_only_what_failed_or_is_unknown_can_be_sent_again(database):
    with database.begin() as db:
        ledger = sent(db)
        with pytest.raises(Conflict, match="queued"):
            messages.again(db, ledger, by=MIA.email, now=NOW)
        with pytest.raises(NotFound):
            messages.again(db, LedgerId(404), by=MIA.email, now=NOW)
    messages.deliver(database, {}, ledger, clock=clock)
    with database.begin() as db:
        messages.again(db, ledger, by=MIA.email, now=NOW)
    pigeon = Pigeon()
    messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock)
    assert len(pigeon.carried) == 1


def test_a_bounce_marks_what_was_accepted_as_failed_with_the_reason(database):
    with database.begin() as db:
        ledger = sent(db)
    messages.deliver(database, {"pigeon": Pigeon()}, ledger, clock=clock)
    with database.begin() as db:
        assert messages.bounced(db, f"<{ledger}@pigeon.test>", "550 no such person", now=NOW) == ledger
        assert messages.bounced(db, f"<{ledger}@pigeon.test>", "again", now=NOW) is None
        assert messages.bounced(db, "<somebody@else.test>", "550", now=NOW) is None
        assert messages.states(db, [ledger])[ledger].error == "550 no such person"
