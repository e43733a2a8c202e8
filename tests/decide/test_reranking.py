"""Learning an order from answers: a world whose answers we made, so that the truth is known."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from regulars.decide import rerankers
from regulars.decide.exploring import MOST_TRIED
from regulars.decide.features import NAMES
from regulars.decide.logged_store import RerankerRow
from regulars.decide.ordering import grow, lessons
from regulars.decide.outcomes import Outcome
from regulars.decide.pools import Head, unpacked
from regulars.decide.replay import PLACES, Setting, looked_at, replay, slate
from regulars.decide.reranking import NEXT, in_order
from regulars.decide.trees import trees_from
from regulars.kit.ids import new_id
from tests.cast import NOW

SHOWN, REACH, SHARE = 6, 6 + NEXT, 0.1
LOOK: NDArray[np.float64] = 0.85 ** np.arange(PLACES, dtype=np.float64)
GOOD = NAMES.index("category")
N = 5_000
SETTING = Setting(np.zeros((0, 64), np.int8), np.full(N, -1, np.int32), {"s": 0.0}, LOOK)


def chance(head: Head, told: float) -> np.ndarray:
    """How likely each candidate is answered when it is looked at: mostly by a feature the plain order does not know."""
    return np.clip(0.05 + told * head.features[:, GOOD] + 0.1 * head.features[:, 0], 0, 1)


def a_head(rng) -> Head:
    base = np.sort(rng.uniform(0.2, 1, REACH).astype(np.float32))[::-1].copy()
    features = np.zeros((REACH, len(NAMES)), np.float32)
    features[:, 0], features[:, GOOD] = base, rng.random(REACH)
    features = features.astype(np.float16).astype(np.float32)
    items = rng.choice(np.arange(1, N), REACH, replace=False).astype(np.int32)
    return Head(items, base, np.ones(REACH, np.float32), features, REACH, tuple(range(SHOWN)))


def decided(rng, told: float) -> Outcome:
    """Shown in the plain order, a share of the places given away evenly, answered by chance."""
    head = a_head(rng)
    at, propensities = np.arange(SHOWN), np.full(SHOWN, 1 - SHARE)
    propensities[0] = 1.0
    given = 1 + np.flatnonzero(rng.random(SHOWN - 1) < SHARE)
    at[given] = SHOWN + rng.permutation(NEXT)[: len(given)]
    propensities[given] = SHARE / NEXT
    answers = (rng.random(SHOWN) < LOOK[:SHOWN] * chance(head, told)[at]).astype(float)
    return Outcome("s", 0.0, head.items[at], propensities, answers, head)


@lru_cache
def world(told: float, n: int = 12_000, seed: int = 1) -> tuple[Outcome, ...]:
    rng = np.random.default_rng(seed)
    return tuple(decided(rng, told) for _ in range(n))


@lru_cache
def judged(told: float):
    return rerankers.judge(world(told), SETTING)


def truth(trees, told: float, n: int = 4_000) -> float:
    """Answers a decision of an order, by the chances we made."""
    rng = np.random.default_rng(9)
    total = 0.0
    for _ in range(n):
        head = a_head(rng)
        one = Outcome("s", 0, head.items[:SHOWN], np.ones(SHOWN), np.zeros(SHOWN), head)
        total += float((LOOK[:SHOWN] * chance(head, told)[slate(one, trees, SETTING)]).sum())
    return total / n


def test_an_order_that_helps_is_found_and_serves():
    found = judged(0.4)
    assert found.refused == ""
    assert found.gain.low > 0
    assert truth(found.trees, 0.4) > truth(None, 0.4) + 0.1
    assert max(found.told, key=found.told.get) == "category"


def test_what_is_claimed_of_it_is_true():
    found = judged(0.4)
    really = truth(found.trees, 0.4)
    assert found.orders["learned"].robust.low - 0.02 < really < found.orders["learned"].robust.high + 0.02
    assert abs(found.orders["model"].robust.value - truth(None, 0.4)) < 0.05
    assert found.orders["learned"].covered > 0.99


def test_where_there_is_nothing_to_learn_nothing_serves():
    found = judged(0.0)
    assert "may bring no more answers" in found.refused or "disagree" in found.refused
    assert found.trees is not None


def test_too_few_decisions_say_how_many_are_needed():
    found = rerankers.judge(world(0.4)[:50], SETTING)
    assert found.trees is None and "50 decisions seen" in found.refused
    assert rerankers.judge((), SETTING).decisions == 0


def test_too_little_tried_is_no_verdict():
    """What the new order shows was never tried: nothing speaks for it."""
    untried = tuple(
        replace(one, propensities=np.ones(SHOWN)) for one in world(0.4)[:3000] if one.propensities.min() > 0.5
    )
    found = rerankers.judge(untried, SETTING)
    assert "had a chance to be shown before" in found.refused


@pytest.mark.long
def test_an_order_that_does_worse_is_withdrawn():
    found = judged(0.4)
    upside_down = replace(found.trees, threshold=np.where(found.trees.feature < 0, -1, 1) * found.trees.threshold)
    row = RerankerRow(new_id(), upside_down.as_json(), {}, NOW, None, None)
    assert rerankers.judge(world(0.4), SETTING, row=row).withdrawn
    good = RerankerRow(new_id(), found.trees.as_json(), {}, NOW, None, None)
    again = rerankers.judge(world(0.4), SETTING, row=good)
    assert not again.withdrawn
    assert "no more answers" in again.refused  # the same order brings no more than itself


def test_attention_is_learned_from_what_was_tried():
    learned = looked_at(world(0.4, 30_000))
    usual = looked_at(())
    np.testing.assert_allclose(usual[:3], [1, 0.6309, 0.5], atol=1e-4)
    assert abs(learned[5] / learned[1] - LOOK[5] / LOOK[1]) < 0.12
    assert np.all(learned <= 1)


def test_the_same_answers_and_seed_grow_the_same_trees():
    given = lessons(world(0.4)[:2000], LOOK)
    one, two = grow(given, seed=3)[0], grow(given, seed=3)[0]
    np.testing.assert_array_equal(one.threshold, two.threshold)


def test_our_trees_say_what_the_library_says():
    import lightgbm

    rng = np.random.default_rng(1)
    rows = rng.random((500, 5)).astype(np.float32)
    booster = lightgbm.train(
        {"objective": "regression", "verbosity": -1, "use_missing": False, "min_data_in_leaf": 5},
        lightgbm.Dataset(rows, rows @ np.arange(5) + rng.random(500)),
        30,
    )
    from regulars.decide.trees import flat

    trees = trees_from(flat(booster.dump_model()).as_json())
    np.testing.assert_allclose(trees.predict(rows), booster.predict(rows), atol=1e-6)


def test_a_head_is_read_back_from_the_log():
    head = a_head(np.random.default_rng(2))
    back = unpacked(head.packed())
    assert back is not None
    for name in ("items", "base", "factor", "features", "reach", "places"):
        np.testing.assert_array_equal(getattr(back, name), getattr(head, name))
    assert unpacked(b"\x63" + head.packed()[1:]) is None


def test_the_factors_of_choices_and_rules_stay_with_their_items():
    head = a_head(np.random.default_rng(2))
    trees = judged(0.4).trees
    base, order = in_order(head, trees)
    np.testing.assert_array_equal(np.sort(base), np.sort(head.base))
    banned_low = replace(head, factor=np.where(np.arange(REACH) == order[0], 1e-3, 1).astype(np.float32))
    assert in_order(banned_low, trees)[1][-1] == order[0]


@pytest.mark.parametrize("limit", [MOST_TRIED])
def test_only_so_deep_as_trying_reaches(limit):
    assert limit // 2 >= NEXT


def test_the_plain_order_replayed_is_what_was_shown():
    one = next(o for o in world(0.4) if o.propensities.min() > 0.5)
    shown = one.head.items[slate(one, None, SETTING)]
    np.testing.assert_array_equal(shown, one.items)
    same = replay([one], None, lambda head: np.zeros(len(head.items)), SETTING)
    assert same.weights[0] == pytest.approx(np.average(1 / one.propensities, weights=LOOK[:SHOWN]))
