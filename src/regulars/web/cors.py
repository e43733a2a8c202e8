"""Cross-origin answers: the API is called from the company's pages with a write key, never with cookies.

A preflight carries no key, so it is answered for any origin: it tells nothing. The call itself is answered to its
origin only when the write key may be used there (see `auth`).
"""

from typing import cast

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from regulars.web.auth import CALLER, Caller

METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
HEADERS = "Authorization, Content-Type, X-Regulars-Anonymous, X-Regulars-Person, X-Retry-Count"


async def allow_origin(message: Message, scope: Scope) -> None:
    """Before an answer is sent: say which origin may read it."""
    if message["type"] != "http.response.start" or not scope["path"].startswith("/v1/"):
        return
    origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
    if origin is None:
        return
    headers = MutableScopeHeaders.from_message(message)
    headers.add("Vary", "Origin")
    caller = cast("Caller | None", scope.get(CALLER))
    if (caller and caller.is_server) or scope.get("regulars_origin_refused"):
        return
    headers["Access-Control-Allow-Origin"] = origin.decode("latin-1")
    headers["Access-Control-Expose-Headers"] = "Retry-After"
    if scope.get("method") == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = METHODS
        headers["Access-Control-Allow-Headers"] = HEADERS
        headers["Access-Control-Max-Age"] = "86400"
