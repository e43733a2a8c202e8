"""Every route of the HTTP API."""

from collections.abc import Mapping, Sequence

from litestar.types import ControllerRouterHandler

from regulars.web import (
    catalog_routes,
    decide_routes,
    health_routes,
    ingest_routes,
    me_routes,
    openapi,
    page_routes,
    people_routes,
    shop_routes,
    talk_routes,
    without_routes,
)
from regulars.web.chat import routes as chat_routes
from regulars.web.quick import Call


def routes() -> Sequence[ControllerRouterHandler]:
    """All of them, in the order they are described."""
    rooms = (
        ingest_routes, decide_routes, page_routes, without_routes, me_routes, people_routes, catalog_routes,
        shop_routes, chat_routes, talk_routes, health_routes, openapi,
    )  # fmt: skip
    return [route for room in rooms for route in room.routes()]


def quick() -> Mapping[str, Call]:
    """The calls that are answered beside the router."""
    return {"/v1/decide": decide_routes.decided, "/v1/decide/page": page_routes.page_decided}
