"""Rules of the shop: what the company pins, boosts and bans."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from regulars import decide
from regulars.decide.model import Effect, ShopRule
from regulars.decide.words import ITEM_WORDS, PERSON_WORDS
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

EFFECTS = {
    Effect.PIN: N_("Put it at a place"),
    Effect.BOOST: N_("Lift it or lower it"),
    Effect.BAN: N_("Never show it here"),
}


@get("/admin/rules", sync_to_thread=True)
def rules_page(desk: GivenDesk) -> Response[str]:
    """Every rule in its order, as sentences."""
    with desk.work() as work:
        rules = decide.rules(work.db)
        now = work.now
    language = desk.agent.language
    said = {r.id: (_said(r.items, language, items=True), _said(r.people, language, items=False)) for r in rules}
    return desk.page("admin/rules.html", {"rules": rules, "said": said, "effects": EFFECTS, "now": now})


@get("/admin/rules/new", sync_to_thread=True)
def new_rule_page(desk: GivenDesk) -> Response[str]:
    """An empty editor."""
    return _editor(desk, ShopRule(new_id(), "", Effect.PIN, ALWAYS), {"new": True})


@get("/admin/rules/{rule:uuid}", sync_to_thread=True)
def rule_page(desk: GivenDesk, rule: FromPath[UUID]) -> Response[str]:
    """One rule, to look at and to change."""
    with desk.work() as work:
        found = next((r for r in decide.rules(work.db) if r.id == rule), None)
    if found is None:
        raise NotFound("there is no such rule: it may have been deleted")
    return _editor(desk, found, {})


@post("/admin/rules/{rule:uuid}", sync_to_thread=True, status_code=200)
def save_rule(desk: GivenDesk, form: GivenForm, rule: FromPath[UUID]) -> Response[str] | Response[None]:
    """Keep a rule."""
    desk.check(form, Role.MANAGER)
    try:
        made = rule_of(form, rule)
        with desk.work() as work:
            decide.save_rule(work.db, made, by=desk.by, now=work.now)
            desk.audit(work, "rule saved", {"rule": str(rule), "name": made.name})
    except Invalid as fault:
        empty = ShopRule(rule, form.one("name"), Effect.PIN, ALWAYS)
        return _editor(desk, empty, {"fault": fault}, status=422)
    return render.go("/admin/rules")


@post("/admin/rules/{rule:uuid}/delete", sync_to_thread=True)
def delete_rule(desk: GivenDesk, form: GivenForm, rule: FromPath[UUID]) -> Response[None]:
    """Take a rule away."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        gone = next((r for r in decide.rules(work.db) if r.id == rule), None)
        decide.delete_rule(work.db, rule)
        desk.audit(work, "rule deleted", {"rule": str(rule), "was": decide.rule_json(gone) if gone else None})
    return render.go("/admin/rules")


def rule_of(form: Form, rule: UUID) -> ShopRule:
    """The rule a form says. Raises Invalid with the fields."""
    raw: dict[str, Json] = {
        "name": form.needed("name"),
        "effect": form.one("effect"),
        "items": dump(condition_from(form, "items", ITEM_WORDS)),
        "people": dump(condition_from(form, "people", PERSON_WORDS)),
        "slots": form.many("slots"),
        "label": texts_of(form, "label"),
        "position": int(number_of(form, "position")),
        "most": int(number_of(form, "most")),
        "factor": number_of(form, "factor"),
        "starts": _moment(form, "starts"),
        "ends": _moment(form, "ends"),
    }
    return decide.rule_from(raw, rule)


def _moment(form: Form, name: str) -> str | None:
    text = form.one(name).strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).isoformat()
    except ValueError as e:
        raise Invalid(f"{name} is no date and time", fields={name: "is no date and time"}) from e


def _said(condition: object, language: str, *, items: bool) -> str:
    if condition == ALWAYS:
        return ""
    return say(condition, language, ITEM_WORDS if items else PERSON_WORDS)  # type: ignore[arg-type]


def _editor(desk: Desk, rule: ShopRule, values: Mapping[str, object], *, status: int = 200) -> Response[str]:
    language = desk.agent.language
    with desk.work() as work:
        slots = list(decide.slots(work.db))
    shown = {
        "rule": rule,
        "items": rows_of("items", rule.items, ITEM_WORDS, language),
        "people": rows_of("people", rule.people, PERSON_WORDS, language),
        "slots": slots,
        "effects": EFFECTS,
        "operators": OPERATORS,
        "fault": None,
        "new": False,
    }
    return desk.page("admin/rule.html", shown | dict(values), status=status)
