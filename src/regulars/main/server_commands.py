"""Commands that serve: serve, demo."""

import dataclasses
import socket
import subprocess
import sys
from contextlib import closing
from importlib import import_module
from typing import Annotated

import sqlalchemy as sa
from cyclopts import Parameter
from cyclopts.validators import Number
from msgspec.structs import replace

from regulars import __version__, team
from regulars.demo.notes import Notes, origins, read_notes, write_notes
from regulars.kit.errors import Conflict, NotFound
from regulars.main.demo_mail import demo_mail
from regulars.main.demo_words import tell
from regulars.main.settings import Settings, read_settings
from regulars.main.wiring import database_url, open_database
from regulars.main.work_command import work_beside
from regulars.store import Database
from regulars.web.serve import APP
from regulars.web.serve import serve as run_server
from regulars.web.settings import WebSettings

DEMO_APP = "regulars.demo.serving:app"
Port = Annotated[int, Parameter(validator=Number(gte=1, lte=65_535))]


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
    with open_database(settings) as database:  # holds the bundled PostgreSQL while others use it
        url = _url(settings, "127.0.0.1", port)
        if fresh or not _prepared_before(database, settings, url):
            prepared = subprocess.run(  # noqa: S603  ourselves
                [sys.executable, "-m", "regulars.main.demo_data", url, *(["--fresh"] if fresh else [])], check=False
            )
            if prepared.returncode:
                sys.exit(prepared.returncode)
        serve_demo(settings, port)


def serve_demo(settings: Settings, port: int, *, seed: int | None = None) -> None:
    """Serve the demo, which is filled, with its mail server, until Ctrl-C. Raises NotFound when it left no notes.

    seed  for the explored share of decisions; None: from the operating system
    """
    with demo_mail(settings) as with_mail:
        write_notes(settings.var, replace(_notes(settings), mail_in=with_mail.mail.listen or ""))
        _run(with_mail, "127.0.0.1", port, target=DEMO_APP, seed=seed)


def _notes(settings: Settings) -> Notes:
    notes = read_notes(settings.var)
    if notes is None:
        raise NotFound(f"the demo left no notes in {settings.var}: start it with --fresh")
    return notes


def _prepared_before(database: Database, settings: Settings, url: str) -> bool:
    """Whether this Regulars filled and learned the demo already; then says how to get in."""
    notes = read_notes(settings.var)
    if notes is None or notes.version != __version__:
        return False
    with database.begin() as db:
        write = team.key_of(db, notes.write_key)
        works = write and set(write.origins) == set(origins(url)) and team.key_of(db, notes.server_key)
        serves = db.execute(sa.text("select 1 from models where serving_since is not null and refused is null limit 1"))
        if not works or serves.first() is None:
            return False
    notes = replace(notes, url=url)
    write_notes(settings.var, notes)
    tell(notes, settings.var)
    return True


def _run(settings: Settings, host: str, port: int, *, target: str, seed: int | None = None) -> None:
    web = WebSettings(
        var=settings.var.resolve(),
        base_url=_url(settings, host, port),
        oidc=settings.oidc,
        private_webhooks=settings.private_webhooks,
        seed=seed,
    )
    for module in (target.partition(":")[0], "regulars.web.app"):
        import_module(module)  # before any thread: a worker forked while one imports would wait for it for ever
    with work_beside(dataclasses.replace(settings, url=web.base_url)):
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
