"""The web application: the HTTP API, the pages, and one edge they share."""

from collections.abc import Sequence

from litestar import Litestar
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from regulars.kit.events import Bus
from regulars.store import Database
from regulars.web.edge import Edge
from regulars.web.settings import WebSettings


def create_app(
    settings: WebSettings,
    database: Database,
    *,
    extra: Sequence[ControllerRouterHandler] = (),
    bus: Bus | None = None,
) -> Litestar:
    """Everything the server answers.

    extra  routers from above (the demo site)
    bus    where news goes; `main` has subscribed to it
    """
    from regulars.web import pages  # noqa: PLC0415  pages import helpers of this module

    edge = Edge(settings, database, bus or Bus())

    def provide_edge() -> Edge:
        return edge

    return Litestar(
        route_handlers=[*pages.handlers, *extra],
        dependencies={"edge": Provide(provide_edge, use_cache=True, sync_to_thread=False)},
    )
