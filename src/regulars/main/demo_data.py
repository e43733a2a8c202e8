"""Fills and learns the demo, in a process of its own: what that takes in memory is gone when the server starts.

python -m regulars.main.demo_data URL [--fresh]
"""

import sys
from datetime import timedelta

import sqlalchemy as sa
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from regulars import decide, team
from regulars.demo.cast import CUSTOMERS
from regulars.demo.fill import Filled, fill
from regulars.demo.notes import Notes, read_notes, write_notes
from regulars.kit.clock import utc_now
from regulars.kit.errors import Conflict
from regulars.main import learning
from regulars.main.cli import reporting
from regulars.main.demo_words import tell
from regulars.main.settings import Settings, read_settings
from regulars.main.wiring import open_database
from regulars.store import Database, migrate

console = Console()
DEMO_BUDGET_SECONDS = 5.0
TOKENS_LAST = timedelta(days=365)


def prepare(url: str, *, fresh: bool) -> None:
    """Bring the demo's database and model to where they can be served at `url`, and say how to get in."""
    settings = read_settings()
    with open_database(settings) as database:
        if fresh:
            _empty(settings, database)
        tell(_prepare(database, settings, url), settings.var)


def _prepare(database: Database, settings: Settings, url: str) -> Notes:
    """Fill and learn what is missing, and write down how to get in."""
    before = read_notes(settings.var)
    with Progress(TextColumn("{task.description:<28}"), BarColumn(), transient=True, console=console) as bar:
        task = bar.add_task("The Reading Table", total=1.0)
        made = fill(
            database, now=utc_now(), keys=before.keys if before else None, url=url,
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


def _empty(settings: Settings, database: Database) -> None:
    if settings.database_url:
        raise Conflict("--fresh removes everything and so wants the demo's own database: unset REGULARS_DATABASE_URL")
    with database.begin() as db:
        db.execute(sa.text("drop schema public cascade; create schema public"))
    migrate(database)


if __name__ == "__main__":
    with reporting():
        prepare(sys.argv[1], fresh="--fresh" in sys.argv[2:])
