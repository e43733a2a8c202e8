"""What the people routes and the visitor's own routes have in common."""

from datetime import datetime

import msgspec
from msgspec import UNSET

from regulars import choices, decide, desk, people
from regulars.choices.model import Acts, FacetDefinition
from regulars.kit.errors import Invalid
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people import Consent, Facet, Profile
from regulars.store import Db
from regulars.web.edge import Edge, Work
from regulars.web.people_forms import ConsentIn, ConsentOut, ConsentsOut, FacetIn, FacetOut, FacetsOut

MOST_DECISIONS = 10_000


def facets_now(edge: Edge, db: Db, profile: Profile, now: datetime) -> list[Facet]:
    """The facets of a person, with the guesses of this second, by name and scope."""
    world = edge.worlds.current(profile.versions, now)
    newest = people.events(db, profile.person, most=1) if profile.person is not None else []
    context = newest[0].context if newest else None
    fresh = decide.with_guesses(profile, world, now=now, context=context)
    return [fresh.facets[key] for key in sorted(fresh.facets)]


def facets_out(edge: Edge, db: Db, profile: Profile, now: datetime) -> FacetsOut:
    """The same, as it is given."""
    return FacetsOut([FacetOut.of(f) for f in facets_now(edge, db, profile, now)])


def facet_out(edge: Edge, work: Work, profile: Profile, key: tuple[str, str]) -> FacetOut:
    """One facet (name, scope); an empty one when nothing is stated or guessed. Raises NotFound for an unknown name."""
    choices.definition_of(choices.definitions(work.db), key[0])
    found = (f for f in facets_now(edge, work.db, profile, work.now) if (f.name, f.scope) == key)
    return FacetOut.of(next(found, Facet(*key)))


def say(work: Work, node: PersonId, facet: str, said: FacetIn, *, scope: str, by: str) -> None:
    """Write down what a person says of a facet.

    Raises Invalid when nothing is said or it is for a place there is not, NotFound for an unknown facet.
    """
    scope, db, now = scope or said.scope, work.db, work.now
    placed(db, choices.definition_of(choices.definitions(db), facet), scope)
    if said.value is UNSET and said.wrong is UNSET and said.used is UNSET:
        raise Invalid('say "value", "wrong" or "used"', fields={"value": "is missing"})
    if said.value is not UNSET:
        choices.choose(db, node, facet, _json(said.value), scope=scope, by=by, now=now)
    if said.wrong is not UNSET:
        choices.deny(db, node, facet, _json(said.wrong), scope=scope, by=by, now=now)
    if isinstance(said.used, bool):
        choices.use(db, node, facet, said.used, scope=scope, by=by, now=now)


def placed(db: Db, definition: FacetDefinition, scope: str) -> None:
    """Raises Invalid unless there is such a slot (for a layout: such a page); "" is everywhere."""
    if not scope or not definition.per_slot:  # `choices` says of the others that they are for everywhere
        return
    slots = decide.slots(db)
    laid_out = definition.acts is Acts.LAYOUT
    there = sorted({slot.page for slot in slots.values() if slot.page}) if laid_out else list(slots)
    if scope not in there:
        names = ", ".join(there[:50])
        what = "page" if laid_out else "slot"
        raise Invalid(f"there is no {what} {scope[:80]!r}; there are: {names}", fields={"scope": f"is no {what}"})


def clear(work: Work, node: PersonId, key: tuple[str, str], *, by: str) -> None:
    """Back to automatic. Raises NotFound for an unknown facet."""
    choices.definition_of(choices.definitions(work.db), key[0])
    choices.clear(work.db, node, key[0], scope=key[1], by=by, now=work.now)


def consents_out(db: Db, root: PersonId | None) -> ConsentsOut:
    """What is allowed and the ledger."""
    if root is None:
        return ConsentsOut({}, [])
    allowed = {purpose.value: granted for purpose, granted in people.allowed(db, root).items()}
    return ConsentsOut(allowed, [ConsentOut.of(line) for line in people.consents(db, root)])


def add_consent(work: Work, node: PersonId, said: ConsentIn) -> None:
    """One more line in the ledger."""
    line = Consent(said.purpose, said.granted, said.wording, said.language, said.source, work.now)
    people.consent(work.db, node, line)


def everything(db: Db, root: PersonId) -> dict[str, Json]:
    """All that is held about a person, of every room, as JSON."""
    nodes = people.nodes(db, root)
    held = people.export(db, root)
    held["decisions"] = _plain(decide.recent(db, nodes, most=MOST_DECISIONS))
    held["corrections"] = _plain(decide.corrections(db, nodes, most=MOST_DECISIONS))
    held["conversations"] = desk.export(db, root)
    return held


def _plain(value: object) -> Json:
    plain: Json = msgspec.to_builtins(value)
    return plain


def _json(value: object) -> Json:
    return value  # type: ignore[return-value]  # came from JSON
