"""The guess, over what is left: a first order by the slot's source, then nudges, boosts and "less like this".

    score = base × (1 + Σ nudges of guessed facets) × Π factors of boosts × (1 - likeness to what they want less of)

base is the model's score over its greatest, in (0, 1]; where the model has nothing to say, popularity below the last
of the model's. The factors are kept, so that a reason can say how much each explains.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars import taste
from regulars.catalog.model import Mask
from regulars.choices.constraints import Leaning
from regulars.decide.filling import filled_up, in_order, lean
from regulars.decide.kernels import absent, first_allowed, less_like
from regulars.decide.model import Effect, ShopRule, Source
from regulars.decide.scene import Scene

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
DEEP = 5
"""How many times more candidates than places."""
CANDIDATES = 200
"""How many candidates a guess has at least, where there are so many."""
DEEPER, BOOSTED = 400, 20
"""Where the shop lifts something: how deep we look for it at least, and among how many of the most popular."""

TASTE, ABOUT, POPULAR, NEWEST, UNTOUCHED = range(5)
"""Where a base score comes from: what the model heard; the item the slot is about; popularity; news; untouched yet."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Candidates of one rank, arrays of one length, best first.

    base     (k,) in (0, 1]
    origin   (k,) int8 where the base comes from
    nudge    (k,) what guessed facets add: the score counts 1 + nudge times
    boost    (k,) what rules of the shop multiply
    scores   (k,) all of it together
    moved    (k,) by how many places a learned order moved each up; None: nothing adjusted the order
    """

    items: I32
    base: F32
    origin: NDArray[np.int8]
    nudge: F32
    boost: F32
    scores: F32
    moved: I32 | None = None


_NO_SCORES = np.zeros(0, np.float32)
NONE = Pool(np.zeros(0, np.int32), _NO_SCORES, np.zeros(0, np.int8), _NO_SCORES, _NO_SCORES, _NO_SCORES)


def rank_understood(scene: Scene, allowed: Mask, k: int) -> Pool:
    """As `rank`, but what is in another language than theirs comes after everything they can read."""
    spoken = scene.world.understood(scene.language)
    if spoken is None:
        return rank(scene, allowed, k)
    pool = rank(scene, allowed & spoken, k)
    if len(pool.items) >= k:
        return pool
    more = rank(scene, allowed & ~spoken, k - len(pool.items))
    below = pool.scores[-1] / max(more.scores[0], 1e-9) if len(pool.items) and len(more.items) else np.float32(1)
    return Pool(
        np.concatenate([pool.items, more.items]),
        np.concatenate([pool.base, more.base]),
        np.concatenate([pool.origin, more.origin]),
        np.concatenate([pool.nudge, more.nudge]),
        np.concatenate([pool.boost, more.boost]),
        np.concatenate([pool.scores, more.scores * min(np.float32(1), below) * np.float32(0.5)]),
    )


def rank(scene: Scene, allowed: Mask, k: int, leanings: Sequence[Leaning] = ()) -> Pool:
    """The best of `allowed`, at least `k` deep where there are so many.

    allowed    is changed for a moment and given back as it was
    leanings   preferences they stated: their weights are added to the score, so more of them comes first
    """
    boosts = [(rule, scene.world.ruled(rule)) for rule in scene.running(Effect.BOOST)]
    lifting = [rule for rule, _ in boosts if rule.factor > 1]
    items, base, origin = _lifted(scene, allowed, k, lifting) if lifting else _base(scene, allowed, k)
    nudge = _sum(scene.held.nudges, items) if scene.guess else np.zeros(len(items), np.float32)
    boost = _product(boosts, items)
    scores = base * (1 + nudge) * boost
    if scene.held.less_like:
        disliked = np.array(scene.held.less_like, np.int32)
        scores = scores * less_like(items, disliked, scene.world.vectors, scene.world.shelf.category)
    if leanings:
        scores = scores + _sum(leanings, items)
    if not len(scene.held.nudges) and not boosts and not leanings and not scene.held.less_like:
        return Pool(items, base, origin, nudge, boost, scores)
    return Pool(*in_order((items, base, origin, nudge, boost, scores)))


_Base = tuple[I32, F32, NDArray[np.int8]]


def _lifted(scene: Scene, allowed: Mask, k: int, rules: Sequence[ShopRule]) -> _Base:
    """The first `k`, and what is lifted of those after them: the model's next ones and the most popular."""
    items, base, origin = _base(scene, allowed, max(DEEPER, k))
    keep = np.arange(len(items)) < k
    for rule in rules:
        keep |= scene.world.ruled(rule)[items]
    found = items[keep], base[keep], origin[keep]
    if scene.slot.source is Source.BECAUSE_ITEM:
        return found
    below = base[-1] if len(base) else np.float32(1)
    for rule in rules:
        popular = scene.world.popular_of(rule, scene.where)
        at = first_allowed(popular.items, allowed, BOOSTED)
        more = popular.items[at], popular.scores[at] * below, _origin(popular.scores[at])
        found = _with(more, found)
    return found


