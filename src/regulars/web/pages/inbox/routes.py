"""The routes of the inbox."""

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from regulars.web.pages.answering.uploads import MOST_BODY_BYTES, provide_upload
from regulars.web.pages.desk import provide_desk
from regulars.web.pages.forms import provide_form
from regulars.web.pages.inbox import customer, doing, files, here, many, pages, viewing, writing

handlers: list[ControllerRouterHandler] = [
    Router(
        "",
        route_handlers=[
            pages.inbox_page,
            pages.conversation_page,
            writing.reply,
            writing.unsend,
            writing.send_again,
            writing.save_draft,
            writing.look,
            doing.change,
            doing.follow,
            doing.unread,
            doing.join,
            doing.part,
            doing.split,
            many.change_many,
            many.undo_many,
            many.hand_out,
            viewing.save_view,
            viewing.change_view,
            viewing.remove_view,
            files.message_frame,
            files.attached_file,
            customer.record_fact,
            here.here_part,
        ],
        dependencies={
            "desk": Provide(provide_desk, sync_to_thread=True),
            "form": Provide(provide_form),
            "upload": Provide(provide_upload),
        },
        include_in_schema=False,
        request_max_body_size=MOST_BODY_BYTES,
    )
]
"""All of them."""
