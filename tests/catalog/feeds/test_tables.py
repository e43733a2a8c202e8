"""Rows out of tables, and what becomes of the dirty ones."""

import gzip
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.catalog import Rejected
from regulars.catalog.feeds import Format, Record, opened, read_rows
from regulars.kit.errors import Invalid, NotFound

pyarrow = pytest.importorskip("pyarrow")


def read(path: Path, format: Format = Format.CSV) -> list[Record | Rejected]:
    with opened(path) as file:
        return list(read_rows(file, format))


def table(tmp_path: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(rows: list[Record | Rejected]) -> list[tuple[int, object]]:
    """Line, and the values or the reason."""
    return [(r.line, r.reason if isinstance(r, Rejected) else list(r.values.values())) for r in rows]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,2\n", [(2, ["1", "2"])]),
        ("a;b\r\n1;2\r\n", [(2, ["1", "2"])]),
        ("a\tb\n1\t2", [(2, ["1", "2"])]),
        ("\ufeffa,b\n1,2\n", [(2, ["1", "2"])]),  # a byte order mark
        ("a,b\n\n1,2\n\n", [(3, ["1", "2"])]),  # empty lines
        ('a,b\n"1\n1",2\n3,4\n', [(2, ["1\n1", "2"]), (4, ["3", "4"])]),  # a field of two lines
        ("a,b\n1\n3,4\n", [(2, "fewer fields than columns"), (3, ["3", "4"])]),
        ("a,b\n1,2,3\n3,4\n", [(2, "more fields than columns"), (3, ["3", "4"])]),
        ('a,b\n"1,2\n3,4\n5,6\n', [(2, "a quote is opened and never closed"), (3, ["3", "4"]), (4, ["5", "6"])]),
        ('a,b\n1,2\n3,"4\n', [(2, ["1", "2"]), (3, ["3", "4\n"])]),  # at the very end the reader is lenient
        (b"a,b\n\xff,2\n3,4\n", [(2, "is not UTF-8"), (3, ["3", "4"])]),
        ("a,b\n\x00,2\n", [(2, ["\x00", "2"])]),
        ("a,b\n", []),
    ],
)
def test_a_dirty_line_costs_itself_only(tmp_path: Path, content: str | bytes, rows: list[tuple[int, object]]):
    assert told(read(table(tmp_path, content))) == rows


def test_a_field_longer_than_a_novel_costs_its_line_only(tmp_path: Path):
    rows = told(read(table(tmp_path, f'a,b\n"{"x" * 200_000},1\n3,4\n')))
    assert [line for line, _ in rows] == [2, 3]
    assert rows[1] == (3, ["3", "4"])


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("x" * 200_000, "a field is longer than 131,072 characters"),
        ('"' + "x" * 200_000 + '"', "a field is longer than 131,072 characters"),
        ('"' + "x" * 200_000, "a quote is opened and never closed"),
        ('"' + "x\n" * 100_000, "a quote is opened and never closed"),
    ],
    ids=["plain", "in quotes", "a quote left open", "a quote left open over lines"],
)
def test_a_field_that_is_too_long_is_not_called_an_open_quote(tmp_path: Path, field: str, reason: str):
    assert told(read(table(tmp_path, f"a,b\n{field},1\n")))[0] == (2, reason)


def test_a_reject_keeps_what_stood_there(tmp_path: Path):
    [row] = read(table(tmp_path, "a,b\nonly one\n"))
    assert row == Rejected(2, "fewer fields than columns", "only one")


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=12))
def test_whatever_csv_can_say_comes_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]):
    import csv
    import io

    text = io.StringIO()
    csv.writer(text).writerows([("a", "b"), *rows])
    try:
        content = text.getvalue().encode()
    except UnicodeEncodeError:
        return  # a lone surrogate: no file can hold it
    found = read(table(tmp_path_factory.mktemp("csv"), content))
    assert [tuple(r.values.values()) for r in found if isinstance(r, Record)] == rows


def test_gzip_is_recognised_by_its_first_bytes(tmp_path: Path):
    assert told(read(table(tmp_path, gzip.compress(b"a\n1\n", mtime=0), "t.csv"))) == [(2, ["1"])]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xff\xfea\x00", "UTF-16"),
        (gzip.compress(b"a,b\n1,2\n" * 9_999, mtime=0)[:-20], "damaged"),
        (gzip.compress(b"a\n1\n", mtime=0)[:12] + b"broken", "damaged"),
        (b"\n1,2\n", "name the columns"),
        (b"a,b,a\n1,2,3\n", "two columns"),
        (b"a," + b"x" * 200_000 + b"\n", "a field is longer than"),
    ],
    ids=["empty", "wide", "cut", "broken", "no names", "twice", "too long"],
)
def test_an_unusable_file_says_what_to_do(tmp_path: Path, content: bytes, words: str):
    with pytest.raises(Invalid, match=words):
        read(table(tmp_path, content))


def test_a_missing_file_or_a_folder_is_told(tmp_path: Path):
    with pytest.raises(NotFound, match="no file"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(Invalid, match="folder"):
        read(tmp_path)


def test_json_lines_are_objects(tmp_path: Path):
    lines = b'{"a": 1}\n\n[1]\n{"a":\n{"a": "\xff"}\n{"a": {"b": [2]}}\n' + b"[" * 5_000 + b"\n"
    rows = told(read(table(tmp_path, lines, "t.jsonl"), Format.JSON))
    assert [line for line, _ in rows] == [1, 3, 4, 5, 6, 7]
    assert rows[0][1] == [1]
    assert rows[1][1] == "is not a JSON object"
    assert str(rows[2][1]).startswith("is not JSON")
    assert rows[3][1] == "is not UTF-8"
    assert rows[4][1] == [{"b": [2]}]
    assert str(rows[5][1]).startswith("is not JSON")


def test_a_line_of_a_megabyte_is_too_long(tmp_path: Path):
    rows = told(read(table(tmp_path, b'{"a": "' + b"x" * 1_200_000 + b'"}\n{"a": 2}\n', "t.jsonl"), Format.JSON))
    assert rows == [(1, "is longer than 1,000,000 characters"), (2, [2])]


def test_a_json_array_is_read_too(tmp_path: Path):
    assert told(read(table(tmp_path, '[{"a": 1},\n {"a": 2}, 3]', "t.json"), Format.JSON)) == [
        (1, [1]), (2, [2]), (3, "is not a JSON object"),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="array"):
        read(table(tmp_path, '[{"a": 1}', "t.json"), Format.JSON)


def test_parquet_rows_come_with_their_number(tmp_path: Path):
    from pyarrow import parquet

    path = tmp_path / "t.parquet"
    parquet.write_table(pyarrow.table({"id": ["a", "b"], "tags": [["x"], None], "n": [1, 2]}), path)
    assert told(read(path, Format.PARQUET)) == [(1, ["a", ["x"], 1]), (2, ["b", None, 2])]
    with pytest.raises(Invalid, match="no whole Parquet"):
        read(table(tmp_path, b"PAR1 nonsense", "x.parquet"), Format.PARQUET)


def test_without_pyarrow_the_way_to_get_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Invalid, match=r"pip install 'regulars\[parquet\]'"):
        read(table(tmp_path, b"PAR1", "t.parquet"), Format.PARQUET)