def _base(scene: Scene, allowed: Mask, k: int) -> _Base:
    match scene.slot.source:
        case Source.NEWEST:
            newest = scene.world.newest
            return _falling(newest[first_allowed(newest, allowed, k)], NEWEST)
        case Source.BECAUSE_ITEM:
            return _about(scene, allowed, k)
        case Source.CONTEXT_ITEM if scene.about is not None:
            return _then(_beside(scene, allowed, k), scene, allowed, k)
        case Source.POPULAR:
            return _popular(scene, allowed, k)
        case _:
            return _then(_taste(scene, allowed, k), scene, allowed, k)


def _taste(scene: Scene, allowed: Mask, k: int) -> _Base:
    model = scene.world.model
    if model is None or not scene.guess or not len(scene.history.items):
        return _EMPTY
    found = taste.rank(
        model, scene.history, allowed, k=k, now_seconds=scene.seconds, place=scene.slot.place, reading=scene.reading
    )
    return _scaled(found, TASTE)


def _about(scene: Scene, allowed: Mask, k: int) -> _Base:
    if scene.about is None:
        return _EMPTY
    if scene.world.model is None:
        return _same_category(scene, allowed, k)
    return _scaled(taste.similar(scene.world.model, scene.about, allowed, k), ABOUT)


def _beside(scene: Scene, allowed: Mask, k: int) -> _Base:
    """What goes with the item of the page, for them: what they know may stand there too, unless the slot says no."""
    model = scene.world.model
    if model is None:
        return _same_category(scene, allowed, k)
    found = taste.rank(
        model, scene.heard, allowed, k=k, now_seconds=scene.seconds, place=scene.slot.place, repeats=True,
        reading=scene.reading,
    )  # fmt: skip
    return _scaled(found, TASTE)


def _same_category(scene: Scene, allowed: Mask, k: int) -> _Base:
    """Without a model, what goes with an item is what is popular beside it."""
    shelf = scene.world.shelf
    assert scene.about is not None
    items, base, origin = _popular(scene, allowed & (shelf.category == shelf.category[scene.about]), k)
    return items, base, np.full_like(origin, ABOUT)


def _popular(scene: Scene, allowed: Mask, k: int) -> _Base:
    popular = scene.world.popular(scene.where)
    found = first_allowed(popular.items, allowed, k)
    scores = popular.scores[found]
    touched = int(np.count_nonzero(scores))  # they come first
    base = scores / scores[0] if touched else scores.copy()
    last = base[touched - 1] if touched else np.float32(1)
    base[touched:] = last * np.linspace(0.5, 0.25, len(base) - touched, dtype=np.float32)
    return popular.items[found], base, _origin(scores)


def _origin(scores: F32) -> NDArray[np.int8]:
    return np.where(scores > 0, np.int8(POPULAR), np.int8(UNTOUCHED))


def _then(first: _Base, scene: Scene, allowed: Mask, k: int) -> _Base:
    """`first`, filled up with what is popular, below the last of it."""
    if len(first[0]) >= k:
        return first
    popular = scene.world.popular(scene.where)
    found: _Base = filled_up(first, (popular.items, popular.scores), allowed, (k, POPULAR, UNTOUCHED))
    return found


def _with(more: _Base, first: _Base) -> _Base:
    new = absent(more[0], first[0])
    items, base, origin = first
    return (
        np.concatenate([items, more[0][new]]),
        np.concatenate([base, more[1][new]]),
        np.concatenate([origin, more[2][new]]),
    )


def _scaled(found: taste.Ranked, origin: int) -> _Base:
    if not len(found.items):
        return _EMPTY
    return found.items, found.scores / found.scores[0], np.full(len(found.items), origin, np.int8)


def _falling(items: I32, origin: int) -> _Base:
    n = len(items)
    return items, np.linspace(1, 0.5, n, dtype=np.float32), np.full(n, origin, np.int8)


_EMPTY: _Base = (np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.int8))


def _sum(leanings: Sequence[Leaning], items: I32) -> F32:
    total = np.zeros(len(items), np.float32)
    for leaning in leanings:
        lean(total, items, leaning.mask, np.float32(leaning.weight))
    return total


def _product(boosts: Sequence[tuple[ShopRule, Mask]], items: I32) -> F32:
    total = np.ones(len(items), np.float32)
    for rule, mask in boosts:
        total[mask[items]] *= np.float32(rule.factor)
    return total
