"""A person's right to see everything, and to be forgotten."""

from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people.model import PersonErased
from regulars.people.store import nodes as people
from regulars.people.store import privacy as table
from regulars.store import Db


def export(db: Db, root: PersonId) -> dict[str, Json]:
    """Everything this room holds about a person, as JSON. Raises NotFound."""
    nodes = people.of_root(db, root)
    if not nodes:
        raise NotFound("there is no such person")
    return table.export(db, nodes)


def erase(db: Db, root: PersonId) -> PersonErased:
    """Remove everything about a person, on all their nodes, for good. Raises NotFound; Unavailable when too busy.

    Waits for writers that looked the person up before; who comes later finds nobody and starts anew. What was
    decided and corrected for them goes too. What they taught the model goes when it learns next.
    """
    people.exclude(db)
    nodes = people.of_root(db, root)
    if not nodes:
        raise NotFound("there is no such person")
    table.lock(db, nodes)
    return PersonErased(min(nodes), nodes, table.delete(db, nodes))
