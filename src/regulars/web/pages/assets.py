"""Files that browsers keep: the script for sites, styles, fonts, icons."""

from functools import lru_cache
from gzip import compress
from hashlib import sha256

from litestar import Request, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.static_files import create_static_files_router

from regulars.kit.errors import Unavailable
from regulars.web.pages.render import STATIC

AnyRequest = Request[object, object, State]

SCRIPT_LASTS_SECONDS = 300


async def _as_it_says(response: Response[object]) -> Response[object]:
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


static = create_static_files_router(
    path="/static",
    directories=[STATIC],
    cache_control=CacheControlHeader(max_age=3600, public=True),
    after_request=_as_it_says,
    include_in_schema=False,
    name="static",
)


@get("/regulars.js", include_in_schema=False, sync_to_thread=False)
def script(request: AnyRequest) -> Response[bytes]:
    """The browser script that sites embed; see `browser/regulars.ts`."""
    return _served(request, "regulars.js")


@get("/regulars-chat.js", include_in_schema=False, sync_to_thread=False)
def chat_script(request: AnyRequest) -> Response[bytes]:
    """The chat, which the browser script fetches when its tag says data-chat; see `browser/chat.ts`."""
    return _served(request, "regulars-chat.js")


def _served(request: AnyRequest, name: str) -> Response[bytes]:
    plain, packed, mark = _script(name)
    headers = {
        "Cache-Control": f"public, max-age={SCRIPT_LASTS_SECONDS}",
        "ETag": mark,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    if request.headers.get("if-none-match") == mark:
        return Response(b"", status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="text/javascript", headers=headers | {"Content-Encoding": "gzip"})
    return Response(plain, media_type="text/javascript", headers=headers)


@lru_cache
def _script(name: str) -> tuple[bytes, bytes, str]:
    file = STATIC / "built" / name
    if not file.exists():
        raise Unavailable("the browser script was not built: run `python hatch_build.py`, or install the package again")
    plain = file.read_bytes()
    return plain, compress(plain, 9), f'"{sha256(plain).hexdigest()[:16]}"'
