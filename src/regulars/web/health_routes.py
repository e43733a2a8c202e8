"""/healthz and /metrics: for whoever keeps the server running."""

from collections.abc import Sequence
from ipaddress import ip_address

import sqlalchemy as sa
from litestar import MediaType, Response, get
from litestar.handlers.base import BaseRouteHandler
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from regulars.web import metrics
from regulars.web.auth import Connection, server_key
from regulars.web.edge import Edge, GivenEdge
from regulars.web.openapi import SERVER_KEY


class Health(Struct):
    """The server answers and so does its database."""

    status: str


@get("/healthz", sync_to_thread=True, tags=["Operation"], security=[{}])
def healthz(edge: GivenEdge) -> Health:
    """200 when the server can work; 503 while the database is away."""
    with edge.database.begin() as db:
        db.execute(sa.text("select 1"))
    return Health("ok")


async def server_key_or_here(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: the company's servers, or a program on this machine that comes through no proxy."""
    edge: Edge = connection.app.state.edge
    if edge.settings.loopback_metrics and is_from_here(connection):
        return
    await server_key(connection, handler)


@get(
    "/metrics",
    sync_to_thread=True,
    guards=[server_key_or_here],
    tags=["Operation"],
    media_type=MediaType.TEXT,
    security=SERVER_KEY,
)
def read_metrics() -> Response[bytes]:
    """What the server counted since it started, in Prometheus' text format. This machine needs no key."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


def routes() -> Sequence[ControllerRouterHandler]:
    """The operation routes."""
    return [healthz, read_metrics]


def is_from_here(connection: Connection) -> bool:
    """Whether a program on this machine asks, and not a proxy on it for somebody else."""
    if any(name in connection.headers for name in ("x-forwarded-for", "forwarded", "via")):
        return False
    try:
        return connection.client is not None and ip_address(connection.client.host).is_loopback
    except ValueError:  # a Unix socket or a test has a name instead
        return False
