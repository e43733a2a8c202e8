"""Rows out of CSV, JSON Lines, JSON and Parquet: one record a row, or why it is none."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

import msgspec

from regulars.catalog.feeds.files import Opened, is_text, text
from regulars.catalog.model import Rejected
from regulars.kit.errors import Invalid
from regulars.kit.json import Json

LONGEST_LINE = 1_000_000
LONGEST_RAW = 2_000  # of a rejected row that is kept
LONGEST_ARRAY = 200_000_000
DELIMITERS = ",;\t|"
NO_PYARROW = "Parquet needs pyarrow: pip install 'regulars[parquet]', or save the file as CSV"


@dataclass(frozen=True, slots=True)
class Record:
    """A row.

    line   it begins on (1 = the first of the file; for Parquet the row)
    fixed  every row of the table has the same columns
    """

    line: int
    values: Mapping[str, Json]
    raw: str
    fixed: bool = True


def rejected(line: int, reason: str, raw: str) -> Rejected:
    """A row that cannot be used."""
    return Rejected(line, reason, raw[:LONGEST_RAW].rstrip("\r\n"))


class _Lines:
    """Lines one by one, remembering those the CSV reader took for its present row."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.number += 1
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """Read all lines of the present row but the first again: its quote was never closed."""
        back = self.taken[1:]
        self._again.extendleft(reversed(back))
        self.number -= len(back)
        del self.taken[1:]


def csv_rows(opened: Opened) -> Iterator[Record | Rejected]:
    """The rows of a CSV file whose first line names its columns; comma, semicolon, tab or bar between them.

    A quote that is never closed costs its own line only.
    """
    stream = text(opened.stream)
    lines = _Lines(stream)
    columns, delimiter = _header(lines)
    reader = csv.reader(lines, delimiter=delimiter)
    width = len(columns)
    while True:
        lines.taken.clear()
        line = lines.number + 1
        try:
            row = next(reader, None)
        except csv.Error as e:
            fault: str | None = _too_long(lines.taken) if "limit" in str(e) else f"no CSV: {e}"
            row = []
        else:
            fault = _row_fault(row, width, lines.taken) if row is not None else None
        if row is None:
            return
        if fault:
            if len(lines.taken) > 1:
                lines.give_back()
                reader = csv.reader(lines, delimiter=delimiter)
            yield rejected(line, fault, "".join(lines.taken))
        elif row:
            yield Record(line, dict(zip(columns, row, strict=True)), "".join(lines.taken))


def _too_long(taken: Sequence[str]) -> str:
    """Why a field does not end: its quote runs on over the lines, or it is just long."""
    if len(taken) > 1 or taken[0].count('"') % 2:
        return "a quote is opened and never closed"
    return f"a field is longer than {csv.field_size_limit():,} characters"


def _header(lines: _Lines) -> tuple[Sequence[str], str]:
    first = next(lines, "")
    delimiter = max(DELIMITERS, key=first.count)
    try:
        columns = [column.strip() for column in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error as e:
        raise Invalid(f"the first line should name the columns: {_too_long([first])}") from e
    if not any(columns) or not is_text(first):
        raise Invalid("the first line should name the columns, in UTF-8")
    twice = sorted({c for c in columns if c and columns.count(c) > 1})
    if twice:
        raise Invalid(f"two columns are called {twice[0]!r}: give each its own name")
    return columns, delimiter


def _row_fault(row: Sequence[str], width: int, taken: Sequence[str]) -> str | None:
    if row and len(row) != width:
        if len(taken) > 1:
            return "a quote is opened and never closed"
        return "fewer fields than columns" if len(row) < width else "more fields than columns"
    return None if all(map(is_text, taken)) else "is not UTF-8"


def json_rows(opened: Opened) -> Iterator[Record | Rejected]:
    """The rows of a JSON Lines file (an object a line), or of one JSON array of objects."""
    stream = text(opened.stream)
    decoder = msgspec.json.Decoder()
    line = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        line += 1
        if line == 1 and raw.lstrip().startswith("["):
            yield from _array(raw, stream)
            return
        if len(raw) > LONGEST_LINE:
            _skip_line(stream, raw)
            yield rejected(line, f"is longer than {LONGEST_LINE:,} characters", raw)
        elif raw.strip():
            yield _object(line, raw, decoder)


def _skip_line(stream: TextIO, part: str) -> None:
    while part and not part.endswith("\n"):
        part = stream.readline(LONGEST_LINE)


def _object(line: int, raw: str, decoder: "msgspec.json.Decoder[object]") -> Record | Rejected:
    if not is_text(raw):
        return rejected(line, "is not UTF-8", raw)
    try:
        value = decoder.decode(raw)
    except (msgspec.DecodeError, RecursionError) as e:
        return rejected(line, f"is not JSON: {e}", raw)
    if not isinstance(value, dict):
        return rejected(line, "is not a JSON object", raw)
    return Record(line, value, raw, fixed=False)


def _array(start: str, stream: TextIO) -> Iterator[Record | Rejected]:
    whole = start + stream.read(LONGEST_ARRAY)
    if stream.read(1):
        raise Invalid("the JSON array is too long to read at once: save it as JSON Lines, one object a line")
    try:
        objects = msgspec.json.decode(whole, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as e:
        raise Invalid(f"the file begins like a JSON array but is none: {e}") from e
    decoder = msgspec.json.Decoder()
    for number, one in enumerate(objects, 1):
        yield _object(number, bytes(one).decode(), decoder)


def parquet_rows(opened: Opened) -> Iterator[Record | Rejected]:
    """The rows of a Parquet file; a row's number stands for its line. Raises Invalid without pyarrow."""
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415  an extra of 60 MB that few need
    except ImportError as e:
        raise Invalid(NO_PYARROW) from e
    try:
        file = parquet.ParquetFile(opened.stream)
        line = 0
        for batch in file.iter_batches(batch_size=2_000):
            for values in batch.to_pylist():
                line += 1
                yield _parquet_row(line, values)
    except (ArrowException, OSError) as e:
        raise Invalid(f"this is no whole Parquet file: {str(e).splitlines()[0][:200]}") from e


def _parquet_row(line: int, values: Mapping[str, object]) -> Record | Rejected:
    try:
        raw = msgspec.json.encode(values)
    except (TypeError, ValueError, msgspec.MsgspecError) as e:
        return rejected(line, f"cannot be read: {e}", str(values))
    plain: dict[str, Json] = msgspec.json.decode(raw)
    return Record(line, plain, raw.decode())
