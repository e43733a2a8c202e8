"""Who is calling, and what they may: API keys, person tokens, origins.

A *server key* may everything. A *write key* is public (it stands in web pages): with it a visitor may send events
and ask decisions for themselves, and change their own choices. "Themselves" is the anonymous id the visitor says
(a random secret of their browser: whoever knows it is taken for them), or the user id of a signed person token.
"""

import binascii
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from anyio.to_thread import run_sync
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler, WebsocketRouteHandler
from litestar.handlers.base import BaseRouteHandler

from regulars import team
from regulars.kit.clock import utc_now
from regulars.kit.errors import Forbidden, Unauthorized
from regulars.kit.text import clean
from regulars.team import ApiKey, KeyKind
from regulars.team.tokens import PERSON
from regulars.web.edge import Edge
from regulars.web.problems import AnyRequest

Connection = ASGIConnection[object, object, object, State]
RequestConnection = ASGIConnection[HTTPRouteHandler, object, object, State]  # what a Request is
SocketConnection = ASGIConnection[WebsocketRouteHandler, object, object, State]  # what a WebSocket is
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

CALLER = "regulars_caller"
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    key        None: no key yet (it may stand in the body of an event call)
    anonymous  what the header X-Regulars-Anonymous says
    token      the person token of the header X-Regulars-Person, not yet verified
    gpc        the browser says Sec-GPC: 1 (Global Privacy Control)
    """

    key: ApiKey | None
    origin: str | None = None
    address: str = ""
    anonymous: str | None = None
    token: str | None = None
    gpc: bool = False

    @property
    def is_server(self) -> bool:
        """Whether this is the company itself."""
        return self.key is not None and self.key.kind is KeyKind.SERVER

    @property
    def name(self) -> str:
        """What is written down as "by": which key."""
        return f"key:{self.key.name}" if self.key else "nobody"


GivenCaller = NamedDependency[Caller]
"""How a handler asks for it: `caller: GivenCaller`."""


def edge_and_caller(request: AnyRequest) -> tuple[Edge, Caller]:
    """What a handler that nothing is injected into works with."""
    scope = request.scope
    return scope["litestar_app"].state.edge, scope[CALLER]  # type: ignore[literal-required]  # our own


async def server_key(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: the company's servers only."""
    if _asks_first(connection):
        return
    caller = await _enter(connection)
    if caller.key is None:
        raise Unauthorized("a server key is needed: send it as the user name of Basic auth, or as a Bearer token")
    if not caller.is_server:
        raise Forbidden("this needs a server key; a write key may only act for the visitor itself")


async def any_key(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: a server key or a write key."""
    if not _asks_first(connection):
        await keyed(connection)


async def keyed(connection: Connection) -> Caller:
    """Who calls with a server key or a write key. Raises Unauthorized without one."""
    caller = await _enter(connection)
    if caller.key is None:
        raise Unauthorized("a key is needed: send it as the user name of Basic auth, or as a Bearer token")
    return caller


async def key_or_body(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard of event calls: the key may also stand in the body, which `with_body_key` looks at."""
    connection.scope["regulars_segment"] = True  # type: ignore[typeddict-unknown-key]  # our own
    await _enter(connection)


def with_body_key(edge: Edge, caller: Caller, plain: object) -> Caller:
    """`caller` with the key of the body, when no header named one. Raises Unauthorized, Forbidden."""
    if caller.key is None:
        if not isinstance(plain, str):
            raise Unauthorized('a key is needed: send it as the user name of Basic auth, or as "writeKey"')
        caller = replace(caller, key=_checked(edge.keyring.key(_plain(plain))))
        if not origin_allowed(edge, caller):
            raise _wrong_origin(caller)
    return caller


def proven_user(edge: Edge, caller: Caller, token: object = None) -> str | None:
    """The user id that the person token (of the body, else of the header) proves; None without a token.

    Raises Unauthorized when the token is not valid: a wrong proof is worse than none.
    """
    token = token if token is not None else caller.token
    if token is None:
        return None
    if not isinstance(token, str):
        raise Unauthorized("the person token is a text")
    return team.user_of(edge.keyring.secret(PERSON), token, now=utc_now())


def origin_allowed(edge: Edge, caller: Caller) -> bool:
    """Whether the page that calls stands where the key may be used; calls without an Origin are no page's."""
    if caller.key is None or caller.is_server or not caller.key.origins or caller.origin is None:
        return True
    origin = caller.origin.lower()
    return origin in caller.key.origins or origin == edge.settings.base_url.lower()


def _asks_first(connection: Connection) -> bool:
    """A browser asks whether it may ask (CORS preflight): it carries no key and is told nothing but that."""
    return connection.scope.get("method") == "OPTIONS"


async def _enter(connection: Connection) -> Caller:
    scope = connection.scope
    edge: Edge = scope["litestar_app"].state.edge
    said = {name: value for name, value in scope["headers"] if name in READ}
    authorization = said.get(b"authorization")
    origin, anonymous, token = (_text(said.get(name)) for name in (b"origin", b"x-regulars-anonymous", TOKEN))
    address = address_of(connection, edge.settings.trusted_proxies)
    if authorization is None:
        edge.brake.spend(address)
    key = None if authorization is None else await _key_of_header(edge, authorization, address)
    caller = Caller(key, origin, address, anonymous, token, said.get(b"sec-gpc") == b"1")
    if not origin_allowed(edge, caller):
        scope["regulars_origin_refused"] = True  # type: ignore[typeddict-unknown-key]  # our own
        raise _wrong_origin(caller)
    scope[CALLER] = caller  # type: ignore[literal-required]  # our own
    return caller


TOKEN = b"x-regulars-person"
READ = frozenset({b"authorization", b"origin", b"x-regulars-anonymous", TOKEN, b"sec-gpc"})


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("latin-1")


def address_of(connection: Connection | RequestConnection | SocketConnection, trusted_proxies: int) -> str:
    """The address that called, as the outermost of our own proxies saw it."""
    if trusted_proxies:
        hops = [hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        if len(hops) >= trusted_proxies:
            return clean(hops[-trusted_proxies])[:100]
    return connection.client.host if connection.client else ""


async def _key_of_header(edge: Edge, header: bytes, address: str) -> ApiKey:
    known = edge.keyring.known(header)
    if known is None or known[0] is None or known[0].kind is KeyKind.WRITE:
        edge.brake.spend(address)  # before anything is looked up for them
    if known is None:
        plain = _plain_of_header(header.decode("latin-1"))
        return _checked(await run_sync(edge.keyring.key, plain, header))
    return _checked(known[0])


def _plain_of_header(said: str) -> str:
    scheme, _, rest = said.partition(" ")
    if scheme.lower() == "bearer":
        return _plain(rest)
    if scheme.lower() == "basic":
        return _plain(_user_name(rest))
    raise Unauthorized("send the key as the user name of Basic auth, or as a Bearer token")


def _user_name(encoded: str) -> str:
    try:
        return b64decode(encoded.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError) as e:
        raise Unauthorized("the Basic auth header is not base64 of KEY:") from e


def _plain(text: str) -> str:
    plain = text.strip()
    if not 1 <= len(plain) <= LONGEST_KEY:
        raise Unauthorized("this key is unknown: look at the keys in the admin pages")
    return plain


def _checked(key: ApiKey | None) -> ApiKey:
    if key is None:
        raise Unauthorized("this key is unknown or was revoked: look at the keys in the admin pages")
    return key


def _wrong_origin(caller: Caller) -> Forbidden:
    return Forbidden(f"this write key may not be used on {str(caller.origin)[:200]}: add the origin to the key")
