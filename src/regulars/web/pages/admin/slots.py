"""Slots: the list, the editor, and a live preview as one person."""

from collections.abc import Mapping
from dataclasses import replace

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from regulars import decide
from regulars.choices.model import Mode
from regulars.decide.model import Slot, Source
from regulars.decide.words import ITEM_WORDS
from regulars.kit.conditions import dump
from regulars.kit.errors import Fault, Invalid, NotFound
from regulars.kit.i18n import N_
from regulars.kit.json import Json
from regulars.kit.text import LANGUAGES, clean
from regulars.taste import PLACES
from regulars.team import Role
from regulars.web.pages import render
from regulars.web.pages.admin.asking import OPERATORS, condition_from, rows_of
from regulars.web.pages.admin.preview import preview
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import Form, GivenForm

SOURCES = {
    Source.TASTE: N_("what fits the person"),
    Source.BECAUSE_ITEM: N_("what goes with something they did"),
    Source.CONTEXT_ITEM: N_("what goes with the item of the page"),
    Source.POPULAR: N_("what is popular near them"),
    Source.NEWEST: N_("what is new"),
}
MODES = {
    Mode.CHOOSE_FOR_ME: N_("Choose for me"),
    Mode.I_CHOOSE: N_("I choose"),
    Mode.ONLY_CHOSEN: N_("Only what I chose"),
}


@get("/admin/slots", sync_to_thread=True)
def slots_page(desk: GivenDesk) -> Response[str]:
    """Every slot, by page and position."""
    with desk.work() as work:
        slots = sorted(decide.slots(work.db).values(), key=lambda s: (s.page, s.position, s.name))
    return desk.page("admin/slots.html", {"slots": slots, "sources": SOURCES, "modes": MODES})


@get("/admin/slots/new", sync_to_thread=True)
def new_slot_page(desk: GivenDesk) -> Response[str]:
    """An empty editor."""
    return _editor(desk, Slot(""), {"new": True})


@get("/admin/slots/{name:str}", sync_to_thread=True)
def slot_page(
    desk: GivenDesk, name: FromPath[str], person: FromQuery[str] = "", item: FromQuery[str] = ""
) -> Response[str]:
    """One slot: how it is set, and what `person` would see in it now."""
    with desk.work() as work:
        slots = decide.slots(work.db)
        if name not in slots:
            raise NotFound(f"there is no slot {name[:80]!r}")
    shown = preview(desk, name, clean(person.strip()), clean(item.strip()))
    return _editor(desk, slots[name], {"preview": shown, "person": person, "item": item})


@post("/admin/slots", sync_to_thread=True, status_code=200)
def save_slot(desk: GivenDesk, form: GivenForm) -> Response[str] | Response[None]:
    """Keep a slot; the same page with the faults when something is not right."""
    desk.check(form, Role.MANAGER)
    try:
        slot = slot_of(form)
        with desk.work() as work:
            decide.save_slot(work.db, slot, by=desk.by, now=work.now)
            desk.audit(work, "slot saved", {"slot": slot.name})
    except Invalid as fault:
        return _editor(desk, _as_far_as_it_goes(form), {"fault": fault, "new": form.one("new") == "yes"}, status=422)
    return render.go(f"/admin/slots/{slot.name}")


@post("/admin/slots/{name:str}/reset", sync_to_thread=True)
def reset_slot(desk: GivenDesk, form: GivenForm, name: FromPath[str]) -> Response[None]:
    """Take the company's version away: a built-in slot is back as it was, another is gone."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        decide.delete_slot(work.db, name)
        desk.audit(work, "slot reset", {"slot": name})
    return render.go("/admin/slots")


def slot_of(form: Form) -> Slot:
    """The slot a form says. Raises Invalid with the fields."""
    raw: dict[str, Json] = {
        "name": form.needed("name"),
        "title": texts_of(form, "title"),
        "source": form.one("source"),
        "mode": form.one("mode"),
        "place": form.one("place"),
        "page": form.one("page").strip(),
        "items": dump(condition_from(form, "items", ITEM_WORDS)),
    }
    for name in ("size", "position", "without_bought_days", "without_seen_days"):
        raw[name] = int(number_of(form, name))
    for name in ("explore", "variety"):
        raw[name] = number_of(form, name)
    return decide.slot_from(raw)


def texts_of(form: Form, name: str) -> dict[str, Json]:
    """Language → text, without empty ones."""
    return {code: text for code in LANGUAGES if (text := form.one(f"{name}.{code}").strip())}


def number_of(form: Form, name: str) -> float:
    """A number of the form. Raises Invalid."""
    text = form.one(name).strip().replace(",", ".")
    try:
        found = float(text)
    except ValueError as e:
        raise Invalid(f"{name} is not a number: {text[:40]!r}", fields={name: "is not a number"}) from e
    if abs(found) > 1e9:
        raise Invalid(f"{name} is too large", fields={name: "is too large"})
    return found


def _as_far_as_it_goes(form: Form) -> Slot:
    """What the form said where it can be read, so that nothing typed is lost."""
    slot = Slot(form.one("name"), {k: str(v) for k, v in texts_of(form, "title").items()}, page=form.one("page"))
    try:
        return replace(slot, items=condition_from(form, "items", ITEM_WORDS))
    except Fault:
        return slot


def _editor(desk: Desk, slot: Slot, values: Mapping[str, object], *, status: int = 200) -> Response[str]:
    shown = {
        "slot": slot,
        "asked": rows_of("items", slot.items, ITEM_WORDS, desk.agent.language),
        "sources": SOURCES,
        "modes": MODES,
        "places_of_model": PLACES,
        "operators": OPERATORS,
        "preview": None,
        "person": "",
        "item": "",
        "fault": None,
        "new": False,
    }
    return desk.page("admin/slot.html", shown | dict(values), status=status)
