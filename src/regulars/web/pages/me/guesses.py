"""What we guess: each inferred facet with its confidence in words, its evidence, and the person's word about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from litestar import Response, get, post

from regulars import choices, people
from regulars.kit.errors import Conflict, Invalid
from regulars.people.model import Facet, Profile
from regulars.web.pages.forms import GivenForm
from regulars.web.pages.me.chosen import texts
from regulars.web.pages.me.door import BY, GivenVisit
from regulars.web.pages.me.labels import Labels
from regulars.web.pages.me.sentences import Part, evidence, seen


@dataclass(frozen=True, slots=True)
class GuessView:
    """One guess. `stated` is what the person said instead, when they did."""

    name: str
    scope: str
    label: str
    said: str
    confidence: float
    stated: str
    used: bool
    evidence: list[Part]
    parts: list[tuple[str, str]]

    @property
    def id(self) -> str:
        """An id for the element, the same as the choice's."""
        return f"{self.name}-{self.scope}".replace(".", "-").strip("-")


@get("/me/guesses", sync_to_thread=True)
def guesses_page(visit: GivenVisit) -> Response[str]:
    """Every guess, the surest first, and what the person called wrong."""
    with visit.edge.work() as work:
        look = visit.look(work)
        events = seen(work.db, look.profile.person)
        shown = [_view(f, look.labels, evidence(f.evidence, events, look.labels)) for f in _guessed(look.profile)]
        return look.page("guesses", {"guesses": shown, "denied": list(_denied(look.profile, look.labels))})


@post("/me/guess", sync_to_thread=True)
def say_of_guess(visit: GivenVisit, form: GivenForm) -> Response[None]:
    """Right: it becomes a fact. Wrong: never guessed again. Leave: it may not act; use: it may again."""
    name, scope, say = form.needed("facet"), form.one("scope"), form.needed("say")
    with visit.edge.work() as work:
        look = visit.look(work)
        choices.definition_of(look.world.definitions, name)
        guess = look.profile.facets.get((name, scope)) or Facet(name, scope)
        node = visit.node(work)
        if say in ("right", "wrong") and guess.inferred is None:
            raise Conflict("this guess is gone: look at the page again")
        match say:
            case "right":
                held = _left(guess) if isinstance(guess.inferred, list | tuple) else guess.inferred
                change = choices.choose(work.db, node, name, held, scope=scope, by=BY, now=work.now)
            case "wrong":
                change = people.deny(work.db, node, name, form.needed("value"), scope=scope, by=BY, now=work.now)
            case "leave" | "use":
                change = people.use(work.db, node, name, say == "use", scope=scope, by=BY, now=work.now)
            case _:
                raise Invalid("a guess can be called right or wrong, left out, or used again", fields={"say": say})
    return visit.changed("guesses", change)


def _guessed(profile: Profile) -> list[Facet]:
    found = [f for f in profile.facets.values() if f.inferred is not None and _left(f)]
    return sorted(found, key=lambda f: (f.stated is not None, -f.confidence))


def _left(facet: Facet) -> list[str]:
    """What is still guessed: the values they did not call wrong."""
    wrong = {*texts(list(facet.denied))}
    return [v for v in texts(facet.inferred) if v not in wrong]


def _view(facet: Facet, labels: Labels, parts: list[Part]) -> GuessView:
    return GuessView(
        facet.name,
        facet.scope,
        labels.facet(facet.name),
        labels.values(facet.name, _left(facet)),
        facet.confidence,
        labels.values(facet.name, facet.stated),
        facet.used,
        parts,
        [(v, labels.value(facet.name, v)) for v in _left(facet)],
    )


def _denied(profile: Profile, labels: Labels) -> Iterator[str]:
    for facet in profile.facets.values():
        for value in facet.denied:
            yield f"{labels.facet(facet.name)}: {labels.values(facet.name, value)}"
