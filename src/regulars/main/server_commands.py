"""Commands that serve: serve, demo."""

import socket
from contextlib import closing
from datetime import timedelta
from typing import Annotated

import sqlalchemy as sa
from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from regulars import decide, team
from regulars.demo.cast import CUSTOMERS
from regulars.demo.fill import Filled, fill
from regulars.demo.notes import Notes, read_notes, write_notes
from regulars.demo.serving import APP as DEMO_APP
from regulars.kit.clock import utc_now
from regulars.kit.errors import Conflict
from regulars.main import learning
from regulars.main.settings import Settings, read_settings
from regulars.main.wiring import database_url, open_database
from regulars.store import Database, migrate
from regulars.web.serve import APP
from regulars.web.serve import serve as run_server
from regulars.web.settings import WebSettings

console = Console()
Port = Annotated[int, Parameter(validator=Number(gte=1, lte=65_535))]
DEMO_BUDGET_SECONDS = 5.0
TOKENS_LAST = timedelta(days=365)


def serve(*, host: str = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the API and the pages until Ctrl-C.

    Example: `regulars serve --host 0.0.0.0 --port 8000`
    """
    settings = read_settings()
    _refuse_taken(host, port)
    with open_database(settings):
        _run(settings, host, port, target=APP)


def demo(*, port: Port = 8000, fresh: bool = False) -> None:
    """Everything in one command: a sandwich bar with a reading table, its half year of guests, learned and served.

    Parameters
    ----------
    port
        Where it listens, on this machine only.
    fresh
        Start over: everything in the demo's database is removed first.

    Example: `regulars demo --port 8010`
    """
    settings = read_settings()
    _refuse_taken("127.0.0.1", port)
    with open_database(settings) as database:
        if fresh:
            _empty(settings, database)
        _tell(_prepare(database, settings, _url(settings, "127.0.0.1", port)))
    with open_database(settings):  # holds the bundled PostgreSQL while the workers use it
        _run(settings, "127.0.0.1", port, target=DEMO_APP)


def _prepare(database: Database, settings: Settings, url: str) -> Notes:
    """Fill and learn what is missing, and write down how to get in."""
    before = read_notes(settings.var)
    with Progress(TextColumn("{task.description:<28}"), BarColumn(), transient=True, console=console) as bar:
        task = bar.add_task("The Reading Table", total=1.0)
        made = fill(
            database, now=utc_now(), keys=before.keys if before else None,
            progress=lambda what, done: bar.update(task, description=f"Filling: {what}", completed=done),
        )  # fmt: skip
        with database.begin() as db:
            serving = any(m.serving_since and not m.refused for m in decide.models(db, most=1))
        if not serving:
            learning.learn(
                database, settings.var, now=utc_now(), budget_seconds=DEMO_BUDGET_SECONDS,
                progress=lambda what, done: bar.update(task, description=f"Learning: {what}", completed=done),
            )  # fmt: skip
    notes = _notes(made, url)
    write_notes(settings.var, notes)
    return notes


def _notes(made: Filled, url: str) -> Notes:
    expires = utc_now() + TOKENS_LAST
    tokens = {who: team.person_token(made.person_secret, who, expires=expires) for who in CUSTOMERS}
    return Notes(
        url=url,
        write_key=made.write_key,
        server_key=made.server_key,
        sign_ins=list(made.sign_ins),
        customers=[{"user_id": who, "person_token": token} for who, token in tokens.items()],
        people=made.people,
        events=made.events,
    )


def _tell(notes: Notes) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("The sandwich bar", f"[link={notes.url}]{notes.url}[/]")
    table.add_row("For the company", f"{notes.url}/sign-in")
    table.add_row("The API", f"{notes.url}/docs/api")
    for one in notes.sign_ins:
        table.add_row(f"  {one['name']} ({one['role']})", f"{one['email']}  {one['password']}")
    table.add_row("Customers", ", ".join(one["user_id"] for one in notes.customers) + " (sign in on the site)")
    table.add_row("Keys and sign-ins", "var/demo.json")
    console.print(f"\n[bold]The Reading Table[/]: {notes.people:,} guests, {notes.events:,} events. Ctrl-C stops it.")
    console.print(table)


def _run(settings: Settings, host: str, port: int, *, target: str) -> None:
    web = WebSettings(var=settings.var.resolve(), base_url=_url(settings, host, port))
    run_server(web, database_url(settings), host=host, port=port, workers=settings.workers, target=target)


def _url(settings: Settings, host: str, port: int) -> str:
    return (settings.url or f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}").rstrip("/")  # noqa: S104


def _refuse_taken(host: str, port: int) -> None:
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as e:
            raise Conflict(f"cannot listen on {host}:{port} ({e.strerror}): choose another with --port") from e


def _empty(settings: Settings, database: Database) -> None:
    if settings.database_url:
        raise Conflict("--fresh removes everything and so wants the demo's own database: unset REGULARS_DATABASE_URL")
    with database.begin() as db:
        db.execute(sa.text("drop schema public cascade; create schema public"))
    migrate(database)
