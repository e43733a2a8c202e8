"""The company's colour on every page its customers see, as a style sheet of two tokens."""

from litestar import Response, get

from regulars.kit import colour
from regulars.web.edge import GivenEdge

LIGHT, DARK = ("#fbfaf7", "#ffffff"), ("#171513", "#201d1a")
"""The grounds text stands on (`tokens.css`: paper and surface)."""
LASTS_SECONDS = 300


@get("/brand.css", include_in_schema=False, sync_to_thread=True)
def brand(edge: GivenEdge) -> Response[str]:
    """The tokens; empty while the company chose no colour."""
    chosen = edge.keyring.company().colour
    headers = {
        "Cache-Control": f"public, max-age={LASTS_SECONDS}",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(tokens(chosen) if chosen else "", media_type="text/css; charset=utf-8", headers=headers)


def tokens(chosen: str) -> str:
    """`--brand` and what is written on it, in a shade that can be read in light and in dark."""
    light, dark = (colour.readable(chosen, grounds) for grounds in (LIGHT, DARK))
    return (
        f":root{{--brand:light-dark({light},{dark});--brand-ink:light-dark({colour.on(light)},{colour.on(dark)});"
        "--accent-wash:color-mix(in srgb,var(--brand) 10%,var(--surface))}"
    )
