"""Everything in one file, and back."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from regulars import catalog, people
from regulars.catalog import NewItem
from regulars.kit.errors import Conflict, Invalid, NotFound, Unavailable
from regulars.kit.ids import new_id
from regulars.main import backup
from regulars.main.settings import Settings
from regulars.people import Event, EventType, Identity, IdentityKind, Verb
from regulars.store import Database, Db
from tests.cast import NOW, VERA

WHO = Identity(IdentityKind.USER, VERA)


@pytest.fixture
def full(database: Database, tmp_path: Path) -> Iterator[Database]:
    """A database with a bit of everything, and a serving model file."""
    model = tmp_path / "models" / "serving.taste"
    model.parent.mkdir()
    model.write_bytes(np.arange(1_000).tobytes())
    with database.begin() as db:
        catalog.upsert(db, [NewItem("wrap", title={"en": "Wrap “ñ”"})], now=NOW)
        node = people.resolve(db, [WHO], now=NOW)[WHO]
        items = (catalog.get(db, "wrap").id,)
        people.record(db, [Event("m1", node, EventType.TRACK, "Order Completed", NOW, Verb.BOUGHT, items)], now=NOW)
        people.state(db, node, "diet", "vegan", by="person", now=NOW)
        db.execute(
            sa.text("insert into models values (:id, :path, 'd', '{}', :now, :now)"),
            {"id": new_id(), "path": "models/serving.taste", "now": NOW},
        )
    yield database


@pytest.fixture
def other_url(make_empty: str) -> str:
    return make_empty


@pytest.fixture
def make_empty(server_url: str) -> Iterator[str]:
    """A database with nothing in it at all, not even our tables."""
    from tests.conftest import _admin, make_conninfo_url

    name = f"empty_{new_id().hex}"
    _admin(server_url, f'create database "{name}"')
    yield make_conninfo_url(server_url, name)
    _admin(server_url, f'drop database "{name}" with (force)')


def contents(db: Db) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; the model's path is a matter of the place."""
    tables = db.execute(sa.text("select tablename from pg_tables where schemaname = 'public' order by 1")).scalars()
    found = {t: [tuple(r) for r in db.execute(sa.text(f'select t::text from "{t}" t order by 1'))] for t in tables}
    found["models"] = [tuple(r) for r in db.execute(sa.text("select id, digest, created_at from models"))]
    return found


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = Database(url)
    with database.begin() as db:
        found = contents(db)
    database.close()
    return found


def settings(url: str, var: Path) -> Settings:
    return Settings(url, var, None, 1)


def test_what_was_saved_comes_back_exactly(full: Database, other_url: str, tmp_path: Path):
    file, var = tmp_path / "all.backup", tmp_path / "new"
    manifest = backup.save(full, file, var=file.parent, now=NOW)
    assert backup.load(file, settings(other_url, var), replace=False) == manifest
    assert everything(other_url) == everything(full.url)
    assert (var / "models" / f"{manifest.model}.taste").read_bytes() == np.arange(1_000).tobytes()
    restored = Database(other_url)
    with restored.begin() as db:
        path = db.execute(sa.text("select path from models")).scalar_one()
        assert path == f"models/{manifest.model}.taste"
        profile = people.profile(db, WHO)
        assert (profile.facet("diet").stated, len(profile.history.items)) == ("vegan", 1)
        catalog.upsert(db, [NewItem("soup")], now=NOW)  # sequences go on where they were
        assert catalog.get(db, "soup").id == catalog.get(db, "wrap").id + 1
    restored.close()


def test_a_database_with_something_in_it_is_kept_unless_told(full: Database, other_url: str, tmp_path: Path):
    file, there = tmp_path / "all.backup", settings(other_url, tmp_path / "new")
    backup.save(full, file, var=file.parent, now=NOW)
    backup.load(file, there, replace=False)
    other = Database(other_url)
    with other.begin() as db:
        catalog.upsert(db, [NewItem("only here")], now=NOW)
    other.close()
    with pytest.raises(Conflict, match=r"not empty.*--replace"):
        backup.load(file, there, replace=False)
    backup.load(file, there, replace=True)
    assert everything(other_url) == everything(full.url)


def test_a_migrated_but_empty_database_takes_a_backup(full: Database, make_database, tmp_path: Path):
    file, url = tmp_path / "all.backup", make_database("fresh")
    backup.save(full, file, var=file.parent, now=NOW)
    backup.load(file, settings(url, tmp_path / "new"), replace=False)
    assert everything(url) == everything(full.url)


def test_nobody_may_be_connected_meanwhile(full: Database, other_url: str, tmp_path: Path):
    file = tmp_path / "all.backup"
    backup.save(full, file, var=file.parent, now=NOW)
    server = Database(other_url)
    with server.begin(), pytest.raises(Conflict, match="stop the server"):
        backup.load(file, settings(other_url, tmp_path), replace=False)
    server.close()


def test_tables_of_others_are_never_dropped(full: Database, other_url: str, tmp_path: Path):
    file = tmp_path / "all.backup"
    backup.save(full, file, var=file.parent, now=NOW)
    other = Database(other_url)
    with other.begin() as db:
        db.execute(sa.text("create table bookkeeping (amount int)"))
    other.close()
    with pytest.raises(Conflict, match="bookkeeping"):
        backup.load(file, settings(other_url, tmp_path), replace=True)


def test_every_table_there_is_is_known_to_be_ours(database: Database):
    with database.begin() as db:
        assert set(contents(db)) == backup.our_tables()


@pytest.mark.parametrize("harm", ["cut short", "changed", "not a zip", "another zip", "dump of nonsense", "newer"])
def test_a_damaged_backup_changes_nothing(full: Database, make_database, tmp_path: Path, harm: str):
    file, url = tmp_path / "all.backup", make_database("target")
    backup.save(full, file, var=file.parent, now=NOW)
    _harm(file, harm)
    before = everything(url)
    with pytest.raises((Invalid, Unavailable)) as refused:
        backup.load(file, settings(url, tmp_path / "new"), replace=False)
    assert "\n" not in refused.value.detail
    assert everything(url) == before


def _harm(file: Path, harm: str) -> None:
    content = file.read_bytes()
    if harm == "cut short":
        file.write_bytes(content[: len(content) // 2])
    elif harm == "changed":
        middle = content.index(b"PGDMP") + 2_000
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    elif harm == "not a zip":
        file.write_text("hello")
    else:
        with zipfile.ZipFile(file) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        if harm == "another zip":
            parts.pop(backup.MANIFEST)
        elif harm == "newer":
            head = str(backup.migrations().get_current_head()).encode()
            parts[backup.MANIFEST] = parts[backup.MANIFEST].replace(head, b"9999")
        else:
            dump = parts[backup.DUMP]
            parts[backup.DUMP] = dump[: len(dump) - len(dump) // 3]
        with zipfile.ZipFile(file, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(full: Database, tmp_path: Path):
    with pytest.raises(Invalid, match="cannot be written"):
        backup.save(full, tmp_path / "no" / "such" / "folder.backup", var=tmp_path, now=NOW)
    away = Database(full.url.replace("/test_", "/gone_"))
    with pytest.raises(Unavailable):
        backup.save(away, tmp_path / "x.backup", var=tmp_path, now=NOW)
    assert not [p for p in tmp_path.iterdir() if p.is_file()]


def test_a_missing_file_is_told(database_url: str, tmp_path: Path):
    with pytest.raises(NotFound, match="no file"):
        backup.load(tmp_path / "nothing", settings(database_url, tmp_path), replace=False)
