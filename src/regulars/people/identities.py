"""Names of persons and the nodes they lead to."""

from collections.abc import Iterable
from datetime import datetime

from regulars.kit.errors import Invalid, NotFound, Unavailable
from regulars.kit.ids import PersonId
from regulars.kit.text import clean
from regulars.people.model import Identity, IdentityKind
from regulars.people.store import nodes as table
from regulars.store import Db

LONGEST = 512
TRIES = 5


def resolve(db: Db, identities: Iterable[Identity], *, now: datetime) -> dict[Identity, PersonId]:
    """The node of each identity; the ones never seen get a node of their own. In few statements, however many.

    A node may be written to until the transaction ends: until then nobody erases it. Resolve everything a
    transaction needs in one call, first: then two of them cannot wait for each other.
    Raises Invalid for a name that is empty or longer than 512 characters.
    """
    asked = {i: _fit(i) for i in identities}
    if not asked:
        return {}
    wanted = list(set(asked.values()))
    found = table.hold(db, wanted)
    for _ in range(TRIES):
        missing = sorted((i for i in wanted if i not in found), key=lambda i: (i.kind, i.value))  # no deadlock
        if not missing:
            return {i: found[fit] for i, fit in asked.items()}
        found |= table.insert(db, missing, now)
        if late := [i for i in missing if i not in found]:  # someone else made them just now
            found |= table.select(db, late)
    raise Unavailable("the same people are being created elsewhere: try again")


def known(db: Db, identities: Iterable[Identity]) -> dict[Identity, PersonId]:
    """The nodes of those of `identities` that exist; nothing is made."""
    asked = {i: _fit(i) for i in identities}
    found = table.select(db, list(set(asked.values()))) if asked else {}
    return {i: found[fit] for i, fit in asked.items() if fit in found}


def find(db: Db, identity: Identity) -> PersonId:
    """The node of `identity`. Raises NotFound."""
    found = table.select(db, [_fit(identity)])
    if not found:
        raise NotFound(f"nobody is known as {identity.kind.value} {identity.value!r:.100}")
    return next(iter(found.values()))


def find_user(db: Db, user_id: str) -> PersonId:
    """The node of a user id as the company knows it: proven, else at least claimed. Raises NotFound."""
    proven, claimed = (_fit(Identity(k, user_id)) for k in (IdentityKind.USER, IdentityKind.CLAIMED))
    found = table.select(db, [proven, claimed])
    node = found.get(proven, found.get(claimed))
    if node is None:
        raise NotFound(f"nobody is known as user {user_id!r:.100}")
    return node


def root(db: Db, node: PersonId) -> PersonId:
    """The person `node` belongs to. Raises NotFound."""
    found = table.root(db, node)
    if found is None:
        raise NotFound("there is no such person")
    return found


def present(db: Db, nodes: Iterable[PersonId]) -> set[PersonId]:
    """Which of `nodes` are there, and stay there until the transaction ends: for writers that kept them for a while."""
    asked = sorted(set(nodes))
    if not asked:
        return set()
    table.share(db)
    return set(table.root_pairs(db, asked))


def nodes(db: Db, root: PersonId) -> list[PersonId]:
    """All nodes of a person, oldest first; empty for nobody. Any of the nodes may be given."""
    return table.of_root(db, root)


def identities(db: Db, root: PersonId) -> list[Identity]:
    """All names of a person, oldest first."""
    return table.identities(db, table.of_root(db, root))


def _fit(identity: Identity) -> Identity:
    if not 1 <= len(identity.value) <= LONGEST:
        raise Invalid(f"an id of a person has 1 to {LONGEST} characters", fields={identity.kind.value: "length"})
    return Identity(identity.kind, clean(identity.value))
