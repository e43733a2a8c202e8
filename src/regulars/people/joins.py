"""Joining two persons into one, and parting them again, exactly."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.kit.errors import Conflict, NotFound
from regulars.kit.ids import PersonId, new_id
from regulars.people import graph
from regulars.people.model import Identity, Merged, MergeRecord, Purpose
from regulars.people.store import consents as ledger
from regulars.people.store import merges as table
from regulars.people.store import nodes as people
from regulars.store import Db

Policy = Callable[[Collection[Identity], Collection[Identity]], bool]
"""Whether two persons, given by their identities, may be joined."""

CLAIM = "claim"
"""Source of a merge that rests on nothing but what was said; it gives way to proof."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two persons a join is about."""

    node: PersonId
    nodes: Sequence[PersonId]
    identities: Sequence[Identity]


def join(db: Db, a: PersonId, b: PersonId, *, source: str, by: str, now: datetime) -> Merged | None:
    """Make the persons of the nodes `a` and `b` one; None when they are already.

    Raises NotFound for an unknown node, Conflict when together they would have more than 1,000 identities.
    """
    if _one_already(db, a, b):
        return None
    table.lock(db)
    if _one_already(db, a, b):
        return None
    return _join(db, (side(db, a), side(db, b)), MergeRecord(new_id(), a, b, source, by, now))


def allowed(db: Db, policy: Policy, asked: MergeRecord) -> bool:
    """Whether `policy` allows it and nobody has taken back this very merge before: then it stays taken back."""
    sides = side(db, asked.a), side(db, asked.b)
    return policy(sides[0].identities, sides[1].identities) and not table.was_undone(db, asked.a, asked.b)


def join_over_claims(db: Db, asked: MergeRecord) -> Merged:
    """Join as `asked`, under the lock. Proof beats claims: what tied either to a claimed id is undone first."""
    if asked.source != CLAIM:
        _let_go_of_claims(db, asked)
    return _join(db, (side(db, asked.a), side(db, asked.b)), asked)


def unjoin(db: Db, merge: UUID, *, by: str, now: datetime) -> None:
    """Take `merge` back: both sides are again what they were, with what each did since.

    Raises NotFound; Conflict when it was taken back already. Guesses made since the merge rest on both histories
    and are dropped.
    """
    table.lock(db)
    found = table.get(db, merge)
    if found is None:
        raise NotFound("there is no such merge")
    if found.undone_at:
        raise Conflict(f"this merge was undone at {found.undone_at:%Y-%m-%d %H:%M} UTC by {found.undone_by}")
    _unjoin(db, found, by, now)


def merges(db: Db, root: PersonId) -> list[MergeRecord]:
    """Every merge that touches this person, undone ones too, oldest first."""
    return table.touching(db, people.of_root(db, root))


def side(db: Db, node: PersonId) -> Side:
    """The person of `node`, as it stands. Raises NotFound."""
    nodes = people.of_root(db, node)
    if not nodes:
        raise NotFound("there is no such person")
    return Side(node, nodes, people.identities(db, nodes))


def _one_already(db: Db, a: PersonId, b: PersonId) -> bool:
    roots = people.root_pairs(db, [a, b])
    if a not in roots or b not in roots:
        raise NotFound("there is no such person")
    return roots[a] == roots[b]


def _join(db: Db, sides: tuple[Side, Side], m: MergeRecord) -> Merged:
    if sum(len(s.identities) for s in sides) > graph.MOST_IDENTITIES:
        raise Conflict(f"one person cannot have more than {graph.MOST_IDENTITIES} identities: part some first")
    refusals = _refusals(db, sides)
    table.insert(db, m)
    nodes = [*sides[0].nodes, *sides[1].nodes]
    root = _recompute(db, nodes)[m.a]
    for row, to, said_at in refusals:
        ledger.carry(db, row, to, m.id, max(m.at, said_at))
    return Merged(m.id, root, nodes)


def _refusals(db: Db, sides: tuple[Side, Side]) -> list[tuple[int, PersonId, datetime]]:
    """The ledger rows that say no on one side only, the other side's node, and when the last word was said."""
    words = ledger.latest(db, sides[0].nodes), ledger.latest(db, sides[1].nodes)
    found = []
    for purpose in Purpose:
        for mine, theirs, other in ((words[0], words[1], sides[1]), (words[1], words[0], sides[0])):
            said = mine.get(purpose)
            if said and not said[0] and theirs.get(purpose, (True,))[0]:
                found.append((said[1], other.node, max(w[purpose][2] for w in words if purpose in w)))
    return found


def _unjoin(db: Db, m: MergeRecord, by: str, now: datetime) -> None:
    nodes = people.of_root(db, m.a)
    table.undo(db, m.id, by, now)
    _recompute(db, nodes)
    table.drop_guesses(db, nodes, m.at)


def _let_go_of_claims(db: Db, asked: MergeRecord) -> None:
    both = [*people.of_root(db, asked.a), *people.of_root(db, asked.b)]
    for claim in table.touching(db, both):
        if claim.source == CLAIM and claim.undone_at is None:
            _unjoin(db, claim, asked.source, asked.at)


def _recompute(db: Db, nodes: Sequence[PersonId]) -> dict[PersonId, PersonId]:
    active = [m for m in table.touching(db, nodes) if m.undone_at is None]
    roots = graph.roots(nodes, [(m.a, m.b) for m in active])
    table.set_roots(db, roots)
    return roots
