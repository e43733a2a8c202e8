"""A learned order inside decisions: it moves what the guess holds, says so, and leaves choices and shares alone."""

from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest

from regulars import people, taste
from regulars.decide import Asked, World, as_json, decide, logged_store, read_world, rerankers
from regulars.decide.features import NAMES
from regulars.decide.log import find, write
from regulars.decide.logged_store import RerankerRow
from regulars.decide.outcomes import outcomes
from regulars.decide.pools import Head, unpacked
from regulars.decide.reranking import Reranker
from regulars.decide.slots import save_slot
from regulars.decide.trees import Trees
from regulars.decide.unread import Unread
from regulars.decide.unread import read as look_up
from regulars.kit.ids import DecisionId
from regulars.people import Event, EventType, Verb
from tests.cast import NOW
from tests.decide.counter import did, read, someone, stock, teach
from tests.decide.shop import names, person, slot, world

SCORE = NAMES.index("score")


def stump(feature: int, threshold: float, low: float, high: float) -> Trees:
    """One tree with one question."""
    return Trees(
        np.zeros(1, np.int32),
        np.array([feature, -1, -1], np.int32),
        np.array([threshold, low, high]),
        np.array([1, -1, -1], np.int32),
        np.array([2, -1, -1], np.int32),
    )


UPSIDE_DOWN = Reranker(UUID(int=5), stump(SCORE, 0.999, 1.0, 0.0))
"""Puts what the model likes best after all else."""

VERA = person((Verb.BOUGHT, "hummus-bowl"), (Verb.BOUGHT, "falafel-wrap"))


def ordered(*slots, by: Reranker | None = UPSIDE_DOWN) -> World:
    found = world(*slots)
    found.reranker = by
    return found


def ask(profile, of: World, n: int = 1, size: int = 6):
    return decide(Asked("home.for-you", profile, {}, size), of, now=NOW, id=DecisionId(UUID(int=n)))


NO_CHANCE = slot(explore=0.0, variety=0.0)


def test_it_moves_the_guess_and_says_by_how_much():
    plain, moved = ask(VERA, ordered(NO_CHANCE, by=None)), ask(VERA, ordered(NO_CHANCE))
    assert names(moved)[0] != names(plain)[0]
    places = {c.item: i for i, c in enumerate(plain.items)}
    for at, chosen in enumerate(moved.items):
        if chosen.item in places:
            assert chosen.reason.moved == places[chosen.item] - at
    assert as_json(moved.items[0].reason)["moved"] == moved.items[0].reason.moved > 0
    assert "moved" not in as_json(plain.items[0].reason)
    assert moved.reranker == UPSIDE_DOWN.id and plain.reranker is None


def test_the_shares_of_a_reason_stay_what_they_were():
    plain, moved = ask(VERA, ordered(NO_CHANCE, by=None)), ask(VERA, ordered(NO_CHANCE))
    before = {c.item: c.reason.because for c in plain.items}
    assert any(c.item in before and before[c.item] for c in moved.items)
    for chosen in moved.items:
        if chosen.item in before:
            assert chosen.reason.because == before[chosen.item]


def test_choices_stay_where_they_are():
    chose = person((Verb.BOUGHT, "hummus-bowl"), chose={"pinned": ["cola"], "hidden_items": ["beef-burger"]})
    found = names(ask(chose, ordered(NO_CHANCE)))
    assert "beef-burger" not in found
    plain = names(ask(chose, ordered(NO_CHANCE, by=None)))
    assert found[0] == plain[0]


@pytest.mark.parametrize(
    "profile",
    [
        person(),
        person((Verb.BOUGHT, "hummus-bowl"), chose={"mode": "i_choose"}),
        person((Verb.BOUGHT, "hummus-bowl"), chose={"pause": True}),
    ],
    ids=["nobody", "i choose", "paused"],
)
def test_where_nothing_is_guessed_nothing_is_adjusted_or_logged(profile):
    decision = ask(profile, ordered(slot(explore=0.3)))
    assert decision.reranker is None and decision.head is None
    assert all(c.reason.moved == 0 for c in decision.items)


def test_the_head_is_logged_where_something_may_be_tried():
    assert ask(VERA, ordered(slot(explore=0.05), by=None)).head is not None
    assert ask(VERA, ordered(NO_CHANCE, by=None)).head is None


