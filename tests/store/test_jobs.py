"""Jobs are queued with the caller's transaction, done by a worker, and done again when the worker died."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from regulars.kit.json import Json
from regulars.store import Database, Db, jobs


class Noting:
    """A task that remembers what it was told."""

    def __init__(self) -> None:
        self.done: list[Mapping[str, Json]] = []

    def __call__(self, _database: Database, args: Mapping[str, Json], _now: datetime) -> None:
        self.done.append(args)


def clock() -> datetime:
    return datetime.now(UTC)


def waiting(db: Db) -> int:
    return int(db.execute(sa.text("select count(*) from procrastinate_jobs where status = 'todo'")).scalar_one())


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_a_job_is_done_once_with_what_it_was_told(database):
    noting = Noting()
    with database.begin() as db:
        jobs.later(db, "note", {"n": 1, "words": ["á", None]})
    jobs.Worker(database, {"note": noting}, clock=clock).run_until_empty()
    jobs.Worker(database, {"note": noting}, clock=clock).run_until_empty()
    assert noting.done == [{"n": 1, "words": ["á", None]}]


def test_a_job_vanishes_with_the_transaction_that_queued_it(database):
    try:
        with database.begin() as db:
            jobs.later(db, "note", {})
            raise RuntimeError
    except RuntimeError:
        pass
    with database.begin() as db:
        assert waiting(db) == 0


def test_a_job_that_waits_is_not_queued_twice(db):
    assert jobs.later(db, "note", {"n": 1}, once="the one") is not None
    assert jobs.later(db, "note", {"n": 2}, once="the one") is None
    assert jobs.later(db, "note", {"n": 3}, once="another") is not None
    assert waiting(db) == 2


def test_a_job_for_later_waits(database):
    noting = Noting()
    with database.begin() as db:
        jobs.later(db, "note", {"when": "later"}, at=clock() + timedelta(hours=1))
        jobs.later(db, "note", {"when": "now"}, at=clock() - timedelta(seconds=1))
    jobs.Worker(database, {"note": noting}, clock=clock).run_until_empty()
    assert noting.done == [{"when": "now"}]


def test_a_worker_hears_of_a_job_at_once_and_stops_when_told(database):
    noting = Noting()
    worker = jobs.Worker(database, {"note": noting}, clock=clock)
    worker.start()
    with database.begin() as db:
        jobs.later(db, "note", {"n": 1})
    assert until(lambda: len(noting.done) == 1)
    worker.stop()
    assert worker._thread is not None and not worker._thread.is_alive()


def test_a_job_that_failed_is_tried_again_later(database):
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    with database.begin() as db:
        jobs.later(db, "fail", {})
    jobs.Worker(database, {"fail": fail}, clock=clock).run_until_empty()
    with database.begin() as db:
        asked = sa.text("select status, attempts, scheduled_at > now() as later from procrastinate_jobs")
        row = db.execute(asked).one()
    assert (row.status, row.attempts, row.later) == ("todo", 1, True)


DIES = """
import os, sys
from datetime import UTC, datetime
from regulars.store import Database, jobs
def die(*_):
    os.kill(os.getpid(), 9)
jobs.Worker(Database(sys.argv[1]), {"note": die}, clock=lambda: datetime.now(UTC), stalled_seconds=1).run_until_empty()
"""


def test_the_job_of_a_killed_worker_is_done_by_another(database, database_url):
    with database.begin() as db:
        jobs.later(db, "note", {"n": 1})
    died = subprocess.run([sys.executable, "-c", DIES, database_url], env=os.environ, check=False)
    assert died.returncode == -9
    noting = Noting()
    worker = jobs.Worker(database, {"note": noting}, clock=clock, stalled_seconds=1)
    worker.start()
    assert until(lambda: noting.done == [{"n": 1}])
    worker.stop()


def test_the_job_of_a_killed_worker_is_done_beside_one_that_waits_under_its_name(database, database_url):
    with database.begin() as db:
        jobs.later(db, "note", {"n": 1}, once="note")
    died = subprocess.run([sys.executable, "-c", DIES, database_url], env=os.environ, check=False)
    assert died.returncode == -9
    with database.begin() as db:
        jobs.later(db, "note", {"n": 2}, once="note", at=clock() + timedelta(hours=1))
        db.execute(sa.text("delete from procrastinate_workers"))  # somebody noticed before us that it is dead
    noting = Noting()
    worker = jobs.Worker(database, {"note": noting}, clock=clock, stalled_seconds=1)
    worker.start()
    assert until(lambda: noting.done == [{"n": 1}])
    worker.stop()
