"""/admin/chat: when the company chats, its first words, and when visitors are invited."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from regulars.desk import chat
from regulars.desk.chat import VISITOR_WORDS, ChatSettings, InvitationRule, RuleId
from regulars.desk.chat.inviting import rule_from
from regulars.desk.chat.settings import from_json
from regulars.kit.conditions import ALWAYS, dump, say
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.i18n import N_
from regulars.kit.ids import new_id
from regulars.kit.json import Json
from regulars.team import Role
from regulars.web.pages import render
from regulars.web.pages.admin.asking import OPERATORS, condition_from, rows_of
from regulars.web.pages.admin.slots import number_of, texts_of
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import Form, GivenForm

DAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))


@get("/admin/chat", sync_to_thread=True)
def chat_page(desk: GivenDesk) -> Response[str]:
    """Hours, first words and invitations."""
    return _page(desk, {})


@post("/admin/chat", sync_to_thread=True, status_code=200)
def save_chat(desk: GivenDesk, form: GivenForm) -> Response[str] | Response[None]:
    """Keep the settings."""
    desk.check(form, Role.MANAGER)
    try:
        settings = settings_of(form)
        with desk.work() as work:
            chat.save_settings(work.db, settings, by=desk.by, now=work.now)
            desk.audit(work, "chat settings saved", {"switched_off": settings.switched_off, "zone": settings.zone})
    except Invalid as fault:
        return _page(desk, {"fault": fault}, status=422)
    return render.go("/admin/chat")


@get("/admin/chat/invitations/{rule:uuid}", sync_to_thread=True)
def invitation_rule_page(desk: GivenDesk, rule: FromPath[UUID]) -> Response[str]:
    """One rule that invites, to look at and to change; an id nobody has is a new one."""
    with desk.work() as work:
        found = next((r for r in chat.rules(work.db) if r.id == rule), None)
    return _editor(desk, found or InvitationRule(RuleId(rule), ""), {})


@post("/admin/chat/invitations/{rule:uuid}", sync_to_thread=True, status_code=200)
def save_invitation_rule(desk: GivenDesk, form: GivenForm, rule: FromPath[UUID]) -> Response[str] | Response[None]:
    """Keep a rule that invites."""
    desk.check(form, Role.MANAGER)
    try:
        made = rule_of(form, RuleId(rule))
        with desk.work() as work:
            chat.save_rule(work.db, made, by=desk.by, now=work.now)
            desk.audit(work, "invitation rule saved", {"rule": str(rule), "name": made.name})
    except Invalid as fault:
        return _editor(desk, InvitationRule(RuleId(rule), form.one("name")), {"fault": fault}, status=422)
    return render.go("/admin/chat")


@post("/admin/chat/invitations/{rule:uuid}/delete", sync_to_thread=True)
def delete_invitation_rule(desk: GivenDesk, form: GivenForm, rule: FromPath[UUID]) -> Response[None]:
    """Take a rule away."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        gone = next((r for r in chat.rules(work.db) if r.id == rule), None)
        if gone is None:
            raise NotFound("there is no such rule: it may have been deleted")
        chat.delete_rule(work.db, gone.id)
        desk.audit(work, "invitation rule deleted", {"rule": str(rule), "name": gone.name})
    return render.go("/admin/chat")


def settings_of(form: Form) -> ChatSettings:
    """The settings a form says. Raises Invalid with the fields."""
    hours: Json = None
    if form.one("always") != "yes":
        hours = {str(day): _spans(form.one(f"day.{day}")) for day in range(7)}
    return from_json(
        {
            "zone": form.one("zone").strip() or "UTC",
            "hours": hours,
            "closed_days": list(form.one("closed_days").replace(",", " ").split()),
            "switched_off": form.one("switched_off") == "yes",
            "greeting": texts_of(form, "greeting"),
            "privacy": form.one("privacy").strip(),
            "files": form.one("files") == "yes",
        }
    )


def rule_of(form: Form, rule: RuleId) -> InvitationRule:
    """The rule a form says. Raises Invalid with the fields."""
    raw: dict[str, Json] = {
        "name": form.needed("name"),
        "when": dump(condition_from(form, "when", VISITOR_WORDS)),
        "text": texts_of(form, "text"),
        "every_days": int(number_of(form, "every_days")),
        "active": form.one("active") == "yes",
    }
    return rule_from(rule, raw)


def _spans(text: str) -> Json:
    """ "9:00-12:30, 13:00-17:00" as pairs."""
    pairs: list[Json] = []
    for part in text.replace("–", "-").split(","):
        if part.strip():
            begins, _, ends = (piece.strip() for piece in part.partition("-"))
            pairs.append([begins.zfill(5), ends.zfill(5)])
    return pairs


def _page(desk: Desk, values: Mapping[str, object], *, status: int = 200) -> Response[str]:
    with desk.work() as work:
        settings, rules = chat.settings(work.db), chat.rules(work.db)
        hall = chat.standing(work.db, now=work.now)
    said = {r.id: "" if r.when == ALWAYS else say(r.when, desk.agent.language, VISITOR_WORDS) for r in rules}
    spans = {day: ", ".join(f"{b:%H:%M}-{e:%H:%M}" for b, e in (settings.hours or {}).get(day, ())) for day in range(7)}
    shown = {
        "settings": settings, "spans": spans, "days": DAYS, "rules": rules, "said": said, "fault": None,
        "hall": hall, "fresh": new_id(), "base_url": desk.edge.settings.base_url,
    }  # fmt: skip
    return desk.page("admin/chat.html", shown | dict(values), status=status)


def _editor(desk: Desk, rule: InvitationRule, values: Mapping[str, object], *, status: int = 200) -> Response[str]:
    shown = {
        "rule": rule,
        "when": rows_of("when", rule.when, VISITOR_WORDS, desk.agent.language),
        "operators": OPERATORS,
        "fault": None,
    }
    return desk.page("admin/chat_rule.html", shown | dict(values), status=status)
