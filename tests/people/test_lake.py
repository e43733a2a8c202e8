"""History in the lake: each event once, whatever happens, and what may be learned from it as in the database."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from regulars import people
from regulars.kit.errors import Conflict, Invalid
from regulars.kit.ids import ItemId
from regulars.people import Consent, Event, EventType, Identity, IdentityKind, Purpose, Verb
from regulars.people import lake as room
from regulars.people.store import lake as table
from regulars.store import Database
from regulars.store.lake import Lake
from tests.cast import NOW

ORIGIN = "ours"


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def who(name: str) -> Identity:
    return Identity(IdentityKind.USER, name)


def happens(
    database: Database, name: str, *items: int, id: str = "", days: float = 0, context: dict[str, object] | None = None
):
    """`name` bought these in one go; their node."""
    with database.begin() as db:
        node = people.resolve(db, [who(name)], now=NOW)[who(name)]
        event = Event(
            id or f"{name}-{items}-{days}", node, EventType.TRACK, "Order Completed", NOW - timedelta(days=days),
            Verb.BOUGHT, tuple(map(ItemId, items)), context=json.dumps(context or {}).encode(),
        )  # fmt: skip
        people.record(db, [event], now=NOW)
    return node


def export(database: Database, lake: Lake) -> people.Exported:
    return people.export_lake(database, lake, origin=ORIGIN, now=NOW)


def rows(lake: Lake) -> list[tuple[int, int]]:
    """(event, item) of every row that is there, whether it counts or not."""
    table = lake.together(part.path for part in people.exported(lake).parts)
    return [] if table is None else sorted(zip(table["id"].to_pylist(), table["item"].to_pylist(), strict=True))


def agrees(database: Database, lake: Lake) -> None:
    """What the lake says is what the database says."""
    with database.begin() as db:
        here = people.logs(db)
    there = people.lake_log(lake)
    for name in ("people", "items", "verbs", "at"):
        assert getattr(there, name).tolist() == getattr(here, name).tolist()
        assert getattr(there, name).dtype == getattr(here, name).dtype
    assert set(here.marks) == set(there.marks)
    for name, mark in here.marks.items():
        other = there.marks[name]
        assert [mark.values[c] if c >= 0 else None for c in mark.codes] == [
            other.values[c] if c >= 0 else None for c in other.codes
        ]


def test_what_is_read_from_the_lake_is_what_is_read_from_the_database(database: Database, lake: Lake):
    happens(database, "vera", 3, 1, 2, context={"city": "Utrecht", "locale": "nl-NL"})
    happens(database, "omar", 2, days=40, context={"location": {"city": 'Den "Haag", 1\n2'}})
    happens(database, "vera", 5, days=3, context={"city": "Utrecht", "device": {"type": "phone"}})
    export(database, lake)
    agrees(database, lake)
    assert len(rows(lake)) == 5


def test_an_export_adds_what_is_new_and_late_events_land_in_their_month(database: Database, lake: Lake):
    happens(database, "vera", 1)
    first = export(database, lake)
    happens(database, "omar", 2, days=400)
    second = export(database, lake)
    assert (first.written, second.written) == (1, 1)
    assert {part.partition for part in second.manifest.parts} == {"month=2026-11", "month=2025-10"}
    agrees(database, lake)


def test_an_export_of_nothing_new_writes_nothing(database: Database, lake: Lake):
    export(database, lake)
    happens(database, "vera", 1)
    parts = export(database, lake).manifest.parts
    again = export(database, lake)
    assert (again.written, again.manifest.parts) == (0, parts)


def test_a_big_history_is_written_in_pieces(database: Database, lake: Lake, monkeypatch):
    monkeypatch.setattr(room, "IDS_AT_ONCE", 4)
    for n in range(1, 11):
        happens(database, "vera", n, n + 1, id=f"v{n}")
    assert len(export(database, lake).manifest.parts) == 3
    agrees(database, lake)


def test_a_merge_and_its_undoing_count_without_rewriting(database: Database, lake: Lake):
    vera, omar = happens(database, "vera", 1), happens(database, "omar", 2)
    parts = export(database, lake).manifest.parts
    with database.begin() as db:
        merged = people.join(db, vera, omar, source="test", by="test", now=NOW)
    assert merged is not None
    assert export(database, lake).manifest.parts == parts
    agrees(database, lake)
    with database.begin() as db:
        people.unjoin(db, merged.merge, by="test", now=NOW)
    export(database, lake)
    agrees(database, lake)
    assert len(set(people.lake_log(lake).people)) == 2


def test_who_refuses_does_not_count_and_who_agrees_again_does(database: Database, lake: Lake):
    vera = happens(database, "vera", 1)
    happens(database, "omar", 2)
    for granted, items in ((False, [2]), (True, [1, 2])):
        with database.begin() as db:
            at = NOW + timedelta(minutes=granted)
            people.consent(db, vera, Consent(Purpose.PERSONALISATION, granted, "1", "en", "test", at))
        export(database, lake)
        agrees(database, lake)
        assert sorted(people.lake_log(lake).items) == items


@pytest.mark.parametrize("exported_before", [False, True])
def test_do_not_learn_from_this_and_learn_again(database: Database, lake: Lake, exported_before: bool):
    vera = happens(database, "vera", 1, 2)
    happens(database, "vera", 3, days=2)
    if exported_before:
        export(database, lake)
    with database.begin() as db:
        event = people.events(db, vera)[0].id
    for learn, items in ((False, [3]), (True, [1, 2, 3]), (True, [1, 2, 3])):
        with database.begin() as db:
            people.learn_from(db, vera, [event], learn)
        export(database, lake)
        agrees(database, lake)
        assert sorted(people.lake_log(lake).items) == items
        assert len(rows(lake)) == len(set(rows(lake)))


def test_the_erased_are_in_no_file(database: Database, lake: Lake):
    vera = happens(database, "vera", 1, 2)
    happens(database, "omar", 3)
    happens(database, "omar", 4, days=300)
    before = export(database, lake).manifest
    with database.begin() as db:
        people.erase(db, vera)
    done = export(database, lake)
    assert (done.removed, done.manifest.gone) == (2, 2)
    agrees(database, lake)
    files = [p for p in Path(lake.url).rglob("*.parquet") if "events" in p.parts]
    found = [person for file in files for person in lake.read(str(file.relative_to(lake.url)))["person"].to_pylist()]
    assert found and vera not in found
    untouched = {part.path for part in before.parts} & {part.path for part in done.manifest.parts}
    assert len(untouched) == 1  # a file without a row of theirs stays as it was


def test_a_lake_need_not_be_a_folder(database: Database, tmp_path: Path):
    elsewhere = Lake(f"memory:/{tmp_path}/lake")
    vera = happens(database, "vera", 1, 2)
    export(database, elsewhere)
    happens(database, "omar", 3)
    with database.begin() as db:
        people.erase(db, vera)
    assert export(database, elsewhere).removed == 2
    agrees(database, elsewhere)
    assert people.lake_log(elsewhere).items.tolist() == [3]


def test_a_longer_history_is_read_of_some_people_and_all_of_theirs(database: Database, lake: Lake):
    for n in range(60):
        happens(database, f"p{n}", 1, 2, 3)
    export(database, lake)
    found = people.lake_log(lake, most=60)
    who, size = np.unique(found.people, return_counts=True)
    assert 5 <= len(who) <= 40 and set(size) == {3}
    assert people.every(people.exported(lake), 60) == 3


def test_a_lake_is_one_installations(database: Database, lake: Lake):
    happens(database, "vera", 1)
    export(database, lake)
    with pytest.raises(Conflict, match="another installation"):
        people.export_lake(database, lake, origin="theirs", now=NOW)


def test_a_lake_that_knows_more_than_the_database_is_refused(database: Database, lake: Lake):
    vera = happens(database, "vera", 1)
    export(database, lake)
    with database.begin() as db:
        people.erase(db, vera)
    with pytest.raises(Conflict, match="knows more"):
        export(database, lake)


def test_no_lake_is_told_so(tmp_path):
    with pytest.raises(Invalid, match="there is no lake"):
        people.lake_log(Lake(str(tmp_path / "nothing")))


def test_two_exports_at_once_do_not_mix(database: Database, lake: Lake):
    happens(database, "vera", 1)
    with database.begin() as db:
        assert table.lock(db)
        with pytest.raises(Conflict, match="another export"):
            export(database, lake)
    export(database, lake)
    agrees(database, lake)


SLOWLY = """
import sys, time
from datetime import UTC, datetime
from regulars import people
from regulars.people import lake as room
from regulars.people.store import lake as table
from regulars.store import Database
from regulars.store.lake import Lake

