"""`regulars import events|catalog|people FILE`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cyclopts
from rich.console import Console
from rich.markup import escape

from regulars.catalog.feeds import Feed, Format, format_of
from regulars.kit.clock import utc_now
from regulars.kit.errors import Invalid
from regulars.main.imports.events import import_events
from regulars.main.imports.items import import_items
from regulars.main.imports.layout import choose_layout, item_columns, person_columns, save
from regulars.main.imports.people import import_people
from regulars.main.imports.report import Report
from regulars.main.settings import read_settings
from regulars.main.wiring import open_database
from regulars.store import Database

console = Console()
import_app = cyclopts.App(
    name="import",
    help="Bring in what you have: events, the catalogue, people. A rerun imports nothing twice; a dirty row is told, "
    "with its line, and stops nothing.",
)


@cyclopts.Parameter(name="*")
@dataclass(frozen=True)
class Options:
    """What every import takes."""

    map: Annotated[
        list[str] | None,
        cyclopts.Parameter(help="field=column …, or field==value for all rows", consume_multiple=True, negative=""),
    ] = None
    format: Annotated[Format | None, cyclopts.Parameter(help="when the file's ending does not tell")] = None
    rejects: Annotated[Path | None, cyclopts.Parameter(help="where rejected rows go (default: var/rejects)")] = None
    dry_run: Annotated[bool, cyclopts.Parameter(help="read and check everything, write nothing", negative="")] = False

    def format_of(self, file: Path) -> Format:
        """How `file` is written."""
        return self.format or format_of(file)

    def rejects_of(self, file: Path) -> Path:
        """Where the rejected rows of `file` go."""
        return self.rejects or read_settings().var / "rejects" / f"{file.name}.rejects.csv"

    @contextmanager
    def database(self) -> Iterator[Database | None]:
        """The database, or none for a dry run."""
        if self.dry_run:
            yield None
        else:
            with open_database() as database:
                yield database


@import_app.command
def events(
    file: Path,
    *,
    as_: Annotated[
        str | None, cyclopts.Parameter(name="--as", help="a mapping: online-retail, segment, or saved")
    ] = None,
    save_map: Annotated[str | None, cyclopts.Parameter(help="keep this mapping under a name, for --as")] = None,
    timezone: Annotated[str, cyclopts.Parameter(help="of times that name none, like Europe/London")] = "",
    time_format: Annotated[str, cyclopts.Parameter(help="like %d/%m/%Y %H:%M, when times are in no usual form")] = "",
    options: Options = Options(),
) -> None:
    """Import what people did: CSV, JSON Lines or Parquet, one event a row; or JSON Lines in the form of /v1/batch.

    Examples: `regulars import events clicks.csv --map user_id=customer --map event=='Product Viewed'`,
    `regulars import events online_retail.csv.gz --as online-retail`
    """
    saved = read_settings().var / "mappings"
    layout = choose_layout(as_, options.map or [], saved=saved, timezone=timezone, time_format=time_format)
    if save_map:
        console.print(f"Mapping kept in {save(layout, save_map, saved=saved)}: use it with --as {save_map}")
    with options.database() as database:
        report = import_events(
            file, layout, format=options.format_of(file), database=database, rejects=options.rejects_of(file),
            now=utc_now(),
        )  # fmt: skip
    _tell(report, "`regulars learn` lets the model know")


@import_app.command
def catalog(
    file: Path,
    *,
    kind: Annotated[
        str | None, cyclopts.Parameter(help="of items that name none (default product; RSS: article)")
    ] = None,
    language: Annotated[str, cyclopts.Parameter(help="of texts that name none")] = "en",
    withdraw_missing: Annotated[
        bool, cyclopts.Parameter(help="take items of these kinds that are not in the file off the list", negative="")
    ] = False,
    options: Options = Options(),
) -> None:
    """Import what you offer: CSV, JSON Lines, Parquet, a Google product feed, RSS or Atom.

    Columns that are no field of an item become its attributes; `vegan|halal` is a list.

    Example: `regulars import catalog products.csv --map external_id=sku --map title.nl=naam --language en`
    """
    columns = item_columns(options.map or [])
    feed = Feed(options.format_of(file), columns, language, kind, utc_now())
    with options.database() as database:
        report = import_items(
            file, feed, database=database, rejects=options.rejects_of(file), withdraw_missing=withdraw_missing
        )
    _tell(report, "")


@import_app.command
def people(file: Path, *, options: Options = Options()) -> None:
    """Import whom you know: user_id, facet:NAME (what they chose), consent:PURPOSE (yes or no), and traits.

    What someone chose here themselves is never overwritten by a file.

    Example: `regulars import people customers.csv --map user_id=id --map facet:diet=dieet`
    """
    with options.database() as database:
        report = import_people(
            file, person_columns(options.map or []), format=options.format_of(file), database=database,
            rejects=options.rejects_of(file), now=utc_now(),
        )  # fmt: skip
    _tell(report, "")


def _tell(report: Report, then: str) -> None:
    console.print(report.table())
    if not report.read:
        raise Invalid("no row could be used; there is none, or nothing but names of columns")
    if report.read and report.rejected == report.read:
        raise Invalid(f"no row could be used; {report.reasons.most_common(1)[0][0]}; all are in {report.rejects}")
    for note in report.notes:
        console.print(escape(note), soft_wrap=True)
    if report.rejects:
        console.print(f"Rejected rows, with line and reason: {escape(str(report.rejects))}", soft_wrap=True)
    if then and report.counts.new and not report.dry:
        console.print(f"Next: {then}.")
