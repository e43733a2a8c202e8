"""Decide: candidates − no's + chosen + rules → ranked → varied = decision. Pure, in memory.

Who wins, in this order: what the person refused (it is gone); what they pinned; what they prefer; what the shop
pins; the guess. See `docs/decisions` and the properties in `tests/decide/test_policies.py`.
"""

from datetime import datetime
from random import Random
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from regulars.catalog.model import Mask
from regulars.choices.model import Mode
from regulars.decide.exploring import MOST_TRIED, explore_of
from regulars.decide.filling import to_try
from regulars.decide.kernels import first_allowed, vary
from regulars.decide.model import Asked, Chosen, Decision, Effect, Source
from regulars.decide.places import Held, Place
from regulars.decide.pools import Head
from regulars.decide.ranking import CANDIDATES, DEEP, Pool, rank, rank_understood
from regulars.decide.reasons import reasons
from regulars.decide.reranking import adjusted, applies, head_of, logged
from regulars.decide.scene import Scene, look
from regulars.decide.unread import Unread
from regulars.decide.visit import in_basket, this_visit
from regulars.decide.world import World
from regulars.kit.ids import DecisionId, ItemId, new_id
from regulars.people.model import Verb

DAY = 86_400.0
SEEN = (Verb.VIEWED, Verb.CLICKED, Verb.READ)


def decide(asked: Asked, world: World, *, now: datetime, id: DecisionId | None = None) -> Decision:
    """What goes into the slot, for this person, now. Raises NotFound for an unknown slot, Invalid for a bad size.

    id   of the decision; all chance comes from it, so the same question with the same id has the same answer
    """
    decision = id or DecisionId(new_id())
    scene = look(asked, world, now)
    allowed = candidates(scene)
    refuse(scene, allowed)
    count, fingerprint = int(np.count_nonzero(allowed)), crc32(np.packbits(allowed).data)
    places = pinned(scene, allowed)
    leave_out(scene, allowed)
    places += preferred(scene, allowed, places)
    guesses, head = guessed(scene, allowed, places, Random(decision.int))  # noqa: S311  chance to be repeated, no secret
    places += guesses
    each, title = reasons(scene, places)
    return Decision(
        id=decision,
        slot=scene.slot.name,
        person=asked.profile.node,
        at=now,
        items=tuple(Chosen(p.item, reason, p.propensity) for p, reason in zip(places, each, strict=True)),
        mode=scene.held.mode,
        language=scene.language,
        title=title,
        personal=scene.held.personal,
        about=scene.about,
        model=world.model_id,
        candidates=count,
        candidates_hash=fingerprint,
        context=asked.context,
        size=scene.size,
        exclude=tuple(sorted(asked.exclude)),
        reranker=world.reranker.id if world.reranker and head else None,
        head=head.standing(_guessed_places(places)) if head and scene.slot.explore else None,
    )


def candidates(scene: Scene) -> Mask:
    """What may stand in this slot at all and is not asked to be left out. A fresh mask."""
    allowed = scene.world.standing(scene.slot).copy()
    if scene.asked.exclude:
        allowed[[item for item in scene.asked.exclude if 0 <= item < len(allowed)]] = False
    if scene.about is not None:
        allowed[scene.about] = False
    return allowed


def refuse(scene: Scene, allowed: Mask) -> None:
    """Take away what the person refused and what the shop bans: nothing below brings it back."""
    scene.held.keep(allowed)
    for rule in scene.running(Effect.BAN):
        np.logical_and(allowed, scene.world.spared(rule), out=allowed)


def pinned(scene: Scene, allowed: Mask) -> list[Place]:
    """What they pinned, in their order; taken out of `allowed`."""
    places = [Place(item, Held.PINNED) for item in scene.held.pinned if allowed[item]][: scene.size]
    if places:
        allowed[[p.item for p in places]] = False
    return places


def leave_out(scene: Scene, allowed: Mask) -> None:
    """Take away what they had or saw lately, where the slot says so; in a basket, what it holds. Pinned things stay."""
    for days, verbs in (
        (scene.slot.without_bought_days, (Verb.BOUGHT,)),
        (scene.slot.without_seen_days, SEEN),
    ):
        if days and len(scene.history.items):
            lately = np.isin(scene.history.verbs, verbs) & (scene.history.at > scene.seconds - days * DAY)
            items = scene.history.items[lately]
            allowed[items[items < len(allowed)]] = False
    if scene.on_page and scene.slot.place == "basket":
        held = in_basket(this_visit(scene.history, scene.seconds))
        allowed[held[held < len(allowed)]] = False


