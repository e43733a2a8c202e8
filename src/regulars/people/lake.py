"""History to the lake, exactly once, and back.

An event's row is written once and not touched again. What may change of it (whose it is, whether it may be learned
from) is written down anew with every export, and counts when reading: a merge or a "don't learn from this" needs no
rewriting. The rows of people who were erased are taken out of the files themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from regulars.kit.errors import Conflict, Invalid
from regulars.people.consents import refusers
from regulars.people.log import marked
from regulars.people.model import Log, Purpose
from regulars.people.store import lake as table
from regulars.people.store import nodes
from regulars.people.store.log import Place
from regulars.store import Database, Db
from regulars.store.lake import Lake, Manifest, Part, Table, arrow

IDS_AT_ONCE = 1_000_000
PEOPLE, UNLEARNED = "people", "unlearned"
Progress = Callable[[str, float], None]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: rows written, rows of erased people taken out, and the state the lake is in now."""

    written: int
    removed: int
    manifest: Manifest


def export_lake(
    database: Database, lake: Lake, *, origin: str, now: datetime, progress: Progress | None = None
) -> Exported:
    """Bring the lake up to date. Killed at any moment, it is as it was before; the next export does it all.

    origin  which installation this is: a lake holds the history of one
    Raises Conflict when another export runs, when the lake is another's, or newer than the database.
    """
    say = progress or (lambda _what, _done: None)
    with database.begin() as db:
        nodes.exclude(db)  # whoever records now is done: no event with a lower id comes later
        until = table.newest(db)
    with database.begin() as db:
        db.exec_driver_sql("set transaction isolation level repeatable read")
        if not table.lock(db):
            raise Conflict("another export to a lake is running: wait until it is done")
        before = _before(lake, origin, until)
        number = before.number + 1
        lake.clear(before)
        parts = [part for rows in _fresh(db, before.until, until, say) for part in _written(lake, rows, number)]
        say("what changed", 0.9)
        known, root = table.roots(db)
        held = table.unlearned(db, until)
        parts += _learned_again(db, lake, before, held, number)
        kept, removed = _without_erased(lake, before, (known, held), number)
        state = _state(db, lake, (known, root, held), number)
    manifest = Manifest(
        number=number, origin=origin, until=until, at=now, parts=(*kept, *parts), state=state,
        gone=before.gone + removed,
    )  # fmt: skip
    lake.commit(manifest)
    say("done", 1.0)
    return Exported(sum(part.rows for part in parts), removed, manifest)


