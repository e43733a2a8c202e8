"""Pages about answering: help centre, ready answers, the customer's own conversations, forms, webhooks."""

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from regulars.web.pages.answering import composing, contact, editing, hooks, my, public, ready
from regulars.web.pages.answering.uploads import MOST_BODY_BYTES, provide_upload
from regulars.web.pages.desk import provide_desk
from regulars.web.pages.forms import provide_form

open_to_all = Router(
    "",
    route_handlers=[public.help_page, public.sitemap, public.help_text, public.say_helped],
    dependencies={"form": Provide(provide_form)},
    include_in_schema=False,
)

forms = Router(
    "",
    route_handlers=[contact.form_page, contact.send_form],
    dependencies={"upload": Provide(provide_upload)},
    include_in_schema=False,
    request_max_body_size=MOST_BODY_BYTES,
)

own = Router(
    "",
    route_handlers=[my.my_page, my.my_conversation, my.reply, my.close, my.my_file],
    dependencies={"own": Provide(my.provide_own, sync_to_thread=True), "upload": Provide(provide_upload)},
    include_in_schema=False,
    request_max_body_size=MOST_BODY_BYTES,
)

desk = Router(
    "",
    route_handlers=[
        editing.help_pages,
        editing.new_help_page,
        editing.help_editor,
        editing.make_help_page,
        editing.save_help_page,
        editing.restore_help_page,
        editing.withdraw_help_page,
        editing.discard_help_draft,
        ready.answers_page,
        ready.new_answer_page,
        ready.answer_page,
        ready.make_answer,
        ready.save_answer,
        ready.archive_answer,
        ready.remove_answer_file,
        composing.suggestions,
        composing.find_answers,
        composing.filled_answer,
        contact.forms_page,
        contact.new_form_page,
        contact.edit_form_page,
        contact.save_form_page,
        contact.archive_form_page,
        hooks.webhooks_page,
        hooks.make_webhook,
        hooks.pause_webhook,
        hooks.remove_webhook,
        hooks.send_again,
    ],
    dependencies={
        "desk": Provide(provide_desk, sync_to_thread=True),
        "form": Provide(provide_form),
        "upload": Provide(provide_upload),
    },
    include_in_schema=False,
    request_max_body_size=MOST_BODY_BYTES,
)

handlers: list[ControllerRouterHandler] = [open_to_all, forms, own, desk]
"""Everything of this folder the server answers."""
