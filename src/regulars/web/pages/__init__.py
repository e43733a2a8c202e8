"""Pages people look at: /me, /admin, the browser script, the interactive API page."""

from litestar.types import ControllerRouterHandler

handlers: list[ControllerRouterHandler] = []
