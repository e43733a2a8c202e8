"""What a worker of the demo's server serves: Regulars, and the shop's site beside it."""

from pathlib import Path

import msgspec
from litestar import Litestar

from regulars import team
from regulars.demo.config import DemoConfig
from regulars.demo.site import handlers
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.web.app import create_app
from regulars.web.serve import told
from regulars.web.settings import WebSettings

APP = "regulars.demo.serving:app"
"""The target for `web.serve.serve`."""

NOTES = "demo.json"
"""Where the demo writes down its address, keys and sign-ins, in the `var` folder."""


def app() -> Litestar:
    """What a worker serves."""
    settings, database = told()
    notes = msgspec.json.decode((settings.var / NOTES).read_bytes(), type=_Notes)
    return demo_app(settings, database, notes.write_key)


def demo_app(settings: WebSettings, database: Database, write_key: str) -> Litestar:
    """Regulars with The Reading Table at `/`. The database must be filled."""
    with database.begin() as db:
        secret = team.secret(db, "person_token", now=utc_now())
    return create_app(settings, database, extra=handlers(DemoConfig(write_key, secret, settings.secure)))


class _Notes(msgspec.Struct):
    write_key: str


def notes_file(var: Path) -> Path:
    """The demo's notes in `var`."""
    return var / NOTES
