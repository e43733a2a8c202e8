"""What joining two persons does to what they allow: the strictest word holds. Pure.

Where one side says no and the other does not, the no is carried over to the other side as a line of the ledger of its
own. It counts for as long as the two are one person, and until they say otherwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.kit.ids import PersonId
from regulars.people.graph import Graph
from regulars.people.model import MergeRecord, Purpose


@dataclass(frozen=True, slots=True)
class Word:
    """A line of the ledger, as far as a merge cares. `row` is the line that was said; `said_by` whose, if carried."""

    node: PersonId
    purpose: Purpose
    granted: bool
    at: datetime
    row: int
    merge: UUID | None = None
    said_by: PersonId | None = None


class Words:
    """The ledgers of the persons of a graph."""

    def __init__(self, words: Iterable[Word]) -> None:
        self.carried: list[Word] = []
        self._of: dict[PersonId, list[Word]] = {}
        for word in words:
            self._of.setdefault(word.node, []).append(word)

    def carry(self, graph: Graph, merge: MergeRecord) -> None:
        """Carry what one side refuses over to the other. Call it just before the two sides are joined."""
        sides = [(merge.a, self._latest(graph, merge.a)), (merge.b, self._latest(graph, merge.b))]
        for (_, mine), (other, theirs) in (sides, sides[::-1]):
            for purpose, word in mine.items():
                answer = theirs.get(purpose)
                if not word.granted and (answer is None or answer.granted):
                    at = max(merge.at, word.at, answer.at if answer else word.at)
                    said_by = word.said_by or word.node
                    self._add(Word(other, purpose, False, at, word.row, merge.id, said_by))

    def _latest(self, graph: Graph, node: PersonId) -> dict[Purpose, Word]:
        said = [w for member in self._spoke(graph.members(node)) for w in self._of[member] if _counts(graph, w)]
        return {word.purpose: word for word in sorted(said, key=lambda w: (w.at, w.row))}

    def _spoke(self, members: Sequence[PersonId]) -> Iterable[PersonId]:
        return (m for m in members if m in self._of) if self._of else ()

    def _add(self, word: Word) -> None:
        self._of.setdefault(word.node, []).append(word)
        self.carried.append(word)


def _counts(graph: Graph, word: Word) -> bool:
    if word.merge is None or word.said_by is None:
        return True
    return word.merge not in graph.undone and graph.root(word.node) == graph.root(word.said_by)
