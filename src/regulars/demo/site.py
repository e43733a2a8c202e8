"""The Reading Table's own site: a sandwich bar with a reading table.

It talks to Regulars as any customer's site does: a script tag and, when somebody signs in, a person token signed with
the company's secret. It reads no room of Regulars; what it sells comes from its own content files.
"""

from collections.abc import Sequence

from litestar import Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from regulars.demo import ordering, posting, showing
from regulars.demo.config import DemoConfig
from regulars.demo.content import load
from regulars.demo.render import Pages
from regulars.demo.visitor import Visitor, visitor_of
from regulars.kit.clock import utc_now

AnyRequest = Request[object, object, State]

__all__ = ["DemoConfig", "handlers"]


def handlers(config: DemoConfig) -> Sequence[ControllerRouterHandler]:
    """The routes of the site, for `web.create_app(extra=…)`."""
    pages = Pages(config, load())

    def provide_pages() -> Pages:
        return pages

    def provide_visitor(request: AnyRequest) -> Visitor:
        accepts = request.headers.get("accept-language", "")
        return visitor_of(config, pages.content, request.cookies, accepts, now=utc_now())

    router = Router(
        "/",
        route_handlers=[*showing.handlers, *ordering.handlers, *posting.handlers],
        dependencies={
            "pages": Provide(provide_pages, sync_to_thread=False),
            "visitor": Provide(provide_visitor, sync_to_thread=False),
        },
        include_in_schema=False,
    )
    return [router]
