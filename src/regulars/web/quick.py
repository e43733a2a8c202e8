"""The calls made most, answered beside the framework's router, which would take longer than the answer.

The router has these routes too: it describes them, and takes them under any other spelling of the address. Whom they
let in, how faults are told, what is counted and which origin may read is decided by the same code in both.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import cast

from litestar.connection import ASGIConnection
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException, InternalServerException
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Receive, Scope, Send

from regulars.web import problems
from regulars.web.auth import Caller, keyed
from regulars.web.edge import Edge

MOST_BODY_BYTES = 10_000_000
"""As the framework has it for every other call."""

Header = tuple[bytes, bytes]
Answer = tuple[int, list[Header], bytes]


@dataclass(frozen=True, slots=True)
class Said:
    """What a call says beside who calls: its body, and the languages its browser accepts."""

    body: bytes
    language: str


Call = Callable[[Edge, Caller, Said], Awaitable[bytes]]


class Quick:
    """An application that answers POST to the addresses of `calls` with any key, and leaves the rest to `rest`."""

    def __init__(self, rest: ASGIApp, edge: Edge, calls: Mapping[str, Call]) -> None:
        self._rest, self._edge, self._calls = rest, edge, calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        call = self._calls.get(scope["path"]) if scope.get("method") == HttpMethod.POST else None
        if call is None:
            await self._rest(scope, receive, send)
            return
        scope["path_template"] = scope["path"]
        status, headers, body = await self._answer(call, cast("HTTPScope", scope), receive)
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _answer(self, call: Call, scope: HTTPScope, receive: Receive) -> Answer:
        try:
            caller = await keyed(ASGIConnection(scope))
            said = Said(await _body(scope, receive), accepted(scope))
            return 200, [(b"content-type", b"application/json")], await call(self._edge, caller, said)
        except Exception as error:
            return _told(error)


def accepted(scope: Scope) -> str:
    """The header Accept-Language; empty without one."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), "")


async def _body(scope: HTTPScope, receive: Receive) -> bytes:
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if said.isdigit() and int(said) > MOST_BODY_BYTES:
        raise HTTPException(status_code=413)
    body, more = b"", True
    while more:
        message = cast("HTTPReceiveMessage", await receive())
        if message["type"] != "http.request":
            raise InternalServerException("client disconnected prematurely")
        body += message["body"]
        if len(body) > MOST_BODY_BYTES:
            raise HTTPException(status_code=413)
        more = message.get("more_body", False)
    return body


def _told(error: Exception) -> Answer:
    made = problems.response(problems.of(error))
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in made.headers.items()]
    kind = str(made.media_type).encode()
    return made.status_code or 500, [*headers, (b"content-type", kind)], cast("bytes", made.content)
