"""Joining two persons into one, and parting them again, exactly."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from regulars.kit.errors import Conflict, NotFound
from regulars.kit.ids import PersonId, new_id
from regulars.people.graph import CLAIM, Graph
from regulars.people.model import Merged, MergeRecord
from regulars.people.policy import may_join
from regulars.people.store import merges as table
from regulars.people.store import nodes as people
from regulars.store import Db

FEW = 100
"""Up to so many joins asked for at once are looked at before locking: an import that brings more has new ones."""


def join(db: Db, a: PersonId, b: PersonId, *, source: str, by: str, now: datetime) -> Merged | None:
    """Make the persons of the nodes `a` and `b` one; None when they are already.

    Raises NotFound for an unknown node, Conflict when together they would have more than 1,000 identities.
    """
    table.lock(db)
    graph = _load(db, [a, b])
    if graph.root(a) == graph.root(b):
        return None
    merge = MergeRecord(new_id(), a, b, source, by, now)
    graph.check(merge)
    graph.join(merge)
    _save(db, graph)
    return Merged(merge.id, graph.root(a), graph.members(a))


def unjoin(db: Db, merge: UUID, *, by: str, now: datetime) -> None:
    """Take `merge` back: both sides are again what they were, with what each did since.

    Raises NotFound; Conflict when it was taken back already. Guesses made since the merge rest on both histories
    and are dropped. The same merge is not made again by itself, only by `join`.
    """
    table.lock(db)
    found = table.get(db, merge)
    if found is None:
        raise NotFound("there is no such merge")
    if found.undone_at:
        raise Conflict(f"this merge was undone at {found.undone_at:%Y-%m-%d %H:%M} UTC by {found.undone_by}")
    graph = _load(db, [found.a])
    _part(db, graph, found, by, now)
    _save(db, graph)


def merges(db: Db, root: PersonId) -> list[MergeRecord]:
    """Every merge that touches this person, undone ones too, oldest first."""
    return table.touching(db, people.of_root(db, root))


def join_where_allowed(db: Db, asked: Sequence[MergeRecord]) -> list[Conflict | None]:
    """Do what is `asked` in that order, as far as the policy allows; for each the Conflict it met, if any.

    Proof and aliases beat claims: what ties either side to an id that was only said is undone first. What changes
    nothing (the usual case on a device known to be somebody's) is found out without the lock.
    """
    nodes = sorted({node for merge in asked for node in (merge.a, merge.b)})
    if len(asked) <= FEW:
        graph = _load(db, nodes)
        if not any(may_join(graph, merge) for merge in asked):
            return [None] * len(asked)
    table.lock(db)
    graph = _load(db, nodes)
    conflicts = [_join_where_allowed(db, graph, merge) for merge in asked]
    _save(db, graph)
    return conflicts


def _join_where_allowed(db: Db, graph: Graph, asked: MergeRecord) -> Conflict | None:
    if not may_join(graph, asked):
        return None
    try:
        graph.check(asked)
    except Conflict as conflict:
        return conflict
    if asked.source != CLAIM:
        for claim in graph.claims(asked.a, asked.b):
            _part(db, graph, claim, asked.source, asked.at)
    graph.join(asked)
    return None


def _part(db: Db, graph: Graph, merge: MergeRecord, by: str, now: datetime) -> None:
    together = list(graph.members(merge.a))
    graph.part(merge.id, by=by, at=now)
    table.drop_guesses(db, together, merge.at)


def _load(db: Db, nodes: Sequence[PersonId]) -> Graph:
    """The whole persons of `nodes`. Raises NotFound when one does not exist."""
    roots = table.persons_of(db, nodes)
    if any(node not in roots for node in nodes):
        raise NotFound("there is no such person")
    everyone = list(roots)
    return Graph(roots, people.names(db, everyone), table.touching(db, everyone))


def _save(db: Db, graph: Graph) -> None:
    if graph.made:
        table.insert(db, graph.made)
    if graph.undone:
        table.undo(db, graph.undone)
    table.set_roots(db, graph.changed())
