"""The description of the HTTP API: OpenAPI 3.1, made from the handlers."""

from collections.abc import Sequence

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, SecurityScheme, Server, Tag
from litestar.types import ControllerRouterHandler

import regulars
from regulars.web.openapi_bodies import describe_decide, describe_events
from regulars.web.openapi_polish import Described, polish

TAGS = {
    "Events": "What people do. Segment's and RudderStack's libraries work by changing only the host.",
    "Decisions": "What to show to whom, why, and putting it right.",
    "The visitor itself": "What a browser with a write key may do for its own visitor.",
    "People": "Everything known, chosen and guessed about a person; merging, exporting, erasing.",
    "Catalogue": "What can be offered.",
    "Slots, rules and facets": "Where something individual goes, what the company wants, what a person may choose.",
    "Conversations": "The desk for your own programs: conversations, webhooks, channels of other services.",
    "Operation": "For whoever keeps the server running.",
}

SERVER_KEY: list[dict[str, list[str]]] = [{"serverKey": []}, {"bearerKey": []}]
ANY_KEY: list[dict[str, list[str]]] = [{"serverKey": []}, {"writeKey": []}, {"bearerKey": []}]

ABOUT = """
Send a key as the user name of Basic auth with an empty password, or as a Bearer token. **Server keys** are secret
and may everything. **Write keys** are public: a browser may send events, ask decisions and change choices with one,
for its own visitor only. The visitor is the anonymous id it says (`X-Regulars-Anonymous`, or `anonymousId`; a random
secret of that browser), or a user id proven by a person token (`X-Regulars-Person`): a JWT of your server, HS256 with
your company's secret, `{"sub": userId, "exp": seconds}`.

Faults are problem details (RFC 9457): `title`, `status`, `detail`, `code`, and `fields` where one can point at the
place in the input. 503 means: try again after `Retry-After` seconds; nothing was half done.
"""


def config(base_url: str) -> OpenAPIConfig:
    """What Litestar needs to describe the handlers."""
    return OpenAPIConfig(
        title="Regulars",
        version=regulars.__version__,
        description=ABOUT.strip(),
        contact=Contact(name="Regulars"),
        servers=[Server(url=base_url)],
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        components=Components(
            security_schemes={
                "serverKey": SecurityScheme("http", "A server key (sk_…) as the user name.", scheme="basic"),
                "writeKey": SecurityScheme("http", "A write key (wk_…) as the user name.", scheme="basic"),
                "bearerKey": SecurityScheme("http", "Either key.", scheme="bearer"),
                "personToken": SecurityScheme(
                    "apiKey", "Who the visitor is, signed.", name="X-Regulars-Person", security_scheme_in="header"
                ),
            }
        ),
        use_handler_docstrings=True,
        path="/docs",
        render_plugins=[_Polished()],
    )


class _Polished(JsonRenderPlugin):
    """Serves the polished description at /docs/openapi.json, and no page that loads scripts from elsewhere."""

    def render(self, request: Request[object, object, State], openapi_schema: Described) -> bytes:  # noqa: ARG002
        """The description, as JSON."""
        return _encoded(openapi_schema)


@get("/openapi.json", include_in_schema=False, sync_to_thread=False, cache=True)
def openapi_json(request: Request[object, object, State]) -> Response[bytes]:
    """The description, for tools."""
    return Response(described(request.app), media_type="application/json")


def described(app: Litestar) -> bytes:
    """The OpenAPI 3.1 document of `app`, as JSON."""
    return _encoded(app.openapi_schema.to_schema())


def routes() -> Sequence[ControllerRouterHandler]:
    """The description's route."""
    return [openapi_json]


def _encoded(document: Described) -> bytes:
    polish(document)
    describe_events(document)
    describe_decide(document)
    return msgspec.json.encode(document)
