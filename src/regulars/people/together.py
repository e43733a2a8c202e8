"""Since when two nodes are one person, and what that does to what was said on each: pure.

What was said on one node *replaces* what was said on another only when the two were one person by then. What both
sides had said before stands side by side, until they say otherwise. So nothing needs to be carried over at a merge,
and undoing one gives both sides back what they said.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from regulars.people.model import Purpose


class Tie(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An active merge of two nodes; a JSON array on its way from the database."""

    a: int
    b: int
    at: datetime


class Together:
    """The ties within a person."""

    def __init__(self, ties: Iterable[Tie] = ()) -> None:
        self._ties: dict[int, list[tuple[int, datetime]]] = {}
        for tie in ties:
            self._ties.setdefault(tie.a, []).append((tie.b, tie.at))
            self._ties.setdefault(tie.b, []).append((tie.a, tie.at))

    def replaced(self, old: tuple[int, datetime], new: tuple[int, datetime]) -> bool:
        """Whether what was said on the node `new[0]` at `new[1]` replaces what was said on `old[0]` at `old[1]`."""
        if new[1] <= old[1]:
            return False
        since = None if old[0] == new[0] else self.since(old[0], new[0])
        return old[0] == new[0] or (since is not None and since < new[1])

    def since(self, a: int, b: int) -> datetime | None:
        """When the last of the merges between `a` and `b` was made; None when none lead from one to the other.

        Merges form a forest: there is one way only.
        """
        todo: list[tuple[int, int, datetime | None]] = [(a, a, None)]
        while todo:
            node, came_from, latest = todo.pop()
            if node == b:
                return latest
            for other, at in self._ties.get(node, ()):
                if other != came_from:
                    todo.append((other, node, at if latest is None else max(latest, at)))
        return None


class Word(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The latest word of one node on one purpose; a JSON array on its way from the database."""

    node: int
    purpose: Purpose
    granted: bool
    at: datetime


def effective(words: Iterable[Word], together: Together) -> Mapping[Purpose, Word]:
    """Per purpose the word that counts: of those not replaced by a newer one the strictest, of equals the newest."""
    said: dict[Purpose, list[Word]] = {}
    for word in words:
        said.setdefault(word.purpose, []).append(word)
    return {purpose: of[0] if len(of) == 1 else _strictest(of, together) for purpose, of in said.items()}


def _strictest(words: list[Word], together: Together) -> Word:
    standing = [w for w in words if not any(together.replaced((w.node, w.at), (v.node, v.at)) for v in words)]
    return max(standing, key=lambda w: (not w.granted, w.at, w.node))