def every(manifest: Manifest, most: int | None) -> int:
    """Every how manieth person is read, so that about `most` rows are."""
    return 1 if most is None else max(1, -(-manifest.rows // most))


def lake_log(lake: Lake, *, most: int | None = None) -> Log:
    """What `logs` reads from the database, from the lake: the same, as of its last export. Raises Invalid for none.

    most  rows, about: of a longer history, every k-th person's (see `every`)
    """
    manifest = exported(lake)
    step = every(manifest, most)
    state = lake.read(manifest.state[PEOPLE])
    held = unlearned(lake, manifest)
    read = [_counting(lake.read(part.path), state, held, step) for part in manifest.parts]
    rows = arrow().concat_tables([rows for rows, _ in read]) if read else table.fields().empty_table()
    root = np.concatenate([root for _, root in read]) if read else np.zeros(0, np.int64)
    ids, at = column(rows, "id"), column(rows, "at").astype(np.int64)
    order = np.lexsort((column(rows, "place"), ids, at, root))
    return Log(
        root[order],
        column(rows, "item")[order],
        column(rows, "verb")[order],
        at[order] // 1_000_000,
        marked(_places(rows), ids[order]) if len(ids) else {},
    )


def exported(lake: Lake) -> Manifest:
    """The newest state of a lake. Raises Invalid when nothing was exported there."""
    manifest = lake.manifest()
    if manifest is None:
        raise Invalid(f"there is no lake at {lake.url}: run `regulars lake export {lake.url}`")
    return manifest


def _counting(rows: Table, state: Table, held: Ids, step: int) -> tuple[Table, Ids]:
    """Of `rows` those that count, and whose they are."""
    root = roots_of(state, column(rows, "person"))
    keep = (root > 0) & ~np.isin(column(rows, "id"), held)
    if step > 1:
        keep &= (root * MIXING >> 16) % step == 0
    return rows.filter(arrow().array(keep)), root[keep]


MIXING = 40_503
"""Ids of people may have a pattern; multiplied and shifted they have none (Knuth, volume 3, 6.4)."""


def unlearned(lake: Lake, manifest: Manifest) -> Ids:
    """The events that must not be learned from."""
    return column(lake.read(manifest.state[UNLEARNED]), "id")


def roots_of(state: Table, people: Ids) -> Ids:
    """The person each node belongs to; 0 for one who was erased or refuses personalisation."""
    node, root = column(state, "person"), np.where(column(state, "refused"), 0, column(state, "root"))
    if not len(node):
        return np.zeros(len(people), np.int64)
    at = np.minimum(np.searchsorted(node, people), len(node) - 1)
    return np.where(node[at] == people, root[at], 0)


def column(rows: Table, name: str) -> "NDArray[Any]":
    """A column of numbers as an array."""
    found: NDArray[Any] = rows.column(name).to_numpy()
    return found


def _before(lake: Lake, origin: str, until: int) -> Manifest:
    found = lake.manifest()
    if found is None:
        return Manifest(number=0, origin=origin, until=0, at=datetime.min)  # noqa: DTZ901  never written
    if found.origin != origin:
        raise Conflict(f"the lake at {lake.url} is another installation's: export to an empty place")
    if found.until > until:
        raise Conflict(
            f"the lake at {lake.url} knows more than the database (restored from a backup?): export to an empty place"
        )
    return found


def _fresh(db: Db, after: int, until: int, say: Progress) -> Iterator[Table]:
    for start in range(after, until, IDS_AT_ONCE):
        say("events", 0.9 * (start - after) / max(until - after, 1))
        yield table.between(db, start, min(start + IDS_AT_ONCE, until))


def _written(lake: Lake, rows: Table, number: int) -> list[Part]:
    """`rows` by the month in which things happened, however late they came."""
    pa = arrow()
    if not rows.num_rows:
        return []
    months = column(rows, "at").astype("datetime64[M]")
    made = []
    for month in np.unique(months):
        here = rows.filter(pa.array(months == month))
        ids = column(here, "id")
        first, last = int(ids.min()), int(ids.max())
        path = f"events/month={month}/{first:012}-{last:012}-{number:06}.parquet"
        lake.write(path, here)
        made.append(Part(path, f"month={month}", len(ids), first, last))
    return made


def _learned_again(db: Db, lake: Lake, before: Manifest, held: Ids, number: int) -> list[Part]:
    """What might not be learned from when it was exported, and now may: its rows, where they are not there yet."""
    if not before.number:
        return []
    free = np.setdiff1d(unlearned(lake, before), held)
    for part in before.parts:
        if len(free) and ((free >= part.first) & (free <= part.last)).any():
            free = np.setdiff1d(free, column(lake.read(part.path, ["id"]), "id"))
    return _written(lake, table.these(db, free.tolist()), number) if len(free) else []


def _without_erased(lake: Lake, before: Manifest, now: tuple[Ids, Ids], number: int) -> tuple[list[Part], int]:
    """The parts there were, those that held rows of people who are gone written anew without them."""
    known, held = now
    if not before.number:
        return [], 0
    gone = np.setdiff1d(column(lake.read(before.state[PEOPLE]), "person"), known)
    if not len(gone):
        return list(before.parts), 0
    kept: list[Part] = []
    for part in before.parts:
        if np.isin(column(lake.read(part.path, ["person"]), "person"), gone).any():
            rows = lake.read(part.path)
            stays = ~np.isin(column(rows, "person"), gone) & ~np.isin(column(rows, "id"), held)
            kept += _written(lake, rows.filter(arrow().array(stays)), number)
        else:
            kept.append(part)
    return kept, sum(part.rows for part in before.parts) - sum(part.rows for part in kept)


def _state(db: Db, lake: Lake, now: tuple[Ids, Ids, Ids], number: int) -> dict[str, str]:
    pa = arrow()
    known, root, held = now
    refused = np.isin(root, np.array(refusers(db, Purpose.PERSONALISATION), np.int64))
    files = {name: f"state/{name}-{number:08}.parquet" for name in (PEOPLE, UNLEARNED)}
    lake.write(files[PEOPLE], pa.table({"person": known, "root": root, "refused": refused}))
    lake.write(files[UNLEARNED], pa.table({"id": held}))
    return files


def _places(rows: Table) -> Sequence[tuple[Place, Ids]]:
    """Each place events happened in, with the ids of those events."""
    names = ["city", "region", "language", "device"]
    found = rows.select(["id", *names]).group_by(names).aggregate([("id", "distinct")]).to_pylist()
    return [(cast(Place, tuple(one[name] for name in names)), np.array(one["id_distinct"], np.int64)) for one in found]
