"""`regulars lake export|show`: history as Parquet files, for learning on more than one machine and for analysts."""

import cyclopts
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from regulars import people, team
from regulars.kit.clock import utc_now
from regulars.kit.errors import Invalid
from regulars.main.settings import read_settings
from regulars.main.wiring import open_database
from regulars.store import Database
from regulars.store.lake import Lake

console = Console()
lake = cyclopts.App(
    name="lake", help="History as Parquet files in a folder or in object storage: for Spark, and for analysts."
)


@lake.command
def export(url: str | None = None) -> None:
    """Add what happened since the last export, take out who was erased. Run it every night, before `regulars learn`.

    Killed at any moment, the lake is as it was before; the next run does it all.

    Parameters
    ----------
    url
        A folder, or s3://…, gs://…, abfs://…; without one that of REGULARS_LAKE.

    Examples: `regulars lake export /srv/lake` · `regulars lake export s3://bucket/regulars`
    """
    place = Lake(address(url))
    with open_database() as database, _bar() as bar:
        task = bar.add_task("starting", total=1.0)
        done = people.export_lake(
            database, place, origin=origin(database), now=utc_now(),
            progress=lambda what, part: bar.update(task, description=what, completed=part),
        )  # fmt: skip
    console.print(f"{done.written:,} rows added, {done.removed:,} taken out.", highlight=False)
    show(url)


@lake.command
def show(url: str | None = None) -> None:
    """What a lake holds, and as of when. Example: `regulars lake show /srv/lake`"""
    place = Lake(address(url))
    found = people.exported(place)
    months = sorted({part.partition.partition("=")[2] for part in found.parts})
    span = f" from {months[0]} to {months[-1]}" if months else ""
    console.print(
        f"{place.url}: {found.rows:,} rows in {len(found.parts):,} files{span}, as of {found.at:%Y-%m-%d %H:%M} UTC.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip


def address(url: str | None) -> str:
    """The lake that is meant. Raises Invalid when none is."""
    found = url or read_settings().lake
    if not found:
        raise Invalid("which lake? Give its address, or set REGULARS_LAKE")
    return found


def origin(database: Database) -> str:
    """Which installation this is: a name for it that tells nothing."""
    with database.begin() as db:
        return team.secret(db, "lake", now=utc_now())[:16]


def _bar() -> Progress:
    return Progress(TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn(), transient=True)
