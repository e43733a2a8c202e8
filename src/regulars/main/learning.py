"""Learning, from the database to a model that serves."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import numpy as np

from regulars import decide, people, taste
from regulars.kit.ids import PersonId
from regulars.main.sources import FROM_HERE, Source
from regulars.people import Guess, Log
from regulars.store import Database, Db

Progress = Callable[[str, float], None]
"""Called with what is being done and how far it is, in [0, 1]."""

FOLDER = Path("models")
KEPT_FILES = 3
"""The model that serves and the ones before it stay on disk, to fall back on."""

MOST_GUESSED = 20_000
"""So many people, the most recently seen, have their guesses stored for audiences; everybody's are made when asked."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What came out: the model's id, its file, the report, and for how many people guesses were stored.

    `report.refused` says why it does not serve, when it does not: the one that served before then serves on.
    `order` is what the logged decisions say of an order learned from what people answered.
    """

    model: UUID
    path: Path
    report: taste.Report
    guessed: int
    order: decide.Judged


def learn(
    database: Database, var: Path, *, now: datetime, budget_seconds: float = 60.0, seed: int = 0,
    threads: int = 1, progress: Progress | None = None, source: Source = FROM_HERE,
) -> Learned:  # fmt: skip
    """Learn from everything that may be learned from, write the model file, and let it serve from the commit on,
    unless it answers the newest questions worse than the one that serves.

    Killed at any moment, the model that served before serves on: the file is renamed into place when it is whole, and
    the database names it in one transaction.
    """
    say = progress or (lambda _what, _done: None)
    say("reading history", 0.0)
    with database.begin() as db:
        log, stated = source.log(db), people.stated(db)
        world = decide.read_world(db, now, var=var)
    shelf, definitions = world.shelf, list(world.definitions.values())
    with source.counting(shelf.n) as engine:
        model, report = taste.learn(
            log, taste.content_of(shelf.items, shelf.n), budget_seconds=budget_seconds, seed=seed, now=now,
            progress=lambda what, done: say(what, 0.1 + 0.8 * done), threads=threads,
            priors=taste.learn_priors(log, shelf, definitions, stated), serving=world.learned, engine=engine,
        )  # fmt: skip
    path = FOLDER / f"{model.id}.taste"
    digest = taste.save(model, var / path)
    with database.begin() as db:
        decide.keep(db, model.id, path, digest=digest, report=report.as_json(), now=now, refused=report.refused)
    say("learning from answers", 0.88)
    with database.begin() as db:
        world = decide.read_world(db, now, before=world, var=var)
        order = decide.learn_order(db, world, now=now, seed=seed, threads=threads)
    say("guessing", 0.9)
    guessed = _guess(database, log, var=var, now=now)
    _tidy(database, var)
    say("done", 1.0)
    return Learned(model.id, var / path, report, guessed, order)


def _guess(database: Database, log: Log, *, var: Path, now: datetime) -> int:
    """Store what we guess about those seen last; how many there was a guess for."""
    made = 0
    with database.begin() as db:
        world = decide.read_world(db, now, var=var)
    for batch in _batches(_newest_people(log), 500):
        with database.begin() as db:
            found = {person: _guesses_of(db, person, world) for person in batch}
            people.save_guesses(db, found, now=now)
        made += sum(1 for one in found.values() if one)
    return made


def _guesses_of(db: Db, person: PersonId, world: decide.World) -> list[Guess]:
    return decide.guesses(people.profile_of(db, person), world, context=people.newest_context(db, person))


def _newest_people(log: Log) -> list[PersonId]:
    """The roots of those seen last, at most MOST_GUESSED."""
    last = np.flatnonzero(np.diff(log.people, append=-1))  # the log is sorted by person, then time
    order = np.argsort(-log.at[last], kind="stable")[:MOST_GUESSED]
    return [PersonId(int(root)) for root in log.people[last[order]]]


def _batches(them: Sequence[PersonId], size: int) -> Iterator[Sequence[PersonId]]:
    for start in range(0, len(them), size):
        yield them[start : start + size]


def _tidy(database: Database, var: Path) -> None:
    """Remove the files of models too old to fall back on."""
    with database.begin() as db:
        keep = {(var / row.path).name for row in decide.models(db, most=KEPT_FILES)}
    for file in (var / FOLDER).glob("*.taste"):
        if file.name not in keep:
            file.unlink(missing_ok=True)
