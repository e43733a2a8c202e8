"""Commands about mail: mailboxes, a look whether all is well, mail from files, mail that could not be read."""

import mailbox as boxes_on_disk
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from regulars import team
from regulars.channels.mail import store
from regulars.channels.mail.imap import WORLD, connected, said
from regulars.channels.mail.smtp import Smtp, SmtpServer
from regulars.channels.mail.store import Envelope, Mailbox, RawId
from regulars.kit.clock import utc_now
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.main.mail_in import READ, read_again, read_waiting
from regulars.main.settings import read_settings
from regulars.main.wiring import open_database
from regulars.store import Database, Db, jobs

console = Console()
mail = App(name="mail", help="Mailboxes, and mail that came. See docs/email.md for how to set mail up.")
AT_ONCE = 100


@mail.command
def add(
    name: str, address: str, *, host: str, login: str = "",
    password: Annotated[str | None, Parameter(env_var="REGULARS_PASSWORD")] = None,
    port: int = 0, security: Literal["tls", "starttls", "none"] = "tls", folder: list[str] | None = None,
    department: str = "", language: str = "", since: datetime | None = None, check: bool = True,
) -> None:  # fmt: skip
    """Fetch the mail of a mailbox by IMAP from now on. The mailbox itself is never changed.

    Parameters
    ----------
    name
        What to call it here; of one that is there already everything else changes.
    address
        What customers write to.
    password
        As it is, or `env:NAME`, or `file:/path`: then it is not in the database.
    folder
        Which folders; INBOX when none is said. Name the spam folder too, so that nothing is lost there.
    since
        Mail that came before this day is left alone (default: before today).

    Example: `regulars mail add help help@shop.example --host imap.shop.example --password env:HELP_PASSWORD`
    """
    if not password:
        raise Invalid("give the mailbox's password with --password, or in REGULARS_PASSWORD")
    now = utc_now()
    with open_database() as database:
        with database.begin() as db:
            there = next((b for b in store.mailboxes(db) if b.name == name), None)
            box = Mailbox(
                there.id if there else new_id(), name, address, host, port or (993 if security == "tls" else 143),
                security, login or address, password, _since(since, there, now), tuple(folder or ["INBOX"]),
                _department(db, department), language,
            )  # fmt: skip
        if check:
            _look_into(box)
        with database.begin() as db:
            store.save_mailbox(db, box)
            team.audit(db, "command line", "mailbox saved", {"name": name, "address": address}, now=now)
    console.print(f"Mail to {address} is fetched from {host} from now on, by `regulars serve` or `regulars work`.")


@mail.command(name="list")
def list_mailboxes() -> None:
    """Show the mailboxes, when each last answered, and what is wrong.

    Example: `regulars mail list`
    """
    table = Table("name", "address", "server", "folders", "last answered", "trouble")
    with open_database() as database, database.begin() as db:
        for box in store.mailboxes(db):
            seen = f"{box.seen_at:%F %H:%M}" if box.seen_at else "never"
            trouble = "paused" if box.paused_at else (box.error or "")
            table.add_row(box.name, box.address, f"{box.host}:{box.port}", ", ".join(box.folders), seen, trouble)
    console.print(table)


@mail.command
def pause(name: str, *, go_on: bool = False) -> None:
    """Stop fetching from a mailbox for a while; with --go-on, fetch again: nothing that came meanwhile is missed.

    Example: `regulars mail pause help`
    """
    with open_database() as database, database.begin() as db:
        box = _named(db, name)
        store.save_mailbox(db, replace(box, paused_at=None if go_on else utc_now()))
    console.print(f"{name} is {'fetched from again' if go_on else 'paused'}.")


@mail.command
def remove(name: str) -> None:
    """Forget a mailbox. The mail that came from it stays.

    Example: `regulars mail remove help`
    """
    with open_database() as database, database.begin() as db:
        if not store.remove_mailbox(db, name):
            raise NotFound(f"there is no mailbox {name!r}: see `regulars mail list`")
        team.audit(db, "command line", "mailbox removed", {"name": name}, now=utc_now())
    console.print(f"{name} is forgotten.")


