"""Importing what is offered."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from regulars import catalog
from regulars.catalog import NewItem, Rejected
from regulars.catalog.feeds import Feed, opened, read_items
from regulars.kit.clock import utc_now
from regulars.main.imports.report import Counts, Report
from regulars.main.imports.run import Job, run
from regulars.store import Database


def import_items(
    path: Path, feed: Feed, *, database: Database | None, rejects: Path, withdraw_missing: bool = False
) -> Report:
    """Import a catalogue; without a database nothing is written.

    withdraw_missing  given items of the kinds in the file that are not in it leave the list; never after a file
                      with rejected rows, for those may be among them
    Raises Invalid when the file is unusable.
    """
    report = Report(f"Items from {path.name}", known_word="the same as before", dry=database is None)
    seen: dict[str, str] = {}
    with opened(path) as file:
        run(Job(_noted(read_items(file, feed), seen), _writer(database), 2_500), report, file, rejects)
    if withdraw_missing and database and seen:
        report.notes.append(_withdrawn(database, seen, report))
    return report


def _noted(rows: Iterable[NewItem | Rejected], seen: dict[str, str]) -> Iterator[NewItem | Rejected]:
    for row in rows:
        if isinstance(row, NewItem):
            seen[row.external_id] = row.kind
        yield row


def _writer(database: Database | None) -> Callable[[Sequence[NewItem]], tuple[Counts, Sequence[Rejected]]] | None:
    if database is None:
        return None

    def write(batch: Sequence[NewItem]) -> tuple[Counts, Sequence[Rejected]]:
        with database.begin() as db:
            done = catalog.upsert(db, batch, now=utc_now())
        doubles = len(batch) - done.new - done.changed - done.same
        return Counts(done.new, done.changed, done.same + doubles), ()

    return write


def _withdrawn(database: Database, seen: dict[str, str], report: Report) -> str:
    if report.rejected:
        return (
            "Nothing was withdrawn: rows were rejected, and their items may still be offered. Correct them and rerun."
        )
    with database.begin() as db:
        gone = catalog.withdraw_others(db, seen, kinds=set(seen.values()), now=utc_now())
    return f"{gone:,} items that are not in this file left the list."
