"""What a worker of the demo's server serves: Regulars, and the shop's site beside it."""

from urllib.parse import urlsplit

from litestar import Litestar

from regulars import team
from regulars.demo.config import DemoConfig
from regulars.demo.notes import Notes, read_notes
from regulars.demo.site import handlers
from regulars.kit.clock import utc_now
from regulars.kit.errors import NotFound
from regulars.store import Database
from regulars.web.app import create_app
from regulars.web.serve import settle, told
from regulars.web.settings import WebSettings

APP = "regulars.demo.serving:app"
"""The target for `web.serve.serve`."""


def app() -> Litestar:
    """What a worker serves."""
    settings, database = told()
    notes = read_notes(settings.var)
    if notes is None:
        raise NotFound(f"there are no notes of the demo in {settings.var}: start it with `regulars demo`")
    made = demo_app(settings, database, notes)
    made.on_startup.append(settle)
    return made


def demo_app(settings: WebSettings, database: Database, notes: Notes) -> Litestar:
    """Regulars with The Reading Table at `/`. The database must be filled."""
    with database.begin() as db:
        secret = team.secret(db, "person_token", now=utc_now())
    where = urlsplit(notes.mail_in)
    mail_in = (where.hostname or "127.0.0.1", where.port or 0)
    config = DemoConfig(notes.write_key, secret, settings.secure, settings.var, mail_in)
    return create_app(settings, database, extra=handlers(config))
