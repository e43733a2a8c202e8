"""Events in the form of /v1/batch, a call a line (or a whole batch a line), through the same door as HTTP."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from regulars.catalog import Rejected
from regulars.catalog.feeds import Record, rejected
from regulars.kit.clock import utc_now
from regulars.kit.errors import Fault
from regulars.kit.events import Bus
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.main.imports.happened import MessageIds
from regulars.main.imports.report import Counts
from regulars.store import Database
from regulars.team import ApiKey, KeyKind
from regulars.web.auth import Caller
from regulars.web.edge import Edge, Work
from regulars.web.ingest import write
from regulars.web.ingest_read import Reader, Sent
from regulars.web.settings import WebSettings

NO_DATABASE = "postgresql://nowhere"  # a dry run never connects
CALLS = frozenset({"track", "page", "screen", "identify", "group", "alias"})


@dataclass(frozen=True, slots=True)
class Called:
    """One call of a file, understood but not yet written."""

    row: Record
    sent: Sent


def looks_like_segment(values: Mapping[str, Json]) -> bool:
    """Whether a row of JSON is a call of the Segment spec."""
    return "batch" in values or values.get("type") in CALLS


def segment_calls(
    rows: Iterable[Record | Rejected], database: Database | None, *, now: datetime
) -> Iterator[Called | Rejected]:
    """The calls of a file. One without a messageId gets an id made from what it says."""
    edge = Edge(WebSettings(Path()), database or Database(NO_DATABASE), Bus())
    reader, ids = Reader(edge, _company(now), now), MessageIds()
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            continue
        calls = row.values.get("batch")
        for values in calls if isinstance(calls, list) else [row.values]:
            yield _called(row, values, reader, ids)


def _company(now: datetime) -> Caller:
    """Whoever runs the command line speaks for the company: what a file says of a person is proven."""
    return Caller(ApiKey(new_id(), KeyKind.SERVER, "import", "", (), now))


def _called(row: Record, values: Json, reader: Reader, ids: MessageIds) -> Called | Rejected:
    raw = msgspec.json.encode(values)
    try:
        if isinstance(values, dict) and not values.get("messageId"):
            raw = msgspec.json.encode({**values, "messageId": ids.of(raw.decode())})
        return Called(row, reader.read(raw))
    except Fault as e:
        return rejected(row.line, e.detail, row.raw)


def segment_writer(database: Database) -> Callable[[Sequence[Called]], tuple[Counts, Sequence[Rejected]]]:
    """What writes a batch of them."""

    def write_calls(batch: Sequence[Called]) -> tuple[Counts, Sequence[Rejected]]:
        with database.begin() as db:
            done = write(Work(db, utc_now()), [one.sent for one in batch])
        late = [rejected(batch[i].row.line, c.detail, batch[i].row.raw) for i, c in done.conflicts.items()]
        return Counts(new=done.recorded.new, known=done.recorded.known), late

    return write_calls