def test_the_log_finds_out_later_what_an_order_would_have_known_at_once():
    as_it_is = Reranker(UUID(int=6), stump(SCORE, -1.0, 0.0, 0.0))
    n = range(1, 6)
    at_once = [ask(VERA, ordered(slot(explore=0.3), by=as_it_is), i).head for i in n]
    later = [ask(VERA, ordered(slot(explore=0.3), by=None), i).head for i in n]
    assert all(isinstance(head, Head) for head in at_once) and all(isinstance(head, Unread) for head in later)
    look_up(later)
    for one, other in zip(at_once, later, strict=True):
        assert isinstance(other, Unread) and other.known is None
        assert one is not None and one.packed() == other.packed()
    kept = [unpacked(head.packed()) for head in later if head]
    assert any(head is not None and head.features[:, 1:8].any() for head in kept)


def test_the_parts_of_a_score_sum_to_it():
    scene = world(NO_CHANCE)
    assert scene.model is not None
    ranked = taste.rank(scene.model, VERA.history, scene.shelf.offerable, k=9, now_seconds=NOW.timestamp())
    _, parts = taste.by_part(scene.model, VERA.history, ranked.items, now_seconds=NOW.timestamp())
    np.testing.assert_allclose(parts.sum(axis=1), ranked.scores, rtol=1e-5)


def tell(db, node, decision, verb: Verb, items, message: str, said: str) -> None:
    event = Event(
        message,
        node,
        EventType.TRACK,
        verb.name,
        NOW,
        verb,
        tuple(items),
        properties=f'{{"decision":"{said}"}}'.encode(),
    )
    people.record(db, [event], now=NOW)


def test_outcomes_are_read_from_the_log_with_what_the_person_said_of_them(db, tmp_path):
    ids = stock(db)
    teach(db, tmp_path)
    save_slot(db, slot(explore=0.3), by="mia", now=NOW)
    vera, mallory = someone(db, "vera"), someone(db, "mallory")
    did(db, vera, Verb.BOUGHT, ids["hummus-bowl"], message="m1")
    made = ask(read(db, vera), read_world(db, NOW, var=tmp_path))
    unseen = ask(read(db, vera), read_world(db, NOW, var=tmp_path), n=2)
    write(db, [made, unseen])
    items = [c.item for c in made.items]
    tell(db, vera, made, Verb.SHOWN, items, "shown", str(made.id))
    tell(db, vera, made, Verb.CLICKED, items[1:2], "clicked", str(made.id))
    tell(db, mallory, made, Verb.BOUGHT, items[2:3], "forged", str(made.id))
    tell(db, vera, made, Verb.CLICKED, items[:1], "nonsense", "no decision")
    found = outcomes(db, since=NOW - timedelta(days=1))
    assert len(found) == 1
    assert found[0].answers.tolist() == [0, 1] + [0] * (len(items) - 2)
    assert found[0].items.tolist() == items
    np.testing.assert_allclose(found[0].propensities, [c.propensity for c in made.items], rtol=1e-6)
    assert [c.item for c in find(db, made.id).items] == items


def test_learning_an_order_with_little_logged_says_so_and_changes_nothing(db, tmp_path):
    stock(db)
    teach(db, tmp_path)
    judged = rerankers.learn_order(db, read_world(db, NOW, var=tmp_path), now=NOW)
    assert "are needed" in judged.refused
    assert rerankers.serving(db) is None and rerankers.last_judged(db) is None


def test_the_order_that_is_let_serve_is_in_the_next_world_and_the_one_refused_is_not(db, tmp_path):
    stock(db)
    teach(db, tmp_path)
    trees = UPSIDE_DOWN.trees.as_json()
    logged_store.add(db, RerankerRow(UUID(int=7), trees, {"x": 1}, NOW, NOW, None))
    logged_store.add(db, RerankerRow(UUID(int=8), trees, {}, NOW, None, "worse"))
    found = read_world(db, NOW, var=tmp_path)
    assert found.reranker is not None and found.reranker.id == UUID(int=7)
    np.testing.assert_array_equal(found.reranker.trees.threshold, UPSIDE_DOWN.trees.threshold)
    logged_store.refuse(db, UUID(int=7), "does worse")
    assert read_world(db, NOW, var=tmp_path).reranker is None
