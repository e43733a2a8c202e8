"""One application a process: building its hundreds of routes costs more than most tests."""

from functools import cache
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import State

from regulars.kit.events import Bus
from regulars.store import Database
from regulars.web.app import create_app
from regulars.web.edge import Edge
from regulars.web.settings import WebSettings

URL = "http://testserver.local"


def application(database: Database, var: Path, *, oidc: tuple[str, str, str] | None = None) -> Litestar:
    """The whole application on `database`, as if it had just been made; the one asked for before is done with."""
    app, edge = _built()
    vars(edge).clear()
    Edge.__init__(edge, WebSettings(var, URL, oidc=oidc), database, Bus())
    app.state = State({"edge": edge})
    return app


@cache
def _built() -> tuple[Litestar, Edge]:
    app = create_app(WebSettings(Path(), URL), Database("postgresql:///none"))
    return app, app.state.edge
