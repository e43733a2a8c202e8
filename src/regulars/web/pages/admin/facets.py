"""What people may choose: the company's facets, to look at and to change, and the built-in ones."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from litestar import Response, get, post
from litestar.params import FromPath

from regulars import choices
from regulars.choices.definitions import COMPANY_ACTS
from regulars.choices.model import Acts, FacetDefinition, Many, Value
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.i18n import N_
from regulars.kit.json import Json
from regulars.kit.text import LANGUAGES
from regulars.team import Role
from regulars.web.pages import render
from regulars.web.pages.admin.slots import number_of, texts_of
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import Form, GivenForm

ACTS = {
    Acts.REQUIRE: N_("only what has it"),
    Acts.EXCLUDE: N_("nothing that has it"),
    Acts.PREFER: N_("what has it comes first"),
    Acts.LESS: N_("what is like it comes later"),
    Acts.LANGUAGE: N_("the language we speak"),
    Acts.MODE: N_("who chooses"),
    Acts.LAYOUT: N_("the order of blocks"),
    Acts.PIN: N_("stands first"),
    Acts.PAUSE: N_("nothing personal at all"),
    Acts.PLACE: N_("what is popular near them"),
    Acts.NOTHING: N_("only told to others"),
}
MANY = {
    Many.ONE: N_("one value"),
    Many.SEVERAL: N_("several values"),
    Many.FLAG: N_("yes or no"),
    Many.ORDER: N_("a list in an order"),
}
NEW = FacetDefinition("", Many.SEVERAL, Acts.PREFER)


@get("/admin/facets", sync_to_thread=True)
def facets_page(desk: GivenDesk) -> Response[str]:
    """Every facet, the company's first."""
    with desk.work() as work:
        found = choices.definitions(work.db)
    own = Counter(name in choices.built_in() for name in found)[False]
    return desk.page("admin/facets.html", {"facets": list(found.values()), "own": own, "acts": ACTS})


@get("/admin/facets/new", sync_to_thread=True)
def new_facet_page(desk: GivenDesk) -> Response[str]:
    """An empty editor."""
    return _editor(desk, NEW)


@get("/admin/facets/{name:str}", sync_to_thread=True)
def facet_page(desk: GivenDesk, name: FromPath[str]) -> Response[str]:
    """One facet of the company. Raises NotFound, also for a built-in one."""
    return _editor(desk, _own(desk, name))


@post("/admin/facets", sync_to_thread=True, status_code=200)
def save_facet(desk: GivenDesk, form: GivenForm) -> Response[str] | Response[None]:
    """Keep a facet, new or changed."""
    desk.check(form, Role.MANAGER)
    try:
        made = facet_of(form)
        with desk.work() as work:
            names = [name for name in choices.definitions(work.db) if name not in choices.built_in()]
            place = names.index(made.name) if made.name in names else len(names)
            choices.define(work.db, made, now=work.now, position=place)
            desk.audit(work, "facet saved", {"facet": made.name})
    except Invalid as fault:
        return _editor(desk, _as_far_as_it_goes(form), fault)
    return render.go("/admin/facets")


@post("/admin/facets/{name:str}/delete", sync_to_thread=True)
def delete_facet(desk: GivenDesk, form: GivenForm, name: FromPath[str]) -> Response[None]:
    """Take a facet away; what people stated stays with them."""
    desk.check(form, Role.MANAGER)
    with desk.work() as work:
        choices.remove(work.db, name)
        desk.audit(work, "facet removed", {"facet": name})
    return render.go("/admin/facets")


def facet_of(form: Form) -> FacetDefinition:
    """The facet a form says. Raises Invalid with the fields."""
    raw: dict[str, Json] = {
        "name": form.needed("name"),
        "many": form.one("many"),
        "acts": form.one("acts"),
        "label": texts_of(form, "label"),
        "help": texts_of(form, "help"),
        "values": [{"id": value.id, "label": dict(value.label)} for value in values_of(form.one("values"))],
        "attribute": form.one("attribute").strip(),
        "weight": number_of(form, "weight") if form.one("weight").strip() else 1.0,
        "kinds": [kind.strip() for kind in form.one("kinds").split(",") if kind.strip()],
        "per_slot": bool(form.one("per_slot")),
        "guessed": bool(form.one("guessed")),
    }
    return choices.definition_from(raw)


def values_of(text: str) -> list[Value]:
    """Values as they are typed: one a line, `id | English | Spanish | Dutch`."""
    found = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if parts[0]:
            found.append(Value(parts[0], {c: label for c, label in zip(LANGUAGES, parts[1:], strict=False) if label}))
    return found


def typed(values: tuple[Value, ...]) -> str:
    """What `values_of` reads back."""
    lines = ([value.id, *(value.label.get(code, "") for code in LANGUAGES)] for value in values)
    return "\n".join(" | ".join(line).rstrip("| ") for line in lines)


def _own(desk: Desk, name: str) -> FacetDefinition:
    with desk.work() as work:
        found = choices.definitions(work.db).get(name)
    if found is None or name in choices.built_in():
        raise NotFound("there is no such facet of yours: the built-in ones stay as they are")
    return found


def _as_far_as_it_goes(form: Form) -> FacetDefinition:
    """What the form said where it can be read, so that nothing typed is lost."""
    texts: Mapping[str, dict[str, str]] = {
        name: {code: str(text) for code, text in texts_of(form, name).items()} for name in ("label", "help")
    }
    return replace(
        NEW, name=form.one("name"), label=texts["label"], help=texts["help"], attribute=form.one("attribute"),
        many=Many(form.one("many")) if form.one("many") in set(Many) else NEW.many,
        acts=Acts(form.one("acts")) if form.one("acts") in set(COMPANY_ACTS) else NEW.acts,
        values=tuple(values_of(form.one("values"))), kinds=tuple(form.one("kinds").split(",")),
        per_slot=bool(form.one("per_slot")), guessed=bool(form.one("guessed")),
    )  # fmt: skip


def _editor(desk: Desk, facet: FacetDefinition, fault: Invalid | None = None) -> Response[str]:
    values = {
        "facet": facet, "fault": fault, "typed": typed(facet.values), "many": MANY,
        "acts": {kind: ACTS[kind] for kind in COMPANY_ACTS},
    }  # fmt: skip
    return desk.page("admin/facet.html", values, status=422 if fault else 200)
