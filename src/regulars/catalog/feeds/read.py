"""From a file to items, whatever its format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from regulars.catalog.feeds.files import Opened
from regulars.catalog.feeds.items import to_item
from regulars.catalog.feeds.tables import Record, csv_rows, json_rows, parquet_rows, rejected
from regulars.catalog.feeds.xml import xml_items
from regulars.catalog.model import NewItem, Rejected
from regulars.kit.errors import Invalid


class Format(StrEnum):
    """How a file is written."""

    CSV = "csv"
    JSON = "json"  # JSON Lines, or one array
    PARQUET = "parquet"
    XML = "xml"  # Google product feed, RSS 2.0, Atom


ENDINGS: Mapping[str, Format] = {
    ".csv": Format.CSV, ".tsv": Format.CSV, ".txt": Format.CSV,
    ".json": Format.JSON, ".jsonl": Format.JSON, ".ndjson": Format.JSON,
    ".parquet": Format.PARQUET, ".pq": Format.PARQUET,
    ".xml": Format.XML, ".rss": Format.XML, ".atom": Format.XML,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feed:
    """How to read items from a file.

    columns   field → column, where a table calls them otherwise
    language  of texts that name none
    kind      of items that name none ("article" for RSS and Atom entries that are no products)
    now       decides whether a sale price with dates counts
    """

    format: Format
    columns: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    kind: str | None = None
    now: datetime | None = None


def format_of(path: Path) -> Format:
    """The format that the name of `path` tells. Raises Invalid with the endings we know."""
    endings = [s.lower() for s in path.suffixes if s.lower() != ".gz"]
    found = ENDINGS.get(endings[-1]) if endings else None
    if found is None:
        raise Invalid(f"{path.name} has no ending we know ({', '.join(ENDINGS)}): say it with --format")
    return found


def read_rows(opened: Opened, format: Format) -> Iterator[Record | Rejected]:
    """The rows of a table. Raises Invalid when it is none."""
    match format:
        case Format.CSV:
            return csv_rows(opened)
        case Format.JSON:
            return json_rows(opened)
        case Format.PARQUET:
            return parquet_rows(opened)
        case _:
            raise Invalid("XML is for catalogues: give events and people as CSV, JSON Lines or Parquet")


def read_items(opened: Opened, feed: Feed) -> Iterator[NewItem | Rejected]:
    """The items of a file, one by one, and the rows that are none. Raises Invalid when it cannot be read at all."""
    if feed.format is Format.XML:
        yield from xml_items(opened, language=feed.language, kind=feed.kind, now=feed.now)
        return
    for row in read_rows(opened, feed.format):
        yield row if isinstance(row, Rejected) else _item(row, feed)


def _item(row: Record, feed: Feed) -> NewItem | Rejected:
    try:
        return to_item(row.values, columns=feed.columns, language=feed.language, kind=feed.kind or "product")
    except Invalid as e:
        return rejected(row.line, e.detail, row.raw)
