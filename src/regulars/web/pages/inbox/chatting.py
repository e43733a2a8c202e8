"""Chat on the company's side: what happens live, who is on the site, hours and invitations."""

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from regulars.web.pages.admin import chat
from regulars.web.pages.desk import provide_desk
from regulars.web.pages.forms import provide_form
from regulars.web.pages.inbox import live, visitors

handlers: list[ControllerRouterHandler] = [
    Router(
        "",
        route_handlers=[
            live.live,
            visitors.visitors_page,
            visitors.visitors_part,
            visitors.invite_visitor,
            chat.chat_page,
            chat.save_chat,
            chat.invitation_rule_page,
            chat.save_invitation_rule,
            chat.delete_invitation_rule,
        ],
        dependencies={"desk": Provide(provide_desk, sync_to_thread=True), "form": Provide(provide_form)},
        include_in_schema=False,
    )
]
"""The routes."""
