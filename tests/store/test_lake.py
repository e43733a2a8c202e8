"""The files of a lake."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from regulars.kit.errors import Invalid, Unavailable
from regulars.store.lake import Lake, Manifest, Part

AT = datetime(2026, 11, 20, tzinfo=UTC)
ROWS = pa.table({"id": [1, 2, 3]})
A, B = (f"events/month=2026-11/{1:012}-{3:012}-{number:06}.parquet" for number in (1, 2))
OLDEST, OLD, NEW = (f"state/people-{number:08}.parquet" for number in (0, 1, 2))


def part(path: str) -> Part:
    return Part(path, "month=2026-11", 3, 1, 3)


def manifest(number: int, *paths: str, **state: str) -> Manifest:
    return Manifest(number=number, origin="here", until=3, at=AT, parts=tuple(map(part, paths)), state=state)


def files(lake: Lake) -> set[str]:
    return {str(p.relative_to(lake.url)) for p in Path(lake.url).rglob("*") if p.is_file()}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(f"{tmp_path}/lake/")


def test_a_place_where_nothing_was_written_is_no_lake_yet(lake: Lake):
    assert lake.manifest() is None


def test_what_is_committed_is_what_is_there(lake: Lake):
    lake.write("events/a.parquet", ROWS)
    lake.commit(manifest(1, "events/a.parquet"))
    assert lake.manifest() == manifest(1, "events/a.parquet")
    assert lake.read("events/a.parquet").equals(ROWS)


def test_what_nothing_names_goes_but_the_state_before_stays_for_who_is_reading(lake: Lake):
    for path in (A, B, OLDEST, OLD, NEW):
        lake.write(path, ROWS)
    for left in (f"{A}.{'0a' * 16}.part", f"_manifest/00000002.json.{'0a' * 16}.part"):
        Path(lake.url, left).parent.mkdir(exist_ok=True)
        Path(lake.url, left).write_bytes(b"half")
    lake.commit(manifest(1, A, people=OLD))
    assert files(lake) == {A, OLD, "_manifest/00000001.json"}
    lake.write(B, ROWS)
    lake.write(NEW, ROWS)
    lake.commit(manifest(2, B, people=NEW))
    assert files(lake) == {B, OLD, NEW, "_manifest/00000002.json"}
    assert lake.manifest() == manifest(2, B, people=NEW)


def test_files_that_are_not_ours_are_left_alone(lake: Lake):
    others = {"events/month=2026-11/mine.parquet", "events/notes.txt", "state/people.csv", "_manifest/README"}
    for path in others:
        Path(lake.url, path).parent.mkdir(parents=True, exist_ok=True)
        Path(lake.url, path).write_bytes(b"somebody's")
    lake.commit(manifest(1))
    lake.tidy(set())
    assert files(lake) == others


def test_a_file_that_is_gone_says_to_try_again(lake: Lake):
    with pytest.raises(Unavailable, match="try again"):
        lake.read("events/a.parquet")


def test_a_damaged_manifest_is_refused(lake: Lake):
    lake.commit(manifest(1))
    Path(lake.url, "_manifest/00000001.json").write_bytes(b"{")
    with pytest.raises(Invalid, match="damaged"):
        lake.manifest()


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable, match="cannot write"):
        Lake(f"{tmp_path}/file").write("events/a.parquet", ROWS)


def test_an_address_of_no_kind_we_know_is_refused():
    with pytest.raises(Invalid, match="cannot open a lake"):
        Lake("nonsense://bucket/lake")


@pytest.mark.parametrize(
    ("url", "address"),
    [("/srv/lake", "file:///srv/lake/a"), ("file:///srv/lake", "file:///srv/lake/a"), ("memory://x", "memory://x/a")],
)
def test_spark_is_told_where_a_file_is(url: str, address: str):
    assert Lake(url).address("a") == address
