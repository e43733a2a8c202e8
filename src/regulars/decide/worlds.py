"""The world of this process, kept up to date: whoever asks with newer counters gets a newer world."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from uuid import UUID

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from regulars import catalog, choices, taste
from regulars.catalog import Shelf
from regulars.decide import rerankers, store
from regulars.decide.live import Live
from regulars.decide.rules import rules
from regulars.decide.slots import slots
from regulars.decide.world import NO_COUNTS, World
from regulars.kit.clock import utc_now
from regulars.kit.errors import Fault, Invalid
from regulars.store import Database, Db

log = structlog.get_logger()
COUNT_DAYS = 30
FRESH_SECONDS = 15.0
"""How often what was recorded is read in the background."""
COUNT_AGAIN_SECONDS = 60.0
"""How old the counts may be that serve while there is no model."""


class Worlds:
    """Keeps the newest world. Threads share it; one at a time refreshes it, the others wait for what is newer.

    It reads through a connection of its own, so it sees what is committed and never waits for the requests' pool.

    var   where model files with a relative path are
    """

    def __init__(self, database: Database, var: Path = Path()) -> None:
        self._database, self._var = Database(database.url, size=1), var
        self._world: World | None = None
        self._lock = Lock()
        self._live, self._freshening, self._closing = Live(), Lock(), Event()
        self._background = Database(database.url, size=1)
        self._thread: Thread | None = None

    def ready(self, versions: Mapping[str, int], now: datetime) -> World | None:
        """The world at least as new as `versions`, when it is at hand; None when `current` would have to read it."""
        world = self._world
        return world if world is not None and _serves(world, versions, now) else None

    def current(self, versions: Mapping[str, int], now: datetime) -> World:
        """The world at least as new as `versions` (of a profile just read). Raises Unavailable without a database."""
        ready = self.ready(versions, now)
        if ready is not None:
            return ready
        with self._lock:
            world = self._world
            if world is None or not _serves(world, versions, now):
                with self._database.begin() as db:
                    self._world = world = self._live.again(read_world(db, now, before=world, var=self._var))
            return world

    def keep_fresh(self, every_seconds: float = FRESH_SECONDS) -> None:
        """Have what is recorded counted in the background from now on, until `close`."""
        if self._thread is None:
            self._thread = Thread(target=self._keep_on, args=(every_seconds,), name="keep-fresh", daemon=True)
            self._thread.start()

    def freshen(self, now: datetime) -> bool:
        """Read what was recorded since the last time, and let it count. Whether there was anything."""
        with self._freshening:
            world = self._world
            if world is None:
                return False
            with self._background.begin() as db:
                found = self._live.read(db, world, now)
            if found or self._live.behind(world):
                new = self._live.applied(world)
                with self._lock:
                    if self._world is world:  # else it is brought into the newer one next time
                        self._world = new
            return found

    def close(self) -> None:
        """Stop, and give the connection back."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(5)
        self._background.close()
        self._database.close()

    def _keep_on(self, every_seconds: float) -> None:
        while not self._closing.wait(every_seconds):
            try:
                self.freshen(utc_now())
            except Fault as fault:
                log.warning("what just happened waits for the database", why=fault.detail)
            except (psycopg.Error, SQLAlchemyError) as fault:
                log.warning("what just happened cannot be read", why=str(fault).splitlines()[0])


def read_world(db: Db, now: datetime, *, before: World | None = None, var: Path = Path()) -> World:
    """The world as it is, taking from `before` what did not change.

    Counters are read first: what changes while we read is read again next time, and never missed.
    """
    versions = store.versions(db)
    shelf = catalog.shelf(db, before.shelf if before else None, now=now)
    model_id, learned = _model(db, versions, before, var)
    extended = _with_new_items(learned, shelf, before)
    same = before is not None and before.versions.get("model") == versions.get("model")
    return World(
        shelf,
        slots(db),
        choices.definitions(db),
        rules=rules(db),
        model=extended,
        extended=extended,
        learned=learned,
        model_id=model_id,
        reranker=before.reranker if before is not None and same else rerankers.serving(db),
        counts=store.counts(db, since=now - timedelta(days=COUNT_DAYS)) if learned is None else NO_COUNTS,
        versions=versions,
        read_at=now.timestamp(),
    )


def _serves(world: World, versions: Mapping[str, int], now: datetime) -> bool:
    if any(number > world.versions.get(name, -1) for name, number in versions.items()):
        return False
    seconds = now.timestamp()
    return seconds < world.shelf.due and (world.model is not None or seconds < world.read_at + COUNT_AGAIN_SECONDS)


def _with_new_items(learned: taste.Model | None, shelf: Shelf, before: World | None) -> taste.Model | None:
    """The model that knows what came after it was learned, too, by what the new items say about themselves."""
    if learned is None:
        return None
    if before is not None and before.learned is learned and before.shelf is shelf:
        return before.extended
    return taste.extend(learned, shelf.items, shelf.n)


def _model(
    db: Db, versions: Mapping[str, int], before: World | None, var: Path
) -> tuple[UUID | None, taste.Model | None]:
    """The newest model that can be read. One that cannot is refused, for all to see; the one before it serves."""
    if before is not None and before.versions.get("model") == versions.get("model"):
        return before.model_id, before.learned
    for row in store.models(db):
        if row.serving_since is None or row.refused:
            continue
        if before is not None and row.id == before.model_id:
            return before.model_id, before.learned
        try:
            return row.id, _load(row, var)
        except Invalid as fault:
            log.error("model refused", model=str(row.id), why=fault.detail)
            store.refuse_model(db, row.id, fault.detail)
    return (before.model_id, before.learned) if before is not None else (None, None)


def _load(row: store.ModelRow, var: Path) -> taste.Model:
    model = taste.load(var / row.path)
    if model.digest != row.digest:
        raise Invalid(f"{row.path} is not the file that was learned: its digest is {model.digest}")
    return model