def preferred(scene: Scene, allowed: Mask, before: list[Place]) -> list[Place]:
    """What they asked to see first; what they prefer is taken out of `allowed`.

    Where they choose themselves, what they require is asked for too.
    """
    leanings = scene.held.preferred
    if scene.held.personal and scene.held.mode is not Mode.CHOOSE_FOR_ME:
        leanings += scene.held.required
    left = scene.size - len(before)
    if not leanings or left <= 0:
        return []
    wanted = np.logical_or.reduce([leaning.mask for leaning in leanings])
    wanted &= allowed
    pool = rank(scene, wanted, DEEP * left, leanings)
    allowed[wanted] = False
    return _placed(pool, _varied(scene, pool, before, left), Held.PREFERRED)


def guessed(
    scene: Scene, allowed: Mask, before: list[Place], random: Random
) -> tuple[list[Place], Head | Unread | None]:
    """The rest: pins of the shop at their places, and between them the guess, a little of it given to trying.

    And the head of the candidates as it was before anything adjusted the order, for the log.
    """
    left = scene.size - len(before)
    if left <= 0 or scene.held.mode is Mode.ONLY_CHOSEN:
        return [], None
    pins = ruled(scene, allowed, left)
    pool = rank_understood(scene, allowed, max(DEEP * left, CANDIDATES))
    ordered = applies(scene)
    plain = pool
    known: Head | None = None
    if ordered and scene.world.reranker:
        known = head_of(scene, pool, left)
        pool = adjusted(pool, known, scene.world.reranker.trees)
    picked = _varied(scene, pool, [*before, *(place for _, place in pins)], left)
    guesses = _placed(pool, picked, Held.GUESS)
    head: Head | Unread | None = known
    if ordered and scene.slot.explore:
        head = logged(scene, (plain, known), left, picked)
    if scene.guess and scene.slot.explore:
        _try(scene, allowed, guesses, random)
    return _merged(pins, guesses)[:left], head


def _guessed_places(places: list[Place]) -> tuple[int, ...]:
    return tuple(at for at, place in enumerate(places) if place.held in (Held.GUESS, Held.TRIED))


def ruled(scene: Scene, allowed: Mask, left: int) -> list[tuple[int, Place]]:
    """Position and place of what the shop pins within the `left` places, in order; taken out of `allowed`."""
    pins: list[tuple[int, Place]] = []
    for rule in scene.running(Effect.PIN):
        most = min(rule.most, left + 1 - rule.position)
        wanted = scene.world.popular_of(rule, scene.where).items
        for i, item in enumerate(wanted[first_allowed(wanted, allowed, max(0, most))].tolist()):
            pins.append((rule.position + i, Place(ItemId(item), Held.RULE, rule=rule)))
            allowed[item] = False
    return sorted(pins, key=lambda pin: pin[0])


def _placed(pool: Pool, picked: list[int], held: Held) -> list[Place]:
    items: list[ItemId] = pool.items[picked].tolist()
    return [Place(item, held, pool, at) for item, at in zip(items, picked, strict=True)]


def _varied(scene: Scene, pool: Pool, before: list[Place], left: int) -> list[int]:
    there = np.array([p.item for p in before], np.int32)
    about = (scene.world.vectors, scene.world.shelf.category)
    picked = vary(pool.items, pool.scores, there, about, (left, scene.slot.variety))
    found: list[int] = picked.tolist()
    return found


def _try(scene: Scene, allowed: Mask, guesses: list[Place], random: Random) -> None:
    """Give a few of the guessed places away, and write down every probability (see `exploring`)."""
    share, tried = scene.slot.explore, _to_try(scene, allowed, guesses)
    tallies = scene.world.tallies
    given = explore_of(len(guesses), len(tried), lambda: tallies.worth(tried), share=share, random=random)
    for at in range(1, 1 + min(len(guesses) - 1, len(tried)) if share else 0):
        guesses[at].propensity = 1 - share
    for at, (winner, propensity) in given.items():
        guesses[at] = Place(ItemId(int(tried[winner])), Held.TRIED, propensity=propensity)


def _to_try(scene: Scene, allowed: Mask, guesses: list[Place]) -> NDArray[np.int32]:
    """The next best and the newest of what is not shown."""
    if not guesses:
        return np.zeros(0, np.int32)
    about_one = scene.slot.source in (Source.BECAUSE_ITEM, Source.CONTEXT_ITEM)
    world = scene.world
    found: NDArray[np.int32] = to_try(
        (guesses[0].pool.items, np.array([p.item for p in guesses], np.int32)),
        (world.newest[:0] if about_one else world.newest, world.shelf.published),
        allowed,
        (MOST_TRIED, scene.new_since),
    )
    return found


def _merged(pins: list[tuple[int, Place]], guesses: list[Place]) -> list[Place]:
    """Pins at their positions (1 = first), guesses in between; what is left of either at the end."""
    merged: list[Place] = []
    waiting, rest = list(pins), list(guesses)
    while waiting or rest:
        due = waiting and (waiting[0][0] <= len(merged) + 1 or not rest)
        merged.append(waiting.pop(0)[1] if due else rest.pop(0))
    return merged
