"""HEAD wherever GET is: the same answer without its body (RFC 9110, 9.3.2), as monitors and link checkers ask."""

from litestar.enums import HttpMethod
from litestar.types import ASGIApp, HTTPDisconnectEvent, Message, Receive, ReceiveMessage, Scope, Send

CHANGING = "/sign-in/provider"
"""Its GETs begin and end a sign-in: whoever only looks must not."""
GONE: HTTPDisconnectEvent = {"type": "http.disconnect"}


class Head:
    """An application that answers HEAD as `rest` answers GET, headers only; everything else is left to `rest`."""

    def __init__(self, rest: ASGIApp) -> None:
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope.get("method") != HttpMethod.HEAD or scope["path"].startswith(CHANGING):
            await self._rest(scope, receive, send)
            return
        begun = False

        async def start_only(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and not begun:
                begun = True
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        async def until_begun() -> ReceiveMessage:
            return GONE if begun else await receive()  # ends an answer that streams on

        scope["method"] = HttpMethod.GET  # type: ignore[typeddict-unknown-key]  # this is no websocket
        await self._rest(scope, until_begun, start_only)
