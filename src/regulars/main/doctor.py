"""`regulars doctor`: is everything as it should be, and if not, what to do."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from babel.dates import format_timedelta
from rich.console import Console
from rich.table import Table

from regulars import decide, taste, team
from regulars.kit.clock import utc_now
from regulars.kit.errors import Fault
from regulars.main.settings import Settings, read_settings
from regulars.main.wiring import open_database
from regulars.store import Db
from regulars.store.lake import Lake

STALE = timedelta(days=2)  # a nightly `regulars learn` that was missed once
LEAST_FREE_BYTES = 1_000_000_000
MOST_CLOCK_DIFFERENCE = timedelta(seconds=2)


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "look at this"
    BAD = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, how it is, and what to do about it."""

    what: str
    state: State
    words: str


def doctor() -> None:
    """Check the database, the model, keys, people who may sign in, disk and clock, and say what to do.

    Exit code 1 when something is broken. Example: `regulars doctor`
    """
    settings = read_settings()
    marks = {State.OK: "[green]✓[/]", State.WARNING: "[yellow]![/]", State.BAD: "[red]✗[/]"}
    table = Table("", "what", "finding", show_lines=False)
    findings = list(examine(settings, now=utc_now()))
    for one in findings:
        table.add_row(marks[one.state], one.what, one.words)
    Console().print(table)
    if any(one.state is State.BAD for one in findings):
        sys.exit(1)


def examine(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Look at everything once."""
    yield disk(settings.var)
    if settings.lake:
        yield lake(settings.lake, now=now)
    try:
        with open_database(settings) as database, database.begin() as db:
            for look in _LOOKS:
                yield look(db, now)
            yield model(db, now, settings.var)
            yield from work(db, now)
    except Fault as e:
        yield Finding("database", State.BAD, e.detail)


def disk(var: Path) -> Finding:
    """Whether there is room beside the database."""
    place = next(p for p in [var.resolve(), *var.resolve().parents] if p.exists())
    free = shutil.disk_usage(place).free
    words = f"{free / 1e9:.1f} GB free at {place}"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", State.BAD, f"{words}: make room, or events can soon not be kept")
    return Finding("disk", State.OK, words)


def lake(url: str, *, now: datetime) -> Finding:
    """Whether history was exported to the lake lately."""
    try:
        found = Lake(url).manifest()
    except Fault as e:
        return Finding("lake", State.BAD, e.detail)
    if found is None:
        return Finding("lake", State.WARNING, f"nothing at {url} yet: run `regulars lake export`")
    age = max(now - found.at, timedelta())
    words = f"{found.rows:,} rows at {url}, exported {_ago(age)}"
    if age > STALE:
        return Finding("lake", State.WARNING, f"{words}: run `regulars lake export` nightly (see docs/spark.md)")
    return Finding("lake", State.OK, words)


def server(db: Db, _now: datetime) -> Finding:
    """Whether PostgreSQL is one we know to work."""
    number = int(db.execute(sa.text("show server_version_num")).scalar_one())
    size = db.execute(sa.text("select pg_size_pretty(pg_database_size(current_database()))")).scalar_one()
    if number < 150_000:
        return Finding("database", State.BAD, f"PostgreSQL {number // 10_000}: 15 or newer is needed")
    return Finding("database", State.OK, f"PostgreSQL {number // 10_000}, {size}, schema up to date")


def clock(db: Db, _now: datetime) -> Finding:
    """Whether this machine and the database agree what time it is."""
    theirs: datetime = db.execute(sa.text("select clock_timestamp()")).scalar_one()
    difference = abs(theirs - utc_now())
    if difference > MOST_CLOCK_DIFFERENCE:
        return Finding("clock", State.BAD, f"differs from the database's by {difference}: set up time synchronisation")
    return Finding("clock", State.OK, f"agrees with the database's to {difference.total_seconds() * 1000:.0f} ms")


def model(db: Db, now: datetime, var: Path) -> Finding:
    """Whether a fresh, unharmed model serves."""
    serving = next((m for m in decide.models(db) if m.serving_since and not m.refused), None)
    if serving is None:
        return Finding("model", State.WARNING, "none yet, decisions show what is popular: run `regulars learn`")
    try:
        taste.load(var / serving.path)
    except Fault as e:
        return Finding("model", State.BAD, f"{e.detail}: run `regulars learn`")
    age = now - serving.created_at
    words = f"learned {_ago(age)}, file intact"
    if age > STALE:
        return Finding("model", State.WARNING, f"{words}: run `regulars learn` nightly (see docs/deployment.md)")
    return Finding("model", State.OK, words)


def keys(db: Db, _now: datetime) -> Finding:
    """Whether there are keys that work."""
    live = [k for k in team.keys(db) if k.revoked_at is None]
    missing = sorted({"write", "server"} - {k.kind.value for k in live})
    if missing:
        return Finding(
            "keys", State.WARNING, f"no {' and no '.join(missing)} key: `regulars key create {missing[0]} --name …`"
        )
    open_ones = [k.name for k in live if k.kind is team.KeyKind.WRITE and not k.origins]
    if open_ones:
        return Finding(
            "keys", State.WARNING, f"{len(live)} keys; bound to no site: {', '.join(open_ones)} (use --origin)"
        )
    return Finding("keys", State.OK, f"{len(live)} keys, write keys bound to their sites")


def people_who_may_sign_in(db: Db, _now: datetime) -> Finding:
    """Whether anyone can manage this installation."""
    able = [a for a in team.agents(db) if a.disabled_at is None and a.role.may(team.Role.MANAGER)]
    if not able:
        return Finding("team", State.WARNING, "nobody may manage: `regulars agent add you@example.com --role admin`")
    return Finding("team", State.OK, f"{len(able)} may manage")


def events(db: Db, now: datetime) -> Finding:
    """Whether events come in."""
    newest = db.execute(
        sa.text("select max(received_at) from (select received_at from events order by id desc limit 1000) e")
    ).scalar()
    if newest is None:
        return Finding(
            "events", State.WARNING, "none yet: add the script to your site, or `regulars import events FILE`"
        )
    estimate = db.execute(
        sa.text("select greatest(reltuples, 0)::bigint from pg_class where oid = 'events'::regclass")
    ).scalar_one()
    ago = max(now - newest, timedelta())
    return Finding("events", State.OK, f"about {estimate:,}, newest received {_ago(ago)}")


def work(db: Db, now: datetime) -> Iterator[Finding]:
    """Whether mail comes and goes, and jobs are done."""
    from regulars.main import doctor_mail  # noqa: PLC0415  it knows the rooms of mail: only while looking

    for what, look in (
        ("mail in", doctor_mail.mail_in),
        ("mail out", doctor_mail.mail_out),
        ("jobs", doctor_mail.jobs),
    ):
        well, words = look(db, now)
        yield Finding(what, State.OK if well else State.WARNING, words)


def _ago(age: timedelta) -> str:
    return format_timedelta(-age, add_direction=True, locale="en")


_LOOKS: tuple[Callable[[Db, datetime], Finding], ...] = (server, clock, events, keys, people_who_may_sign_in)
