"""Which nodes are one person: the graph around some of them, in memory.

A person is a connected component of nodes; its root is its smallest node. Merges form a forest: joining what is one
already adds nothing, so undoing any merge parts exactly the two sides it joined.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from regulars.kit.errors import Conflict
from regulars.kit.ids import PersonId
from regulars.people.model import Identity, MergeRecord

MOST_IDENTITIES = 1000
"""A person with more names than this is a mistake or an attack: no more are joined."""

CLAIM = "claim"
"""Source of a merge that rests on nothing but what was said; it gives way to proof."""


class Graph:
    """Whole persons: their nodes, names and merges. `join` and `part` change it; `made`, `undone` say what to write."""

    def __init__(
        self,
        roots: Mapping[PersonId, PersonId],
        names: Mapping[PersonId, Sequence[Identity]],
        merges: Iterable[MergeRecord],
    ) -> None:
        self.made: list[MergeRecord] = []
        self.undone: dict[UUID, tuple[str, datetime]] = {}
        self._names = names
        self._before = dict(roots)
        self._root = dict(roots)
        self._members: dict[PersonId, list[PersonId]] = {}
        for node, root in roots.items():
            self._members.setdefault(root, []).append(node)
        self._size = {root: len(self.names(root)) for root in self._members}
        self._active: dict[UUID, MergeRecord] = {}
        self._claims: dict[UUID, MergeRecord] = {}
        self._links: dict[PersonId, set[UUID]] = {node: set() for node in roots}
        self._taken_back: set[frozenset[PersonId]] = set()
        for merge in merges:
            if merge.undone_at:
                self._taken_back.add(frozenset((merge.a, merge.b)))
            else:
                self._link(merge)

    def root(self, node: PersonId) -> PersonId:
        """The root of `node`."""
        return self._root[node]

    def members(self, node: PersonId) -> Sequence[PersonId]:
        """The nodes of the person that `node` belongs to."""
        return self._members[self._root[node]]

    def names(self, node: PersonId) -> list[Identity]:
        """The identities of the person that `node` belongs to."""
        return [name for member in self.members(node) for name in self._names.get(member, ())]

    def claims(self, a: PersonId, b: PersonId) -> list[MergeRecord]:
        """The merges within the persons of `a` and `b` that are only claimed."""
        concerned = {self._root[a], self._root[b]}
        return [m for m in self._claims.values() if self._root[m.a] in concerned]

    def was_taken_back(self, a: PersonId, b: PersonId) -> bool:
        """Whether a merge of just these two nodes was ever undone."""
        return frozenset((a, b)) in self._taken_back

    def check(self, merge: MergeRecord) -> None:
        """Raises Conflict when the two persons together would have more than 1,000 identities."""
        if sum(self._size[self._root[end]] for end in (merge.a, merge.b)) > MOST_IDENTITIES:
            raise Conflict(f"one person cannot have more than {MOST_IDENTITIES} identities: part some first")

    def join(self, merge: MergeRecord) -> None:
        """Make two persons one."""
        low, high = sorted((self._root[merge.a], self._root[merge.b]))
        self._settle(low, [*self._members[low], *self._members.pop(high)])
        self._link(merge)
        self.made.append(merge)

    def part(self, merge: UUID, *, by: str, at: datetime) -> MergeRecord:
        """Undo a merge; each side is one person again."""
        parted = self._active.pop(merge)
        self._claims.pop(merge, None)
        self._links[parted.a].discard(merge)
        self._links[parted.b].discard(merge)
        self._taken_back.add(frozenset((parted.a, parted.b)))
        self.undone[merge] = by, at
        del self._members[self._root[parted.a]]
        for end in (parted.a, parted.b):
            side = self._reach(end)
            self._settle(min(side), side)
        return parted

    def changed(self) -> dict[PersonId, PersonId]:
        """The nodes whose root is another now, with it."""
        return {node: root for node, root in self._root.items() if self._before[node] != root}

    def _link(self, merge: MergeRecord) -> None:
        self._active[merge.id] = merge
        self._links[merge.a].add(merge.id)
        self._links[merge.b].add(merge.id)
        if merge.source == CLAIM:
            self._claims[merge.id] = merge

    def _settle(self, root: PersonId, nodes: list[PersonId]) -> None:
        self._members[root] = nodes
        self._size[root] = sum(len(self._names.get(node, ())) for node in nodes)
        for node in nodes:
            self._root[node] = root

    def _reach(self, start: PersonId) -> list[PersonId]:
        seen, todo = {start}, [start]
        while todo:
            node = todo.pop()
            for merge in self._links[node]:
                ends = self._active[merge]
                other = ends.b if ends.a == node else ends.a
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return sorted(seen)