room.IDS_AT_ONCE = 3
class Slow(Lake):
    def _put(self, path, body):
        super()._put(path, body)
        print(path, flush=True)
        time.sleep(0.05)

people.export_lake(Database(sys.argv[1]), Slow(sys.argv[2]), origin="ours", now=datetime.now(UTC))
print("done", flush=True)
"""


@pytest.mark.parametrize("files", [1, 3, 5])
def test_killed_in_the_middle_and_run_again_each_event_is_there_once(database: Database, lake: Lake, files: int):
    for n in range(1, 5):
        happens(database, "vera", n, id=f"first-{n}", days=40 * n)
    export(database, lake)
    before = rows(lake)
    for n in range(5, 16):
        happens(database, ("vera", "omar")[n % 2], n, 99, id=f"then-{n}", days=40 * (n % 3))
    child = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, database.url, lake.url], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    for _ in range(files):
        assert child.stdout.readline() != "done\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert rows(lake) == before, "a killed export changes nothing"
    _wait_until_free(database)
    export(database, lake)
    assert len(rows(lake)) == len(set(rows(lake))) == 4 + 22
    agrees(database, lake)
    named = people.exported(lake).files
    there = {str(p.relative_to(lake.url)) for p in Path(lake.url).rglob("*") if p.is_file() and "events" in p.parts}
    assert there == {path for path in named if path.startswith("events")}, "nothing is left behind"


def _wait_until_free(database: Database) -> None:
    """PostgreSQL notices after a moment that the killed one is gone."""
    for _ in range(100):
        with database.begin() as db:
            if table.lock(db):
                return
        time.sleep(0.05)
    raise AssertionError


def test_events_recorded_while_exporting_are_there_once(database: Database, lake: Lake):
    import threading

    stop = threading.Event()

    def record() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            happens(database, f"p{n % 7}", 1 + n % 50, id=f"live-{n}")

    threads = [threading.Thread(target=record) for _ in range(1)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            export(database, lake)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    export(database, lake)
    agrees(database, lake)
    assert len(rows(lake)) == len(np.unique([event for event, _ in rows(lake)]))
