"""Every route of the HTTP API."""

from collections.abc import Sequence

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


def routes() -> Sequence[ControllerRouterHandler]:
    """All of them, in the order they are described."""
    rooms = (
        ingest_routes, decide_routes, page_routes, without_routes, me_routes, people_routes, catalog_routes,
        shop_routes, chat_routes, talk_routes, health_routes, openapi,
    )  # fmt: skip
    return [route for room in rooms for route in room.routes()]
