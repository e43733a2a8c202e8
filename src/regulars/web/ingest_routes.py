"""POST /v1/track and its family: what Segment and RudderStack libraries call."""

from collections.abc import Sequence

import msgspec
from litestar import Request, Response, Router, post
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from regulars.kit.errors import Unauthorized
from regulars.web import metrics
from regulars.web.auth import Caller, GivenCaller, key_or_body, with_body_key
from regulars.web.edge import Edge, GivenEdge
from regulars.web.ingest import Taken, take_batch, take_one
from regulars.web.ingest_form import read_batch, unpacked

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
    @post(path, status_code=200, description=ABOUT[type_], include_in_schema=path == f"/{type_}", sync_to_thread=True)
    def take(
        request: Request[object, object, State], body: bytes, edge: GivenEdge, caller: GivenCaller
    ) -> Response[bytes]:
        with metrics.taking.time():
            plain = unpacked(body, request.headers.get("content-encoding"))
            take_one(edge, _with_key(edge, caller, plain), plain, type_)
        metrics.taken.inc()
        return _answer(SUCCESS)

    return take


def _many(path: str) -> ControllerRouterHandler:
    @post(path, status_code=200, description=ABOUT["batch"], include_in_schema=path == "/batch", sync_to_thread=True)
    def take(
        request: Request[object, object, State], body: bytes, edge: GivenEdge, caller: GivenCaller
    ) -> Response[bytes]:
        with metrics.taking.time():
            plain = unpacked(body, request.headers.get("content-encoding"))
            caller = _with_key(edge, caller, plain)
            taken = take_batch(edge, caller, read_batch(plain))
        metrics.taken.inc(taken.events)
        metrics.refused.inc(len(taken.refused))
        return _answer(_rejected(taken) if taken.refused else SUCCESS)

    return take


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


def _answer(body: bytes) -> Response[bytes]:
    return Response(body, status_code=200, media_type="application/json")


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
