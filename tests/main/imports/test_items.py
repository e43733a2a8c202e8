"""Importing a catalogue."""

from pathlib import Path

import pytest

from regulars import catalog
from regulars.catalog.feeds import Feed, Format
from regulars.main.imports import Counts, Report, import_items
from regulars.store import Database

MENU = "sku,name,price,diet\nwrap,Wrap,6.50,vegan|halal\nsoup,Soup,4,vegan\n"


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    path = tmp_path / "menu.csv"
    path.write_text(MENU)
    return path


def run(path: Path, database: Database | None, *, withdraw: bool = False, language: str = "en") -> Report:
    feed, rejects = Feed(Format.CSV, language=language), path.with_suffix(".rejects.csv")
    return import_items(path, feed, database=database, rejects=rejects, withdraw_missing=withdraw)


def test_a_catalogue_is_new_once_and_then_the_same(database: Database, menu: Path):
    assert run(menu, None).counts == Counts(new=2)
    assert run(menu, database).counts == Counts(new=2)
    assert run(menu, database).counts == Counts(known=2)
    with database.begin() as db:
        assert catalog.get(db, "wrap").attributes == {"diet": ["vegan", "halal"]}


def test_changes_are_counted_and_dirty_rows_stop_nothing(database: Database, menu: Path):
    run(menu, database)
    menu.write_text(MENU.replace("6.50", "7") + ",Nameless,1,\nbad,Bad,cheap,\n")
    report = run(menu, database)
    assert (report.counts, report.rejected) == (Counts(changed=1, known=1), 2)


def test_what_a_complete_file_lacks_is_withdrawn_on_request(database: Database, menu: Path):
    run(menu, database)
    menu.write_text("sku,name,price,diet\nwrap,Wrap,6.50,vegan|halal\n")
    assert run(menu, database, withdraw=True).notes == ["1 items that are not in this file left the list."]
    with database.begin() as db:
        assert not catalog.get(db, "soup").listed


def test_nothing_is_withdrawn_after_rejects(database: Database, menu: Path):
    run(menu, database)
    menu.write_text("sku,name,price,diet\nwrap,Wrap,6.50,vegan|halal\nsoup,Soup,oops,\n")
    assert run(menu, database, withdraw=True).notes[0].startswith("Nothing was withdrawn")
    with database.begin() as db:
        assert catalog.get(db, "soup").listed
