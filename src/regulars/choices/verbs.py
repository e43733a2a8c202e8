"""What a person does with a facet: choose, clear, say that a guess is right or wrong or may not act."""

from datetime import datetime

from regulars import people
from regulars.choices import store
from regulars.choices.constraints import texts
from regulars.choices.definitions import Definitions, definitions
from regulars.choices.model import Acts, FacetDefinition, Many
from regulars.choices.validate import definition_of, validate
from regulars.kit.errors import Invalid
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people import Facet, FactChange
from regulars.store import Db

NOS = (Acts.EXCLUDE, Acts.LESS)


def choose(
    db: Db,
    node: PersonId,
    facet: str,
    value: Json,
    *,
    scope: str = "",
    by: str,
    now: datetime,
    known: Definitions | None = None,
) -> FactChange:
    """State `value`: a fact from now on. Raises NotFound for an unknown facet, Invalid for a value that does not fit.

    known  the definitions, where the caller has them already
    """
    definition = definition_of(known or definitions(db), facet)
    fitting = validate(definition, value, scope=scope)
    return people.state(db, node, facet, fitting, scope=scope, by=by, now=now, gathers=gathers(definition))


def clear(db: Db, node: PersonId, facet: str, *, scope: str = "", by: str, now: datetime) -> FactChange:
    """Back to automatic: nothing is stated, the guess may act again."""
    return people.clear(db, node, facet, scope=scope, by=by, now=now)


def right(db: Db, node: PersonId, facet: str, *, scope: str = "", by: str, now: datetime) -> FactChange:
    """Our guess is right: it becomes their word. Raises Invalid where we guess nothing."""
    held = held_facet(db, node, facet, scope)
    if held.inferred is None:
        raise Invalid(f"nothing is guessed about {facet!r}", fields={"facet": "nothing is guessed"})
    return choose(db, node, facet, held.inferred, scope=scope, by=by, now=now)


def deny(
    db: Db, node: PersonId, facet: str, value: Json = None, *, scope: str = "", by: str, now: datetime
) -> list[FactChange]:
    """Our guess is wrong: `value` (None: all that we guess) is never guessed again. Raises Invalid where nothing is."""
    wrong = [value] if value is not None else list(texts(held_facet(db, node, facet, scope).inferred))
    if not wrong:
        raise Invalid(f"nothing is guessed about {facet!r}", fields={"facet": "nothing is guessed"})
    return [people.deny(db, node, facet, one, scope=scope, by=by, now=now) for one in wrong]


def use(db: Db, node: PersonId, facet: str, used: bool, *, scope: str = "", by: str, now: datetime) -> FactChange:
    """Whether our guess may act."""
    return people.use(db, node, facet, used, scope=scope, by=by, now=now)


def add(db: Db, node: PersonId, facet: str, value: str, *, by: str, now: datetime) -> FactChange | None:
    """Put `value` on a stated list; None when it is there already. Two at once do not lose each other."""
    return _changed(db, node, facet, value, there=True, by=by, now=now)


def take(db: Db, node: PersonId, facet: str, value: str, *, by: str, now: datetime) -> FactChange | None:
    """Take `value` off a stated list; None when it is not there."""
    return _changed(db, node, facet, value, there=False, by=by, now=now)


def gathers(definition: FacetDefinition) -> bool:
    """Whether both sides' lists hold when two persons become one: a no said by either is a no.

    What is required (a diet) is a wish: two of them at once would leave nearly nothing, so the newer one counts.
    """
    return definition.acts in NOS and definition.many is Many.SEVERAL


def held_facet(db: Db, node: PersonId, facet: str, scope: str = "") -> Facet:
    """What is held about one facet, over all nodes of the person; an empty facet when nothing is."""
    held = people.facets(db, people.root(db, node))
    return next((f for f in held if (f.name, f.scope) == (facet, scope)), Facet(facet, scope))


def _changed(
    db: Db, node: PersonId, facet: str, value: str, *, there: bool, by: str, now: datetime
) -> FactChange | None:
    store.lock(db, people.root(db, node))
    values = list(texts(held_facet(db, node, facet).stated))
    if (value in values) is there:
        return None
    new = [*values, value] if there else [v for v in values if v != value]
    return choose(db, node, facet, new, by=by, now=now)
