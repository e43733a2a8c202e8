"""Importing events into the real PostgreSQL: what is written, once."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from regulars import catalog, people
from regulars.catalog.feeds import Format
from regulars.kit.errors import Invalid
from regulars.main.imports import Counts, Layout, Report, import_events
from regulars.main.imports.layout import ONLINE_RETAIL
from regulars.people import Identity, IdentityKind, Verb
from regulars.store import Database
from tests.cast import NOW, VERA

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
LINES = """536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536366,85123a,HEART,1,2010-12-02 08:26:00,2.95,17850.0,United Kingdom
C53637,85123A,WHITE HANGING HEART,-1,2010-12-03 08:26:00,2.55,17850.0,United Kingdom
536370,POST,POSTAGE,3,2010-12-01 08:45:00,18,12583.0,France
536544,21773,ROSE,1,2010-12-01 14:32:00,2.51,,United Kingdom
"""


def run(path: Path, database: Database | None, layout: Layout = ONLINE_RETAIL, format: Format = Format.CSV) -> Report:
    rejects = path.with_suffix(".rejects.csv")
    return import_events(path, layout, format=format, database=database, rejects=rejects, now=NOW)


def count(database: Database, table: str) -> int:
    with database.begin() as db:
        return int(db.execute(sa.text(f"select count(*) from {table}")).scalar_one())


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    path = tmp_path / "invoices.csv"
    path.write_text(HEADER + LINES)
    return path


def test_a_file_becomes_persons_items_and_events(database: Database, invoices: Path):
    report = run(invoices, database)
    assert (report.read, report.counts, report.rejected) == (6, Counts(new=5), 1)
    with database.begin() as db:
        assert catalog.get(db, "85123A").title == {"und": "WHITE HANGING HEART"}
        customer = people.find(db, Identity(IdentityKind.USER, "17850"))
        seen = people.events(db, customer)
        assert [e.verb for e in seen] == [Verb.REMOVED, Verb.BOUGHT, Verb.BOUGHT, Verb.BOUGHT]
        assert people.find(db, Identity(IdentityKind.ANONYMOUS, "invoice:536544"))


def test_a_rerun_imports_nothing_twice(database: Database, invoices: Path):
    run(invoices, database)
    assert run(invoices, database).counts == Counts(known=5)
    assert count(database, "events") == 5


def test_a_longer_export_adds_only_what_is_new(database: Database, invoices: Path):
    run(invoices, database)
    more = "536999,21773,ROSE,1,2010-12-04 14:32:00,2.51,17850.0,United Kingdom\n"
    invoices.write_text(HEADER + more + LINES)
    assert run(invoices, database).counts == Counts(new=1, known=5)


def test_rejected_rows_are_in_a_file_with_line_and_reason(database: Database, invoices: Path):
    report = run(invoices, database)
    assert report.rejects
    with report.rejects.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["line", "reason", "raw"],
        ["6", "code POST is postage, not a product", LINES.splitlines()[4]],
    ]
    assert "code POST is postage" in str(report.table().columns[0]._cells)


def test_a_place_where_rejects_cannot_be_written_is_told(database: Database, invoices: Path):
    rejects = invoices / "no" / "folder.csv"  # below a file
    with pytest.raises(Invalid, match="--rejects FILE"):
        import_events(invoices, ONLINE_RETAIL, format=Format.CSV, database=database, rejects=rejects, now=NOW)


def test_a_clean_rerun_leaves_no_old_rejects(database: Database, invoices: Path):
    assert run(invoices, database).rejects
    invoices.write_text(HEADER + LINES.splitlines()[0] + "\n")
    assert run(invoices, database).rejects is None
    assert not invoices.with_suffix(".rejects.csv").exists()


def test_a_dry_run_writes_nothing(database: Database, invoices: Path):
    report = run(invoices, None)
    assert (report.dry, report.counts.new, report.rejected) == (True, 5, 1)
    assert count(database, "events") == 0


def test_a_table_of_another_shape_is_refused(database: Database, tmp_path: Path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(Invalid, match="no column 'InvoiceNo'"):
        run(path, database)


CALLS = """{"type":"identify","userId":"vera","anonymousId":"a1","traits":{"city":"Utrecht"},"messageId":"m1"}
{"type":"track","event":"Product Viewed","userId":"vera","properties":{"product_id":"wrap-1"},"timestamp":"2026-01-05T10:00:00Z"}
{"type":"track","event":"Product Viewed","userId":"vera","properties":{"product_id":"wrap-1"},"timestamp":"2026-01-05T10:00:00Z"}
{"type":"track","userId":"vera"}
{"type":"nonsense"}
{"batch":[{"type":"page","anonymousId":"a2","name":"Home"},{"type":"track","event":"Order Completed","anonymousId":"a1","properties":{"products":[{"product_id":"wrap-1"},{"product_id":"soup-1"}]}}]}
"""  # noqa: E501


def test_calls_of_the_segment_spec_are_recognised_and_written_once(database: Database, tmp_path: Path):
    path = tmp_path / "calls.jsonl"
    path.write_text(CALLS)
    report = run(path, database, Layout(), Format.JSON)
    assert (report.counts, report.rejected) == (Counts(new=5), 2)
    assert run(path, database, Layout(reads="segment"), Format.JSON).counts == Counts(known=5)
    with database.begin() as db:
        vera = people.profile(db, Identity(IdentityKind.USER, VERA))
        assert vera.traits["city"] == "Utrecht"
        assert len(vera.history.items) == 4  # two views, and two bought by the same visitor before signing in
    assert run(path, None, Layout(), Format.JSON).counts.new == 5


def big_file(path: Path, rows: int) -> None:
    with path.open("w") as file:
        file.write(HEADER)
        for i in range(rows):
            customer = f"{i % 700}.0"
            file.write(f"{i // 9},{i % 900:05},THING {i % 900},1,2010-12-01 08:26:00,2.55,{customer},France\n")


IMPORT = """
import sys
from pathlib import Path
from regulars.catalog.feeds import Format
from regulars.kit.clock import utc_now
from regulars.main.imports import import_events
from regulars.main.imports.layout import ONLINE_RETAIL
from regulars.store import Database
path, url = Path(sys.argv[1]), sys.argv[2]
rejects = path.with_suffix(".r")
import_events(path, ONLINE_RETAIL, format=Format.CSV, database=Database(url), rejects=rejects, now=utc_now())
"""


@pytest.mark.long
def test_a_killed_import_is_completed_by_the_next(database: Database, database_url: str, tmp_path: Path):
    path, rows = tmp_path / "big.csv", 25_000
    big_file(path, rows)
    running = subprocess.Popen([sys.executable, "-c", IMPORT, str(path), database_url])
    try:
        deadline = time.monotonic() + 60
        while count(database, "events") < 5_000 and time.monotonic() < deadline and running.poll() is None:
            time.sleep(0.02)
    finally:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    written = count(database, "events")
    assert 0 < written < rows
    report = run(path, database)
    assert report.counts == Counts(new=rows - written, known=written)
    assert count(database, "events") == rows
    assert count(database, "items") == 900
    assert count(database, "persons") == 700
