"""POST /v1/track and its family: what Segment and RudderStack libraries call."""

from collections.abc import Sequence

import msgspec
from litestar import Request, Response, Router, post
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from regulars.kit.errors import Unauthorized
from regulars.web.auth import Caller, key_or_body, with_body_key
from regulars.web.edge import Edge
from regulars.web.ingest import Taken, take_batch, take_one
from regulars.web.ingest_form import read_batch, unpacked

SUCCESS = b'{"success":true}'
MOST_BODY_BYTES = 1_000_000

SHORT = {"identify": "i", "track": "t", "page": "p", "screen": "s", "group": "g", "alias": "a"}


class _Key(msgspec.Struct, rename="camel"):
    write_key: object = None


_key = msgspec.json.Decoder(_Key)


def _one(type_: str) -> ControllerRouterHandler:
    @post([f"/{type_}", f"/{SHORT[type_]}"], status_code=200, name=f"v1.{type_}", sync_to_thread=True)
    def take(request: Request[object, object, State], body: bytes, edge: Edge, caller: Caller) -> Response[bytes]:
        plain = unpacked(body, request.headers.get("content-encoding"))
        take_one(edge, _with_key(edge, caller, plain), plain, type_)
        return _answer(SUCCESS)

    return take


@post(["/batch", "/b", "/import"], status_code=200, name="v1.batch", sync_to_thread=True)
def take_all(request: Request[object, object, State], body: bytes, edge: Edge, caller: Caller) -> Response[bytes]:
    """Up to 2,500 events at once. The valid ones are taken, the others are named."""
    batch = read_batch(unpacked(body, request.headers.get("content-encoding")))
    taken = take_batch(edge, with_body_key(edge, caller, batch.write_key), batch)
    return _answer(_rejected(taken) if taken.refused else SUCCESS)


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
            route_handlers=[*(_one(type_) for type_ in SHORT), take_all],
            guards=[key_or_body],
            request_max_body_size=MOST_BODY_BYTES,
            tags=["Events"],
        )
    ]
