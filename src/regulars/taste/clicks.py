"""Events out of files as they are found: tables with and without names, JSON Lines, JSON, Parquet; gzip or plain."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from regulars.kit.errors import Invalid
from regulars.taste.columns import FIELDS, Names, Row, missing, seconds, verb_of
from regulars.taste.described import lines_of
from regulars.taste.objects import START, json_rows, parquet_rows

SEPARATORS = "\t,;|"


def rows(path: Path, *, names: Names, nth: int = 1) -> Iterator[Row | None]:
    """What each row of a file says; None for one without a person, an item or a time.

    nth  which of several files this is: sessions without a name are called by it and their line
    Raises Invalid with the line.
    """
    if path.is_file() and _is_parquet(path):
        yield from parquet_rows(path, names=names)
        return
    lines = lines_of(path)
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith(("{", "[")):
        yield from json_rows(path, (first, lines), names=names, nth=nth)
    elif first:
        yield from _table(path, first, lines, names)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _table(path: Path, first: str, rest: Iterable[str], names: Names) -> Iterator[Row | None]:
    first, rest, separator = _parted(first, rest)
    number = 1
    try:
        head = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
        named = names.known(head)
        place = _placed(head, names) if named else _unnamed(head, names)
        for number, row in enumerate(
            csv.reader(rest if named else chain([first], rest), delimiter=separator), 1 + named
        ):
            if row:
                yield _row(row, place, len(head), number)
    except csv.Error as error:
        long = f"a field has more than {csv.field_size_limit():,} characters, or its quote is never closed"
        raise Invalid(f"{path}, after line {number}: {long if 'limit' in str(error) else error}") from error
    except ValueError as error:
        raise Invalid(f"{path}, line {number}: {error}") from error


def _parted(first: str, rest: Iterable[str]) -> tuple[str, Iterable[str], str]:
    """The lines and what stands between their fields: one letter, `::`, or blanks when there is nothing else."""
    separator = max(SEPARATORS, key=first.count)
    if first.count("::") > first.count(separator):
        return first.replace("::", "\t"), (line.replace("::", "\t") for line in rest), "\t"
    if separator not in first and " " in first.strip():
        return "\t".join(first.split()), ("\t".join(line.split()) for line in rest), "\t"
    return first, rest, separator


def _placed(head: Sequence[str], names: Names) -> Mapping[str, int]:
    place = {what: names.place(what, head) for what in FIELDS}
    if place["person"] < 0 or place["item"] < 0:
        raise _which(head)
    return place


def _unnamed(first: Sequence[str], names: Names) -> Mapping[str, int]:
    """Person, item, time and maybe verb; where a number like a rating stands before the time, the time is taken."""
    if len(first) < 2:
        raise _which(first)
    times = [at for at in range(2, len(first)) if _like_a_time(first[at])]
    time = times[0] if times else 2 if len(first) > 2 else -1
    place = {"person": 0, "item": 1, "time": time, "verb": 3 if time == 2 and len(first) > 3 else -1}
    place |= {what: names.place(what, first) for what in names.said}
    if place["time"] >= 0 and not missing(first[place["time"]]):
        try:
            seconds(first[place["time"]])
        except ValueError as error:
            raise _which(first) from error
    return place


def _which(head: Sequence[str]) -> ValueError:
    found = ", ".join(name[:40] for name in head[:12])
    return ValueError(
        f"which columns are the session (or person), item and time? Found {found}; "
        "say --map person=COLUMN item=COLUMN time=COLUMN"
    )


def _like_a_time(text: str) -> bool:
    try:
        return seconds(text) >= 1e8
    except ValueError:
        return False


def _row(row: Sequence[str], place: Mapping[str, int], width: int, number: int) -> Row | None:
    if len(row) <= max(place.values()):
        raise ValueError(f"has {len(row)} fields, the first line {width}")
    person, item = row[place["person"]].strip(), row[place["item"]].strip()
    said = row[place["time"]] if place["time"] >= 0 else str(START + number)
    if missing(person) or not item or missing(said):
        return None
    return person, item, seconds(said), verb_of(row[place["verb"]] if place["verb"] >= 0 else "")
