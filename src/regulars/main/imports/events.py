"""Importing events."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from regulars import catalog, people
from regulars.catalog import Rejected
from regulars.catalog.feeds import Format, Record, opened, read_rows
from regulars.kit.clock import utc_now
from regulars.main.imports.happened import Happened
from regulars.main.imports.layout import Layout
from regulars.main.imports.online_retail import online_retail_reader
from regulars.main.imports.report import Counts, Report
from regulars.main.imports.rows import Read, row_reader
from regulars.main.imports.run import Job, run
from regulars.main.imports.segment import looks_like_segment, segment_calls, segment_writer
from regulars.people.model import Event
from regulars.store import Database, Db

READERS: Mapping[str, Callable[..., Read]] = {"rows": row_reader, "online-retail": online_retail_reader}


def import_events(
    path: Path, layout: Layout, *, format: Format, database: Database | None, rejects: Path, now: datetime
) -> Report:
    """Import events: a table by its layout, or calls in the form of /v1/batch, which are recognised by themselves.

    Without a database nothing is written. Raises Invalid when the file is unusable.
    """
    report = Report(f"Events from {path.name}", dry=database is None)
    with opened(path) as file:
        rows = iter(read_rows(file, format))
        first = next(rows, None)
        rows = chain([] if first is None else [first], rows)
        if layout.reads == "segment" or (layout == Layout() and is_call(first)):
            calls = segment_calls(rows, database, now=now)
            return run(Job(calls, segment_writer(database) if database else None, 2_500), report, file, rejects)
        read = READERS[layout.reads](layout, now=now)
        events = (row if isinstance(row, Rejected) else read(row) for row in rows)
        return run(Job(events, event_writer(database) if database else None), report, file, rejects)


def is_call(row: Record | Rejected | None) -> bool:
    """Whether a row is a call of the Segment spec."""
    return isinstance(row, Record) and looks_like_segment(row.values)


def event_writer(database: Database) -> Callable[[Sequence[Happened]], tuple[Counts, Sequence[Rejected]]]:
    """What writes a batch of events. While batches hold known events (a rerun), it asks first what is new."""
    again = True

    def write(batch: Sequence[Happened]) -> tuple[Counts, Sequence[Rejected]]:
        nonlocal again
        with database.begin() as db:
            known = people.recorded(db, [h.message_id for h in batch]) if again else frozenset[str]()
            counts = write_events(db, [h for h in batch if h.message_id not in known], now=utc_now())
        counts += Counts(known=sum(h.message_id in known for h in batch))
        again = counts.known > 0
        return counts, ()

    return write


def write_events(db: Db, batch: Sequence[Happened], *, now: datetime) -> Counts:
    """Write a batch."""
    if not batch:
        return Counts()
    nodes = people.resolve(db, {h.who for h in batch}, now=now)
    items = catalog.seen(db, [p for h in batch for p in h.products], now=now)
    recorded = people.record(
        db,
        [
            Event(
                h.message_id, nodes[h.who], h.type, h.name, h.at,
                h.verb, tuple(items[p.external_id] for p in h.products if p.external_id in items),
                properties=h.properties, context=h.context,
            )
            for h in batch
        ],
        now=now,
    )  # fmt: skip
    return Counts(new=recorded.new, known=recorded.known)
