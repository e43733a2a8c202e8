"""The first tab: choosing, clearing, hiding, pinning, and taking any of it back."""

from collections.abc import Callable

from litestar import Response, get, post
from litestar.params import FromQuery

from regulars import catalog, choices, people
from regulars.catalog import Item
from regulars.choices.model import FacetDefinition
from regulars.kit.errors import Conflict
from regulars.kit.json import Json
from regulars.kit.text import fold
from regulars.people.model import FactChange
from regulars.web.edge import Work
from regulars.web.pages.forms import Form, GivenForm
from regulars.web.pages.me.chosen import Option, chosen, texts
from regulars.web.pages.me.door import BY, GivenVisit, Visit, uuid_of
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.me.saying import value_of, with_value, without_value
from regulars.web.people_verbs import placed

MOST_FOUND = 8


@get("/me", sync_to_thread=True)
def chosen_page(visit: GivenVisit, q: FromQuery[str] = "") -> Response[str]:
    """Everything they chose and may choose; `q` looks for something to hide or pin."""
    with visit.edge.work() as work:
        look = visit.look(work)
        query = q.strip()[:100]
        found = _found(work, query, look.labels) if query else []
        shown = chosen(look.profile, look.labels, look.places)
        return look.page("chosen", {"chosen": shown, "query": query, "found": found})


@post("/me/choose", sync_to_thread=True)
def choose(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """State a facet, or clear it when the form names no value."""
    with visit.edge.work() as work:
        definition = _definition(work, form)
        change = _state(visit, work, definition, value_of(form, definition), form.one("scope"))
    return visit.changed(form.one("tab"), change)


@post("/me/clear", sync_to_thread=True)
def clear_choice(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """Back to automatic."""
    with visit.edge.work() as work:
        change = _state(visit, work, _definition(work, form), None, form.one("scope"))
    return visit.changed(form.one("tab"), change)


@post("/me/add", sync_to_thread=True)
def add_to_choice(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """Hide or pin one thing more."""
    return _with_list(visit, form, lambda held: with_value(held, form.needed("value")))


@post("/me/remove", sync_to_thread=True)
def remove_from_choice(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """Show one thing again."""
    return _with_list(visit, form, lambda held: without_value(held, form.needed("value")) or None)


@post("/me/undo", sync_to_thread=True)
def undo_change(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """Take back one change."""
    try:
        with visit.edge.work() as work:
            people.undo(work.db, visit.node(work), uuid_of(form.one("change")), by=BY, now=work.now)
    except Conflict:
        return visit.back(form.one("tab"), said="same")
    return visit.back(form.one("tab"), said="undone")


def _with_list(visit: Visit, form: Form, new: Callable[[list[str]], Json]) -> Response[None]:
    with visit.edge.work() as work:
        definition, scope = _definition(work, form), form.one("scope")
        facet = people.profile(work.db, visit.identity).facets.get((definition.name, scope))
        change = _state(visit, work, definition, new(texts(facet.stated) if facet else []), scope)
    return visit.changed(form.one("tab"), change)


def _definition(work: Work, form: Form) -> FacetDefinition:
    return choices.definition_of(choices.definitions(work.db), form.needed("facet"))


def _state(visit: Visit, work: Work, definition: FacetDefinition, value: Json, scope: str) -> FactChange:
    node = visit.node(work)
    if value is None:
        return choices.clear(work.db, node, definition.name, scope=scope, by=BY, now=work.now)
    placed(work.db, definition, scope)
    return choices.choose(work.db, node, definition.name, value, scope=scope, by=BY, now=work.now)


def _found(work: Work, query: str, labels: Labels) -> list[Option]:
    """Categories and items with a name like `query`; `guessed` marks a category."""
    wanted = fold(query)
    categories = sorted(v for v in labels.shelf.wishes("category") if wanted in fold(v))[:MOST_FOUND]
    items = catalog.search(work.db, query, most=MOST_FOUND)
    return [
        *(Option(c, c, guessed=True, note=_kind("category")) for c in categories),
        *(Option(i.external_id, labels.title(i), note=_where(i)) for i in items),
    ]


def _where(item: Item) -> str:
    return " › ".join(item.category)


def _kind(name: str) -> str:
    return name
