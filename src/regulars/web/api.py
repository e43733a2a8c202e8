"""Every route of the HTTP API."""

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from regulars.web import catalog_routes, health_routes, ingest_routes, openapi


def routes() -> Sequence[ControllerRouterHandler]:
    """All of them, in the order they are described."""
    rooms = (ingest_routes, catalog_routes, health_routes, openapi)
    return [route for room in rooms for route in room.routes()]
