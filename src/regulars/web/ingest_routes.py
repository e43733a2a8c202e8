"""POST /v1/track and its family: what Segment and RudderStack libraries call."""

from collections.abc import Callable, Sequence

import msgspec
from litestar import MediaType, Response, Router, post
from litestar.types import ControllerRouterHandler

from regulars.kit.errors import Unauthorized
from regulars.web import metrics
from regulars.web.auth import Caller, edge_and_caller, key_or_body, with_body_key
from regulars.web.edge import Edge
from regulars.web.ingest import Taken, take_batch, take_one
from regulars.web.ingest_form import read_batch, unpacked
from regulars.web.problems import AnyRequest

SUCCESS = b'{"success":true}'
MOST_BODY_BYTES = 1_000_000

SHORT = {"identify": "i", "track": "t", "page": "p", "screen": "s", "group": "g", "alias": "a"}


class _Key(msgspec.Struct, rename="camel"):
    write_key: object = None


_key = msgspec.json.Decoder(_Key)


ABOUT = {
    "identify": "Who someone is, and their traits",
    "track": "Something someone did",
    "page": "A page someone saw",
    "screen": "A screen someone saw",
    "group": "A group someone belongs to",
    "alias": "Two ids of one person",
    "batch": "Up to 2,500 events at once",
}


def _one(type_: str, path: str) -> ControllerRouterHandler:
    def take(edge: Edge, caller: Caller, body: bytes, encoding: str | None) -> bytes:
        with metrics.taking.time():
            plain = unpacked(body, encoding)
            take_one(edge, _with_key(edge, caller, plain), plain, type_)
        metrics.taken.inc()
        return SUCCESS

    return _route(take, path, type_)


def _many(path: str) -> ControllerRouterHandler:
    def take(edge: Edge, caller: Caller, body: bytes, encoding: str | None) -> bytes:
        with metrics.taking.time():
            plain = unpacked(body, encoding)
            caller = _with_key(edge, caller, plain)
            taken = take_batch(edge, caller, read_batch(plain))
        metrics.taken.inc(taken.events)
        metrics.refused.inc(len(taken.refused))
        return _rejected(taken) if taken.refused else SUCCESS

    return _route(take, path, "batch")


def _route(take: Callable[[Edge, Caller, bytes, str | None], bytes], path: str, type_: str) -> ControllerRouterHandler:
    """The handler that answers `path` with what `take` says. Nothing is injected: that would double the cost."""

    @post(path, status_code=200, description=ABOUT[type_], include_in_schema=path == f"/{type_}")
    async def handle(request: AnyRequest) -> Response[bytes]:
        edge, caller = edge_and_caller(request)
        encoding = request.headers.get("content-encoding")
        answer = await edge.in_thread(take, edge, caller, await request.body(), encoding)
        return Response(answer, media_type=MediaType.JSON)

    return handle


def _with_key(edge: Edge, caller: Caller, plain: bytes) -> Caller:
    if caller.key:
        return caller
    try:
        return with_body_key(edge, caller, _key.decode(plain).write_key)
    except (msgspec.MsgspecError, RecursionError) as e:
        raise Unauthorized("a key is needed, and the body is no JSON that could name one") from e


def _rejected(taken: Taken) -> bytes:
    rejected = [{"index": r.index, "detail": r.detail} for r in taken.refused]
    return msgspec.json.encode({"success": True, "rejected": rejected})


def routes() -> Sequence[ControllerRouterHandler]:
    """The event routes."""
    return [
        Router(
            "/v1",
            route_handlers=[
                *(_one(type_, path) for type_, short in SHORT.items() for path in (f"/{type_}", f"/{short}")),
                *map(_many, ("/batch", "/b", "/import")),
            ],
            guards=[key_or_body],
            request_max_body_size=MOST_BODY_BYTES,
            tags=["Events"],
        )
    ]
