"""`regulars backup FILE` and `regulars restore FILE`: the database and the serving model in one archive.

The archive is a zip: manifest.json, database.dump (pg_dump's custom format) and model.taste. It is taken at one
instant while the server runs, and appears under its name only when it is whole.
"""

import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import cyclopts
import msgspec
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from rich.console import Console

from regulars import __version__
from regulars.kit.clock import utc_now
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.main.learning import FOLDER
from regulars.main.postgres_tools import dump, undump
from regulars.main.settings import Settings, read_settings
from regulars.main.wiring import database_url, open_database
from regulars.store import Database, Db, migrate

console = Console()
MANIFEST, DUMP, MODEL = "manifest.json", "database.dump", "model.taste"
MIGRATIONS = "regulars.store.migrations"
WITH_DATA = ("persons", "events", "items", "agents", "decisions")
CHUNK = 1 << 20

SERVING = """
select id::text, path from models where serving_since is not null and refused is null
order by serving_since desc limit 1
"""
FUNCTIONS = "select proname from pg_proc where pronamespace = 'public'::regnamespace"


class Manifest(msgspec.Struct, frozen=True):
    """What an archive says of itself. `revision` is the schema's."""

    regulars: str
    revision: str
    at: datetime
    model: str | None = None


def backup(file: Path, *, force: Annotated[bool, cyclopts.Parameter(negative="")] = False) -> None:
    """Write everything into one file, at one instant; the server may go on serving.

    file   where to; it appears when it is whole
    force  replace a file of that name

    Example: `regulars backup regulars-2026-11-22.backup`
    """
    if file.exists() and not force:
        raise Conflict(f"{file} exists: choose another name, or say --force")
    settings = read_settings()
    with open_database(settings) as database:
        manifest = save(database, file, var=settings.var, now=utc_now())
    model = "with the serving model" if manifest.model else "without a model (none serves)"
    console.print(f"{file}: {file.stat().st_size / 1e6:.1f} MB, {model}.", highlight=False)


def restore(file: Path, *, replace: Annotated[bool, cyclopts.Parameter(negative="")] = False) -> None:
    """Bring back what `regulars backup` wrote, all or nothing, into an empty database. Stop the server first.

    replace  lose what is in the database now

    Example: `REGULARS_VAR=/srv/new regulars restore regulars-2026-11-22.backup`
    """
    settings = read_settings()
    manifest = load(file, settings, replace=replace)
    console.print(f"Restored as of {manifest.at:%Y-%m-%d %H:%M} UTC.", highlight=False)


def save(database: Database, file: Path, *, var: Path, now: datetime) -> Manifest:
    """Write the archive: to a temporary file beside it, then renamed. Raises Unavailable, Invalid."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with database.begin() as db:
            db.execute(sa.text("set transaction isolation level repeatable read"))
            snapshot = str(db.execute(sa.text("select pg_export_snapshot()")).scalar_one())
            manifest, model = _manifest(db, var, now)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
                with archive.open(DUMP, "w", force_zip64=True) as into:
                    dump(database.url, snapshot, into)
                if model:
                    archive.write(model, MODEL)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    except OSError as e:
        raise Invalid(f"{file} cannot be written: {e.strerror or e}") from e
    finally:
        part.unlink(missing_ok=True)
    return manifest


def load(file: Path, settings: Settings, *, replace: bool) -> Manifest:
    """Bring an archive back. Raises NotFound, Invalid, Conflict, Unavailable; then nothing has changed."""
    with _archive(file) as archive:
        manifest = _read_manifest(archive)
        database = Database(database_url(settings), size=1)
        try:
            with database.begin() as db:
                ours = _clear_away(db, replace=replace)
            with unpacked(archive, settings.var) as dump:
                undump(database.url, dump, before=ours)
            migrate(database)
            if manifest.model and MODEL in archive.namelist():
                _put_model(database, archive, settings.var, manifest.model)
        finally:
            database.close()
    return manifest


def _manifest(db: Db, var: Path, now: datetime) -> tuple[Manifest, Path | None]:
    revision = str(db.execute(sa.text("select version_num from alembic_version")).scalar_one())
    serving = db.execute(sa.text(SERVING)).one_or_none()
    model = var / serving.path if serving and (var / serving.path).exists() else None
    return Manifest(__version__, revision, now, serving.id if serving and model else None), model


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    if not file.exists():
        raise NotFound(f"there is no file {file}")
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.testzip() is not None:
                raise Invalid(f"{file} is damaged: take another backup of the same day")
            yield archive
    except zipfile.BadZipFile as e:
        raise Invalid(f"{file} is not a backup of Regulars, or damaged") from e


@contextmanager
def unpacked(archive: zipfile.ZipFile, folder: Path) -> Iterator[Path]:
    """The dump as a file of its own, for as long as the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restore") as here:
        yield Path(archive.extract(DUMP, here))


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
        archive.getinfo(DUMP)
    except (KeyError, msgspec.DecodeError) as e:
        raise Invalid("this is not a backup of Regulars") from e
    if manifest.revision not in {r.revision for r in migrations().walk_revisions()}:
        raise Invalid(f"this backup is of a newer Regulars ({manifest.regulars}): install that version first")
    return manifest


def _clear_away(db: Db, *, replace: bool) -> list[str]:
    """The statements that drop what is ours.

    Raises Conflict when it holds something, others live here too, or somebody is connected.
    """
    found = set(db.execute(sa.text("select tablename from pg_tables where schemaname = 'public'")).scalars())
    others = sorted(found - our_tables())
    if others:
        raise Conflict(f"other tables live in this database ({', '.join(others[:5])}): give Regulars one of its own")
    users = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    if db.execute(sa.text(f"{users} and backend_type = 'client backend'")).scalar_one():
        raise Conflict("somebody is connected to this database: stop the server first")
    held = [t for t in WITH_DATA if t in found and db.execute(sa.text(f"select 1 from {t} limit 1")).first()]  # noqa: S608
    if held and not replace:
        raise Conflict(
            f"this database is not empty ({', '.join(held)}): name an empty one by REGULARS_VAR or "
            "REGULARS_DATABASE_URL, or say --replace to lose what is there"
        )
    functions = set(db.execute(sa.text(FUNCTIONS)).scalars()) & _made("function")
    return (
        [f'drop table "{name}" cascade' for name in found]
        + [f'drop function if exists "{name}" cascade' for name in functions]
        + [f'drop type if exists "{name}" cascade' for name in sorted(_made("type"))]
    )


def our_tables() -> set[str]:
    """The tables that our migrations make."""
    return {"alembic_version", *_made("table")}


def _made(what: str) -> set[str]:
    revisions = [Path(r.path).read_text() for r in migrations().walk_revisions()]
    sources = "\n".join([*revisions, SchemaManager.get_schema()])
    made = rf"create (?:or replace )?(?:unlogged )?{what} (?:if not exists )?(\w+)"
    return set(re.findall(made, sources, re.IGNORECASE))


def migrations() -> ScriptDirectory:
    """The revisions this Regulars knows."""
    return ScriptDirectory(str(files(MIGRATIONS)))


def _put_model(database: Database, archive: zipfile.ZipFile, var: Path, model: str) -> None:
    place = FOLDER / f"{model}.taste"
    path = var / place
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with archive.open(MODEL) as source, part.open("wb") as into:
        shutil.copyfileobj(source, into, CHUNK)
    part.replace(path)
    with database.begin() as db:
        db.execute(
            sa.text("update models set path = :path where id = cast(:id as uuid)"), {"path": str(place), "id": model}
        )
