"""The web application: the HTTP API, the pages, and one edge they share."""

from collections.abc import Sequence
from typing import cast

from anyio.to_thread import current_default_thread_limiter
from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from regulars.kit.events import Bus
from regulars.store import Database
from regulars.web import api, openapi, problems
from regulars.web.auth import CALLER, Caller
from regulars.web.chat.routes import close_hub
from regulars.web.cors import allow_origin
from regulars.web.edge import Edge
from regulars.web.head import Head
from regulars.web.metrics import count_answer
from regulars.web.quick import Quick
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

    async def start() -> None:
        current_default_thread_limiter().total_tokens = settings.threads
        assert edge.decision_log is not None  # made now, by one thread
        edge.live.start()
        await edge.in_thread(edge.warm)

    app = Litestar(
        route_handlers=[*api.routes(), *pages.handlers, *extra],
        dependencies={
            "edge": Provide(provide_edge, use_cache=True, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
        },
        exception_handlers=problems.handlers(getattr(pages, "problem_page", None)),
        before_send=[allow_origin, count_answer],
        state=State({"edge": edge}),
        on_startup=[start],
        on_shutdown=[close_hub, edge.close],
        openapi_config=openapi.config(settings.base_url),
    )
    app.asgi_handler = Head(Quick(app.asgi_handler, edge, api.quick()))
    return app


def provide_caller(request: Request[object, object, State]) -> Caller:
    """Whom the guard of the route let in."""
    return cast("Caller", request.scope[CALLER])  # type: ignore[literal-required]  # our own
