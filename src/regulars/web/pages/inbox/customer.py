"""The customer beside the conversation: what they chose, what we guess, what there was between us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import Response, post
from litestar.params import FromPath

from regulars import desk as room
from regulars import people
from regulars.desk.story import Story, note_fact, noted_by, story
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.kit.text import pick
from regulars.people import Facet
from regulars.team import Role
from regulars.web.edge import Work
from regulars.web.pages import render
from regulars.web.pages.desk import Desk, GivenDesk
from regulars.web.pages.forms import GivenForm
from regulars.web.pages.inbox.where import back_to
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.scene import labels_in, world_of

HIDDEN = frozenset({"layout", "pinned", "mode", "pause", "hidden_items", "hidden_categories"})
"""What they arranged on their own pages helps nobody who answers."""

MOST_PAGES, MOST_ORDERS = 4, 3


@dataclass(frozen=True, slots=True)
class Known:
    """A fact or a guess. `by`: the agent who wrote the fact down for them."""

    name: str
    value: str
    confidence: float
    by: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The customer, in the agent's language. `options`: facet → its name and what can be noted of it."""

    story: Story
    chosen: Sequence[Known]
    guessed: Sequence[Known]
    orders: Sequence[tuple[object, str]]
    options: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]


def panel(desk: Desk, work: Work, person: PersonId | None) -> Panel | None:
    """Everything about them; None when nobody knows who it is, or they asked to be forgotten."""
    if person is None:
        return None
    profile = people.profile_of(work.db, person, newest=1)
    try:
        told = story(work.db, person, by=desk.agent, now=work.now, profile=profile)
    except NotFound:
        return None
    labels = labels_in(world_of(desk.edge, profile.versions, work.now), desk.agent.language)
    guesses = sorted(told.guessed, key=lambda f: -f.confidence)
    return Panel(
        told, _known(told.chosen, labels), _known(guesses, labels),
        [(o, ", ".join(labels.external(i) for i in o.items[:4])) for o in told.orders[:MOST_ORDERS]],
        _options(labels),
    )  # fmt: skip


def _known(facets: Sequence[Facet], labels: Labels) -> list[Known]:
    return [
        Known(labels.facet(f.name), labels.values(f.name, f.value), f.confidence, noted_by(f))
        for f in facets
        if f.name not in HIDDEN and f.value not in ([], "", None)
    ]


def _options(labels: Labels) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (name, labels.facet(name), [(v.id, pick(v.label, labels.language) or v.id) for v in definition.values])
        for name, definition in sorted(labels.definitions.items())
        if definition.values and name not in HIDDEN
    ]


@post("/desk/c/{number:int}/fact", sync_to_thread=True)
def record_fact(desk: GivenDesk, form: GivenForm, number: FromPath[int]) -> Response[None]:
    """Write down what the customer told us about their wishes."""
    desk.check(form, Role.AGENT)
    facet, _, value = form.needed("fact").partition("=")
    with desk.work() as work:
        found = room.thread(work.db, room.by_number(work.db, number, by=desk.agent), by=desk.agent, most=1)
        if found.row.person is None:
            raise Invalid("nobody knows who this is yet: there is nobody to note it for")
        note_fact(work.db, found.row.person, facet, _with(desk, work, found.row.person, (facet, value)),
                  by=desk.agent, now=work.now)  # fmt: skip
        desk.audit(work, "fact noted", {"person": found.row.person, "facet": facet, "value": value})
    return render.go(back_to(form.one("back")))


def _with(desk: Desk, work: Work, person: PersonId, said: tuple[str, str]) -> Json:
    """The value to keep: beside what they chose already, where a facet holds several."""
    facet, value = said
    profile = people.profile_of(work.db, person, newest=1)
    definitions = world_of(desk.edge, profile.versions, work.now).definitions
    held: Mapping[tuple[str, str], Facet] = profile.facets
    if facet not in definitions or definitions[facet].many.value == "one":
        return value
    before = held[(facet, "")].stated if (facet, "") in held else None
    return [*before, value] if isinstance(before, list) and value not in before else before or [value]
