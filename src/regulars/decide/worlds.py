"""The world of this process, kept up to date: whoever asks with newer counters gets a newer world."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from uuid import UUID

import structlog

from regulars import catalog, choices, taste
from regulars.catalog import Shelf
from regulars.decide import rerankers, store
from regulars.decide.rules import rules
from regulars.decide.slots import slots
from regulars.decide.world import NO_COUNTS, World
from regulars.kit.errors import Invalid
from regulars.store import Database, Db

log = structlog.get_logger()
COUNT_DAYS = 30
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
                    self._world = world = read_world(db, now, before=world, var=self._var)
            return world

    def close(self) -> None:
        """Give the connection back."""
        self._database.close()


def read_world(db: Db, now: datetime, *, before: World | None = None, var: Path = Path()) -> World:
    """The world as it is, taking from `before` what did not change.

    Counters are read first: what changes while we read is read again next time, and never missed.
    """
    versions = store.versions(db)
    shelf = catalog.shelf(db, before.shelf if before else None, now=now)
    model_id, learned = _model(db, versions, before, var)
    same = before is not None and before.versions.get("model") == versions.get("model")
    return World(
        shelf,
        slots(db),
        choices.definitions(db),
        rules=rules(db),
        model=_with_new_items(learned, shelf, before),
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
        return before.model
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
