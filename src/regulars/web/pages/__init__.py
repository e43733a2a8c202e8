"""Pages people look at: /me, /admin, the browser script, the interactive API page."""

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from regulars.web.pages import answering
from regulars.web.pages.admin import (
    audit,
    company,
    departments,
    facets,
    fields,
    keys,
    mine,
    model,
    overview,
    rules,
    slots,
    team,
)
from regulars.web.pages.admin import people as persons
from regulars.web.pages.apidocs import api_page
from regulars.web.pages.assets import chat_script, script, static
from regulars.web.pages.brand import brand
from regulars.web.pages.desk import provide_desk
from regulars.web.pages.forms import provide_form
from regulars.web.pages.inbox import chatting
from regulars.web.pages.inbox import routes as inbox
from regulars.web.pages.joining import join, join_page
from regulars.web.pages.me import chosen_page, data, guesses, why
from regulars.web.pages.me.door import provide_visit
from regulars.web.pages.problem import problem_page
from regulars.web.pages.signin import sign_in, sign_in_code, sign_in_page, sign_out
from regulars.web.pages.signin_provider import from_provider, to_provider

me = Router(
    "",
    route_handlers=[
        chosen_page.chosen_page,
        chosen_page.choose,
        chosen_page.clear_choice,
        chosen_page.add_to_choice,
        chosen_page.remove_from_choice,
        chosen_page.undo_change,
        guesses.guesses_page,
        guesses.say_of_guess,
        why.why_page,
        why.correct_outcome,
        why.undo_correction,
        data.data_page,
        data.answer_purpose,
        data.learn_from_event,
        data.export_mine,
        data.ask_erase,
        data.erase_me,
    ],
    dependencies={"visit": Provide(provide_visit, sync_to_thread=True), "form": Provide(provide_form)},
    include_in_schema=False,
)

admin = Router(
    "",
    route_handlers=[
        overview.overview_page,
        slots.slots_page,
        slots.new_slot_page,
        slots.slot_page,
        slots.save_slot,
        slots.reset_slot,
        rules.rules_page,
        rules.new_rule_page,
        rules.rule_page,
        rules.save_rule,
        rules.delete_rule,
        facets.facets_page,
        facets.new_facet_page,
        facets.facet_page,
        facets.save_facet,
        facets.delete_facet,
        persons.people_page,
        persons.person_page,
        persons.part_merge,
        keys.keys_page,
        keys.create_key,
        keys.revoke_key,
        model.model_page,
        team.team_page,
        team.invite,
        team.revoke_invitation,
        team.save_agent,
        team.disable_agent,
        team.enable_agent,
        team.remove_factor,
        company.company_page,
        company.save_company,
        departments.departments_page,
        departments.create_department,
        departments.save_department,
        departments.archive_department,
        fields.fields_page,
        fields.save_field,
        fields.remove_field,
        audit.audit_page,
        audit.audit_csv,
        mine.my_page,
        mine.save_me,
        mine.set_presence,
        mine.change_password,
        mine.begin_factor,
        mine.confirm_factor,
        mine.renew_codes,
        mine.remove_my_factor,
        mine.end_my_session,
        mine.end_my_sessions,
    ],
    dependencies={"desk": Provide(provide_desk, sync_to_thread=True), "form": Provide(provide_form)},
    include_in_schema=False,
)

joining = Router("", route_handlers=[join_page, join], include_in_schema=False)
"""In a router: two threaded handlers of one address are else put into threads twice."""

handlers: list[ControllerRouterHandler] = [
    script,
    chat_script,
    static,
    brand,
    api_page,
    sign_in_page,
    sign_in,
    sign_in_code,
    to_provider,
    from_provider,
    joining,
    sign_out,
    me,
    admin,
    *answering.handlers,
    *chatting.handlers,
    *inbox.handlers,
]
"""Everything of this folder the server answers."""

__all__ = ["handlers", "problem_page"]
