"""The run of an import: read, batch, write, count, show how far it is."""

import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from regulars.catalog import Rejected
from regulars.catalog.feeds import Opened
from regulars.kit.errors import Fault, Invalid, Unavailable
from regulars.main.imports.report import Counts, Rejects, Report, rejects_to
from regulars.main.imports.rows import WrongTable

Row = TypeVar("Row")
TRIES = 4


@dataclass(frozen=True, slots=True)
class Job(Generic[Row]):
    """What to import.

    rows   good rows and rejected ones, as they are read
    write  writes a batch in a transaction of its own; None for a dry run
    batch  rows a transaction
    """

    rows: Iterable[Row | Rejected]
    write: Callable[[Sequence[Row]], tuple[Counts, Sequence[Rejected]]] | None
    batch: int = 5_000


def run(job: Job[Row], report: Report, opened: Opened, rejects: Path) -> Report:
    """Import it all. What was written stays written when it breaks off; a rerun completes it.

    A file that breaks off is read as far as it goes, and counted, before its fault is raised.
    """
    start = time.monotonic()
    with rejects_to(rejects) as file, _bar(report.what, opened.size) as move:
        try:
            for batch, refused in _batches(job, report):
                _reject(refused, report, file)
                if batch and job.write:
                    counts, late = _persisted(job.write, batch)
                    _reject(late, report, file)
                    report.counts += counts
                else:
                    report.counts.new += len(batch)
                move(opened.done, f"{report.read:,} rows, {report.read / (time.monotonic() - start):,.0f} a second")
        except KeyboardInterrupt:
            Console(stderr=True).print(f"Stopped after {report.read:,} rows: run it again, and it is completed.")
            raise
        except WrongTable as e:
            raise Invalid(str(e)) from e
        except (Fault, OSError, EOFError, zlib.error):
            _ended(report, start, rejects)
            if report.read:
                Console().print(report.table())
            raise
    _ended(report, start, rejects)
    return report


def _ended(report: Report, start: float, rejects: Path) -> None:
    report.seconds = time.monotonic() - start
    report.rejects = rejects if report.rejected else None


def _batches(job: Job[Row], report: Report) -> Iterator[tuple[list[Row], list[Rejected]]]:
    good: list[Row] = []
    bad: list[Rejected] = []
    rows = iter(job.rows)
    while True:
        try:
            row = next(rows, None)
        except (Fault, OSError, EOFError, zlib.error):
            yield good, bad
            raise
        if row is None:
            break
        report.read += 1
        if isinstance(row, Rejected):
            bad.append(row)
        else:
            good.append(row)
        if len(good) + len(bad) >= job.batch:
            yield good, bad
            good, bad = [], []
    yield good, bad


def _persisted(
    write: Callable[[Sequence[Row]], tuple[Counts, Sequence[Rejected]]], batch: Sequence[Row]
) -> tuple[Counts, Sequence[Rejected]]:
    """Write a batch, again when the database was away for a moment: ids make sure that nothing counts twice."""
    for attempt in range(TRIES):
        try:
            return write(batch)
        except Unavailable:
            if attempt == TRIES - 1:
                raise
            time.sleep(0.5 * 2**attempt)
    raise AssertionError


def _reject(rows: Iterable[Rejected], report: Report, file: Rejects) -> None:
    for row in rows:
        report.reasons[row.reason] += 1
        file.add(row)


@contextmanager
def _bar(what: str, size: int) -> Iterator[Callable[[int, str], None]]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task: TaskID = progress.add_task(what, total=size, rate="")

        def move(done: int, rate: str) -> None:
            progress.update(task, completed=done, rate=rate)

        yield move