@mail.command
def check() -> None:
    """Sign in to the mail server and to every mailbox, and say what they answer. Sends nothing.

    Example: `regulars mail check`
    """
    settings, bad = read_settings(), 0
    if settings.mail.smtp_url:
        smtp = Smtp(SmtpServer.of(settings.mail.smtp_url))
        try:
            console.print(f"[green]✓[/] out: {smtp.server.host}:{smtp.server.port} {smtp.check()}")
        except Invalid as e:
            bad += 1
            console.print(f"[red]✗[/] out: {e.detail}")
        finally:
            smtp.close()
    else:
        console.print("[yellow]![/] out: REGULARS_SMTP_URL is not set, so nothing is sent by mail")
    with open_database() as database, database.begin() as db:
        boxes = store.mailboxes(db)
    for box in boxes:
        try:
            _look_into(box)
            console.print(f"[green]✓[/] in: {box.name} ({box.host}:{box.port}, {', '.join(box.folders)})")
        except Invalid as e:
            bad += 1
            console.print(f"[red]✗[/] in: {box.name}: {e.detail}")
    if bad:
        raise Invalid(f"{bad} of them did not answer as they should")


@mail.command(name="import")
def import_mail(file: Path) -> None:
    """Take in the mail of a file: one mail (.eml) or many (.mbox). What came before is left out.

    Example: `regulars mail import archive.mbox`
    """
    if not file.is_file():
        raise NotFound(f"there is no file {file}")
    settings, now = read_settings(), utc_now()
    with open_database(settings) as database:
        fresh = sum(_keep(database, batch, now) for batch in _batches(_mails_of(file)))
        read = read_waiting(database, now=now, sender=settings.mail.sender)
    console.print(f"{fresh} mails are new here; {read} were read into conversations.")


@mail.command
def reparse(*ids: int) -> None:
    """Read mail again that could not be read when it came, or the mails with these numbers.

    Example: `regulars mail reparse`
    """
    settings = read_settings()
    with open_database(settings) as database:
        with database.begin() as db:
            asked = [RawId(i) for i in ids] or store.failed(db, most=10_000)
        good = read_again(database, asked, now=utc_now(), sender=settings.mail.sender)
    console.print(f"{len(asked)} mails were read again, {good} of them without a fault.")


def _look_into(box: Mailbox) -> None:
    """Sign in and open each folder. Raises Invalid with what the server says."""
    try:
        with connected(box, timeout_seconds=20) as client:
            there = {f.name for f in client.folder.list()}
            missing = [f for f in box.folders if f not in there and f.upper() != "INBOX"]
    except WORLD as e:
        raise Invalid(f"{box.host}:{box.port}: {said(e)}") from e
    if missing:
        raise Invalid(f"{box.name} has no folder {missing[0]!r}; it has {', '.join(sorted(there))}")


def _since(asked: datetime | None, there: Mailbox | None, now: datetime) -> datetime:
    if asked is not None:
        return asked.replace(tzinfo=UTC) if asked.tzinfo is None else asked
    return there.since if there else datetime.combine(now.date(), time(0), UTC)


def _department(db: Db, name: str) -> team.DepartmentId | None:
    if not name:
        return None
    found = next((d for d in team.departments(db) if d.name == name), None)
    if found is None:
        raise NotFound(f"there is no department {name!r}")
    return found.id


def _named(db: Db, name: str) -> Mailbox:
    found = next((b for b in store.mailboxes(db) if b.name == name), None)
    if found is None:
        raise NotFound(f"there is no mailbox {name!r}: see `regulars mail list`")
    return found


def _mails_of(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        many = opened.read(5) == b"From "
    if not many:
        yield file.read_bytes()
        return
    for one in boxes_on_disk.mbox(file, create=False):
        yield one.as_bytes()


def _batches(mails: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for one in mails:
        batch.append(one)
        if len(batch) >= AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _keep(database: Database, batch: list[bytes], now: datetime) -> int:
    with database.begin() as db:
        fresh = store.keep(db, batch, Envelope(), now=now)
        if fresh:
            jobs.later(db, READ, {}, once=READ)
    return len(fresh)
