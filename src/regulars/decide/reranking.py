"""Adjusting the order of the best candidates by what was answered before, where that has been shown to help.

Only the head of the candidates is put in another order: the places to be filled and the next ones that trying may show.
Deeper nothing is known of what people would have answered. The trees decide which candidate gets which of the head's
base scores; what guesses, choices and rules of the shop multiply stays with each item, so nothing of that is learned
away, and the shares of a reason, which split the model's own score of the item, stay as true as they were.
"""

from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from regulars.decide.features import features, known
from regulars.decide.model import Source
from regulars.decide.pools import Head
from regulars.decide.ranking import Pool
from regulars.decide.scene import Scene
from regulars.decide.trees import Trees
from regulars.decide.unread import Unread, factors

I32 = NDArray[np.int32]
F32 = NDArray[np.float32]
NEXT = 10
"""How many candidates beyond those that are shown may be tried, and so may be moved up."""


@dataclass(frozen=True, slots=True)
class Reranker:
    """What puts candidates in another order."""

    id: UUID
    trees: Trees


def applies(scene: Scene) -> bool:
    """Whether there is an order to adjust here: a guess that rests on the model and on what they did."""
    personal = scene.guess and scene.world.model is not None and len(scene.history.items) > 0
    return personal and scene.slot.source is Source.TASTE


def head_of(scene: Scene, pool: Pool, left: int) -> Head:
    """The head of `pool` with what is known of each candidate."""
    reach = min(len(pool.items), left + NEXT)
    return _head(scene, part(pool, np.arange(reach)), reach)


def adjusted(pool: Pool, head: Head, trees: Trees) -> Pool:
    """`pool` with its head in the order of `trees`; `moved` says by how many places each went up (down: below 0)."""
    reach = head.reach
    base, order = in_order(head, trees)
    ranks = np.r_[order, np.arange(reach, len(pool.items))]
    moved = ranks - np.arange(len(ranks))
    new = part(pool, ranks)
    bases, scores = new.base.copy(), new.scores.copy()
    bases[:reach] = base[order]
    scores[:reach] = (base * head.factor[:reach])[order]
    return replace(new, base=bases, scores=scores, moved=moved.astype(np.int32))


def in_order(head: Head, trees: Trees) -> tuple[F32, I32]:
    """(reach,) the base score each candidate of the head gets, and their positions in the new order, best first."""
    reach = head.reach
    wanted = np.argsort(-trees.predict(head.features[:reach]), kind="stable")
    base = np.empty(reach, np.float32)
    base[wanted] = np.sort(head.base[:reach])[::-1]
    order = np.argsort(-(base * head.factor[:reach]), kind="stable")
    return base, order.astype(np.int32)


def part(pool: Pool, at: NDArray[np.int_]) -> Pool:
    """The candidates at these positions."""
    return Pool(pool.items[at], pool.base[at], pool.origin[at], pool.nudge[at], pool.boost[at], pool.scores[at])


def first(pool: Pool, k: int) -> Pool:
    """The first k candidates."""
    return Pool(
        pool.items[:k], pool.base[:k], pool.origin[:k], pool.nudge[:k], pool.boost[:k], pool.scores[:k]
    )  # fmt: skip


def logged(scene: Scene, before: tuple[Pool, Head | None], left: int, shown: list[int]) -> Head | Unread:
    """The head for the log, with what stands in the slot (at these positions) and is not of the head.

    Where no order needed to know anything of the candidates, the log finds it out.

    before  the pool as it was before its order was adjusted, and its head when that was made
    """
    pool, head = before
    reach = min(len(pool.items), left + NEXT)
    beyond = [position for position in shown if position >= reach]
    if head is None:
        some = part(pool, np.array([*range(reach), *beyond], np.int64)) if beyond else first(pool, reach)
        return Unread(some, reach, (), known(scene))
    if not beyond:
        return head
    more = _head(scene, part(pool, np.array(beyond)), 0)
    return replace(
        head,
        items=np.concatenate([head.items, more.items]),
        base=np.concatenate([head.base, more.base]),
        factor=np.concatenate([head.factor, more.factor]),
        features=np.concatenate([head.features, more.features]),
    )


def _head(scene: Scene, pool: Pool, reach: int) -> Head:
    return Head(pool.items, pool.base, factors(pool), features(known(scene), pool), reach, ())
