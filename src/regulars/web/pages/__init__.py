"""Pages people look at: /me, /admin, the browser script, the interactive API page."""

from litestar.types import ControllerRouterHandler

from regulars.web.pages.apidocs import api_page
from regulars.web.pages.assets import script, static
from regulars.web.pages.problem import problem_page
from regulars.web.pages.signin import sign_in, sign_in_page, sign_out

handlers: list[ControllerRouterHandler] = [script, static, api_page, sign_in_page, sign_in, sign_out]
"""Everything of this folder the server answers."""

__all__ = ["handlers", "problem_page"]
