"""Chat on the agents' side: what happens live, who is on the site."""

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from regulars.web.pages.desk import provide_desk
from regulars.web.pages.forms import provide_form
from regulars.web.pages.inbox import live

handlers: list[ControllerRouterHandler] = [
    Router(
        "",
        route_handlers=[live.live],
        dependencies={"desk": Provide(provide_desk, sync_to_thread=True), "form": Provide(provide_form)},
        include_in_schema=False,
    )
]
"""The routes."""
