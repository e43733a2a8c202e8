"""A row is handed over at most once, whatever dies, and a temporary refusal is tried again."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from regulars import messages
from regulars.messages import Accepted, File, Outgoing, Parcel, Recipient, Refused, SentChanged, State, Unclear, verdict
from tests.cast import NOW
from tests.messages.pigeons import Pigeon, sent


def clock():
    return NOW


def new(database, **how):
    with database.begin() as db:
        return sent(db, **how)


def one(database, ledger):
    with database.begin() as db:
        return messages.states(db, [ledger])[ledger]


def test_it_is_claimed_under_its_name_and_then_accepted(database):
    ledger = new(database)
    news = messages.deliver(database, {"pigeon": Pigeon()}, ledger, clock=clock)
    assert news == [SentChanged(ledger, State.CLAIMED), SentChanged(ledger, State.ACCEPTED)]
    assert one(database, ledger).message_id == f"<{ledger}@pigeon.test>"


def test_the_carrier_gets_all_of_it(database):
    files = (File("a.txt", "text/plain", b"a\x00b"), File("cat.png", "image/png", b"png", "cat@1"))
    with database.begin() as db:
        ledger = messages.send(
            db, Outgoing("k", "pigeon", Recipient(None, "a@b.test", "A\x00"), {"x": ["\x00"]}, files=files), now=NOW
        )
    pigeon = Pigeon()
    messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock)
    (parcel,) = pigeon.carried
    assert parcel.files == files
    assert parcel.to == Recipient(None, "a@b.test", "A\ufffd")
    assert parcel.payload == {"x": ["\ufffd"]}


def test_delivering_twice_hands_over_once(database):
    ledger, pigeon = new(database), Pigeon()
    for _ in range(3):
        messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock)
    assert len(pigeon.carried) == 1


def test_a_temporary_refusal_waits_and_is_tried_again_until_patience_ends(database):
    ledger = new(database)
    pigeon = Pigeon(*[Refused("451 later")] * 10)
    for _ in range(9):
        messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock)
        assert one(database, ledger).state is State.QUEUED
        assert one(database, ledger).error == "451 later"
    messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock)
    assert one(database, ledger).state is State.FAILED


def test_a_permanent_refusal_fails_at_once_with_its_words(database):
    ledger = new(database)
    messages.deliver(database, {"pigeon": Pigeon(Refused("550 nobody", permanent=True))}, ledger, clock=clock)
    assert (one(database, ledger).state, one(database, ledger).error) == (State.FAILED, "550 nobody")


def test_a_connection_lost_at_the_last_byte_is_unknown_and_stays_so(database):
    ledger, pigeon = new(database), Pigeon(Unclear("connection lost after the last byte"))
    messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock)
    messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock)
    assert one(database, ledger).state is State.UNKNOWN
    assert len(pigeon.carried) == 1


def test_a_channel_that_is_not_set_up_fails_saying_so(database):
    ledger = new(database, channel="telegraph")
    messages.deliver(database, {}, ledger, clock=clock)
    assert "'telegraph'" in (one(database, ledger).error or "")


DIES = """
import os, sys
from datetime import UTC, datetime
from regulars import messages
from regulars.store import Database
class Dies:
    def name(self, parcel): return None
    def hand_over(self, parcel): os.kill(os.getpid(), 9)
messages.deliver(Database(sys.argv[1]), {"pigeon": Dies()}, int(sys.argv[2]), clock=lambda: datetime.now(UTC))
"""


def killed_while_handing_over(database_url, ledger):
    died = subprocess.run([sys.executable, "-c", DIES, database_url, str(ledger)], env=os.environ, check=False)
    assert died.returncode == -9


def test_a_row_whose_process_died_becomes_unknown_when_swept(database, database_url):
    ledger = new(database)
    killed_while_handing_over(database_url, ledger)
    assert one(database, ledger).state is State.CLAIMED
    assert messages.sweep(database, now=NOW) == [SentChanged(ledger, State.UNKNOWN)]
    assert messages.sweep(database, now=NOW) == []


def test_a_row_whose_process_died_becomes_unknown_when_its_job_runs_again(database, database_url):
    ledger, pigeon = new(database), Pigeon()
    killed_while_handing_over(database_url, ledger)
    assert messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock) == [SentChanged(ledger, State.UNKNOWN)]
    assert pigeon.carried == []


class Slow:
    """A carrier in the middle of handing over."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def name(self, parcel: Parcel) -> None:
        return None

    def hand_over(self, parcel: Parcel) -> Accepted:
        self.reached.set()
        assert self.go_on.wait(20)
        return Accepted()


def test_a_row_that_is_being_handed_over_is_nobody_elses(database):
    ledger, slow, pigeon = new(database), Slow(), Pigeon()
    busy = threading.Thread(target=messages.deliver, args=(database, {"pigeon": slow}, ledger), kwargs={"clock": clock})
    busy.start()
    assert slow.reached.wait(20)
    assert messages.deliver(database, {"pigeon": pigeon}, ledger, clock=clock) == []
    assert messages.sweep(database, now=NOW + timedelta(days=1)) == []
    slow.go_on.set()
    busy.join(20)
    assert one(database, ledger).state is State.ACCEPTED
    assert pigeon.carried == []


@given(tries=st.integers(1, 30), permanent=st.booleans())
def test_whoever_is_refused_either_waits_into_the_future_or_has_failed(tries, permanent):
    state, error, again_at = verdict(Refused("no", permanent), tries, NOW)
    assert error == "no"
    assert (state is State.QUEUED) == (again_at is not None and again_at > NOW)
    assert state in {State.QUEUED, State.FAILED}
    assert not (permanent and state is State.QUEUED)
