"""Jobs: work to be done a little later, by any process, at least once (procrastinate, on the same PostgreSQL).

A job that was being done when its process died is done again: whatever reaches the world goes through the ledger
of `messages`, which does not.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from threading import Event, Thread
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from regulars.kit.errors import Fault
from regulars.kit.json import Json
from regulars.store.database import Database, Db

if TYPE_CHECKING:
    import procrastinate

Task = Callable[[Database, Mapping[str, Json], datetime], None]
"""What does a job: it opens its own transactions."""

QUEUE = "regulars"
_LATER = sa.text("""
    insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, scheduled_at)
    values (:queue, :task, :lock, :once, cast(:args as jsonb), :at)
    on conflict (queueing_lock) where status = 'todo' do nothing
    returning id
""")
_REVIVE = sa.text("""
    update procrastinate_jobs set status = 'todo', worker_id = null, queueing_lock = null
    where id in (
        select j.id from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id
        where j.status = 'doing' and j.queue_name = :queue
              and (w.id is null or w.last_heartbeat < now() - make_interval(secs => :stalled))
        for update of j skip locked)
    returning id, task_name
""")  # without its queueing lock: one of the same name may wait already, and then it is done twice
_log = logging.getLogger(__name__)


def later(
    db: Db, task: str, args: Mapping[str, Json], *,
    at: datetime | None = None, lock: str | None = None, once: str | None = None,
) -> int | None:  # fmt: skip
    """Queue a job in the caller's transaction: it exists when, and only when, that commits.

    task  its name, as the worker knows it ("messages.deliver")
    at    not before then
    lock  jobs of the same lock are done one after the other
    once  while a job of this name waits, another is not queued: then None is returned
    """
    told = {"queue": QUEUE, "task": task, "args": msgspec.json.encode(args).decode()}
    row = db.execute(_LATER, {**told, "lock": lock, "once": once, "at": at}).first()
    return row.id if row else None


class Worker:
    """Does jobs, in a thread of its own with some threads for the tasks.

    tasks      name → what does it
    periodic   name of a task → when to run it, as in crontab ("*/5 * * * *"); its job has no arguments
    at_once    jobs done at the same time
    stalled_seconds  a process that gave no sign for this long is dead, and its jobs are done again
    """

    def __init__(
        self, database: Database, tasks: Mapping[str, Task], *, clock: Callable[[], datetime],
        periodic: Mapping[str, str] | None = None, at_once: int = 4, stalled_seconds: float = 30,
    ) -> None:  # fmt: skip
        self._database, self._tasks, self._periodic = database, dict(tasks), dict(periodic or {})
        self._clock, self._at_once, self._stalled_seconds = clock, at_once, stalled_seconds
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: asyncio.Task[None] | None = None
        self._stopping = Event()

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread = Thread(target=self.run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, *, patience_seconds: float = 10) -> None:
        """Finish what is being done, take nothing new, and wait for that."""
        self._stopping.set()
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it closed meanwhile
                loop.call_soon_threadsafe(lambda: self._running and self._running.cancel())
        if self._thread is not None:
            self._thread.join(patience_seconds)

    def run(self) -> None:
        """Do jobs in this thread until `stop`. When PostgreSQL goes away, try again until it is back."""
        pause = 0.5
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work(until_empty=False))
            except asyncio.CancelledError:
                continue
            except Exception:  # whatever the queue's library raises while the database is away
                _log.exception("the worker stopped: it starts again in %s s", pause)
                self._stopping.wait(pause)
                pause = min(pause * 2, 30)

    def run_until_empty(self) -> None:
        """Do every job that may be done now, then return. For commands and tests."""
        asyncio.run(self._work(until_empty=True))

    async def _work(self, *, until_empty: bool) -> None:
        self._loop, self._running = asyncio.get_running_loop(), asyncio.current_task()
        queue = self._make_app()
        beat = min(self._stalled_seconds / 3, 10)
        async with queue.open_async():
            minding = asyncio.create_task(self._mind_the_dead())
            try:
                await queue.run_worker_async(
                    queues=[QUEUE], concurrency=self._at_once, wait=not until_empty, install_signal_handlers=False,
                    delete_jobs="successful", update_heartbeat_interval=beat, fetch_job_polling_interval=2,
                    stalled_worker_timeout=self._stalled_seconds,
                )  # fmt: skip
            finally:
                self._loop = None
                minding.cancel()

    def _make_app(self) -> "procrastinate.App":
        import procrastinate  # noqa: PLC0415  a quarter second that only workers need

        url = self._database.url
        queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=3))
        again = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=3)
        for name, task in self._tasks.items():
            queue.task(name=name, queue=QUEUE, retry=again)(self._doing(task))
        for name, cron in self._periodic.items():
            tick = queue.task(name=f"{name}@{cron}", queue=QUEUE)(self._doing(self._tasks[name]))
            queue.periodic(cron=cron, queueing_lock=f"periodic:{name}")(tick)
        return queue

    def _doing(self, task: Task) -> Callable[..., None]:
        def do(*_: int, **args: Json) -> None:  # periodic ones are called with the time they are for
            task(self._database, args, self._clock())

        return do

    async def _mind_the_dead(self) -> None:
        """Queue again what a process was doing when it died."""
        while True:
            try:
                await asyncio.to_thread(self._revive)
            except Fault as e:
                _log.warning("jobs of dead processes cannot be looked for: %s", e.detail)
            await asyncio.sleep(min(self._stalled_seconds / 2, 10))

    def _revive(self) -> None:
        with self._database.begin() as db:
            told = {"queue": QUEUE, "stalled": self._stalled_seconds}
            for job in db.execute(_REVIVE, told):
                _log.warning("job %s (%s) was left undone: it is done again", job.id, job.task_name)
