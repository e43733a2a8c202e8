"""Events out of JSON Lines, JSON and Parquet: objects with a person and an item, or sessions with a list of items."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from regulars.kit.errors import Invalid
from regulars.taste.columns import FIELDS, Names, Row, missing, seconds, tidy, verb_of

START = 1_600_000_000
"""Where a file has no times, its first event is said to have happened here."""

LISTS = ("items", "events", "clicks", "item_ids", "sequence", "history")
TIMES = ("times", "timestamps")
NO_PYARROW = "Parquet needs pyarrow: pip install 'regulars[parquet]', or save the file as CSV"


def json_rows(path: Path, lines: tuple[str, Iterable[str]], *, names: Names, nth: int) -> Iterator[Row | None]:
    """What the lines say (the first, and the rest): each a list of items, a session with such a list, or an event.

    One array of sessions or events, on one line or many, is the same.
    """
    first, rest = lines
    given: Iterable[tuple[int, str]] = enumerate(chain([first], rest), 1)
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        given = [(1, first + "".join(rest))]  # one value over several lines
    number = 1
    try:
        for number, line in given:
            if line.strip():
                for name, said in _each(json.loads(line), f"file {nth} line {number}", names):
                    yield from _said(said, name, names)
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid(f"{path}, line {number}: {error}") from error


def _each(said: object, name: str, names: Names) -> Iterator[tuple[str, object]]:
    """The sessions and events of one line."""
    if not isinstance(said, list) or not said:
        yield name, said
    elif all(isinstance(one, list) for one in said) or all(_whole(one, names) for one in said):
        yield from ((f"{name} place {place}", one) for place, one in enumerate(said, 1))
    else:
        yield name, said


def _whole(said: object, names: Names) -> bool:
    """Whether an object says whose it is, or is a session."""
    return isinstance(said, dict) and (_find(said, "person", names) is not None or _list(said, names) is not None)


def _said(said: object, name: str, names: Names) -> Iterator[Row | None]:
    if isinstance(said, dict):
        yield from _object(said, name, names)
    elif isinstance(said, list):
        yield from _session(said, name, (None, None), names)
    else:
        raise ValueError(f"is neither an object nor a list: {said!r:.60}")


def _object(said: Mapping[str, object], name: str, names: Names) -> Iterator[Row | None]:
    those, person, time = _list(said, names), _find(said, "person", names), _find(said, "time", names)
    if those is not None:
        listed = next((said[key] for key in TIMES if isinstance(said.get(key), list)), time)
        whose = name if person is None or isinstance(person, list | dict) else str(person)
        yield from _session(those, whose, (time, listed), names)
        return
    if not (_has(said, "item", names) and _has(said, "person", names)):
        found = ", ".join(said)
        raise ValueError(f"names no session (or person) and item; found {found}: say --map person=NAME item=NAME")
    yield _event(person, _find(said, "item", names), START if time is None else time, _find(said, "verb", names))


def _session(those: Sequence[object], whose: str, times: tuple[object, object], names: Names) -> Iterator[Row | None]:
    """Items in order; each by itself, or an object with its time. times: of the session, and of each item."""
    begun, listed = times
    start = START if begun is None or isinstance(begun, list) else seconds(str(begun))
    for place, one in enumerate(those):
        at: object = listed[place] if isinstance(listed, list) and len(listed) == len(those) else start + place
        if isinstance(one, Mapping):
            if not _has(one, "item", names):
                raise ValueError(f"an event names no item; found {', '.join(one)}")
            time = _find(one, "time", names)
            yield _event(whose, _find(one, "item", names), at if time is None else time, _find(one, "verb", names))
        else:
            yield _event(whose, one, at, None)


def _event(person: object, item: object, time: object, verb: object) -> Row | None:
    for one in (person, item):
        if isinstance(one, list | dict | bool):
            raise ValueError(f"a person or item should be a text or a number: {one!r:.60}")
    who, what = ("" if one is None else str(one).strip() for one in (person, item))
    if missing(who) or not what or missing(str(time)):
        return None
    return who, what, seconds(str(time)), verb_of(str(verb))


def _list(said: Mapping[str, object], names: Names) -> Sequence[object] | None:
    """The items of a session: under one of the usual names, else the only list of something that is no event."""
    lists = {tidy(key): value for key, value in said.items() if isinstance(value, list) and key not in TIMES}
    only = next(iter(lists.values())) if len(lists) == 1 and not _has(said, "item", names) else None
    return next((lists[key] for key in LISTS if key in lists), only)


def _key(said: Mapping[str, object], what: str, names: Names) -> str | None:
    if what in names.said:
        return names.said[what] if names.said[what] in said else None
    keys = {tidy(key): key for key in said}
    return next((keys[name] for name in names.usual(what) if name in keys), None)


def _has(said: Mapping[str, object], what: str, names: Names) -> bool:
    return _key(said, what, names) is not None


def _find(said: Mapping[str, object], what: str, names: Names) -> object:
    key = _key(said, what, names)
    return None if key is None else said[key]


def parquet_rows(path: Path, *, names: Names) -> Iterator[Row | None]:
    """What the rows of a Parquet file say. Raises Invalid, also without pyarrow."""
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415  an extra of 60 MB that few need
    except ImportError as error:
        raise Invalid(NO_PYARROW) from error
    row = 0
    try:
        file = parquet.ParquetFile(path)
        columns = [c for c in file.schema_arrow.names if _wanted(c, names)] or None
        for batch in file.iter_batches(batch_size=10_000, columns=columns):
            for said in batch.to_pylist():
                row += 1
                yield from _said(said, f"row {row}", names)
    except (ArrowException, OSError) as error:
        raise Invalid(f"{path}: this is no whole Parquet file: {str(error).splitlines()[0][:200]}") from error
    except ValueError as error:
        raise Invalid(f"{path}, row {row}: {error}") from error


def _wanted(column: str, names: Names) -> bool:
    usual = any(tidy(column) in names.usual(what) for what in FIELDS)
    return usual or column in names.said.values() or tidy(column) in (*LISTS, *TIMES)
