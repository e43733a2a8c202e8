"""The interactive page of the HTTP API, from bundled assets."""

from litestar import Response, get

from regulars.web.pages import render

DESCRIPTION = "/docs/openapi.json"

POLICY = {"style-src": "'self' 'unsafe-inline'", "worker-src": "blob:"}
"""The bundled explorer writes styles into its elements; scripts stay our own."""


@get("/docs/api", include_in_schema=False, sync_to_thread=False)
def api_page() -> Response[str]:
    """Every call with its parameters and answers, to read and to try."""
    return render.page("api.html", "en", {"description": DESCRIPTION}, policy=POLICY)
