"""The compiled loops, on data with one right answer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regulars.decide.kernels import absent, first_allowed, gathered, less_like, likeness, vary

NO_VECTORS = np.zeros((0, 64), np.int8)
CATEGORY = np.array([-1, 0, 0, 0, 1, 2], np.int32)


def of(*ids):
    return np.array(ids, np.int32)


def test_the_first_allowed_are_found_in_order():
    allowed = np.array([False, True, False, True, True])
    assert first_allowed(of(4, 2, 3, 1, 99), allowed, 2).tolist() == [0, 2]
    assert first_allowed(of(2, 2), allowed, 5).tolist() == []


def test_what_is_new_is_absent_from_what_is_there():
    assert absent(of(1, 2, 3), of(3, 1)).tolist() == [False, True, False]


def test_without_variety_the_best_come_first():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5], np.float32)
    assert vary(of(1, 2, 3, 4, 5), scores, of(), (NO_VECTORS, CATEGORY), (5, 0.0)).tolist() == [0, 1, 2, 3, 4]


def test_variety_keeps_ten_of_a_kind_away():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5], np.float32)
    picked = vary(of(1, 2, 3, 4, 5), scores, of(), (NO_VECTORS, CATEGORY), (3, 0.5))
    assert picked.tolist() == [0, 3, 4]  # one of each category


def test_what_stands_already_counts_for_variety():
    scores = np.array([0.9, 0.8], np.float32)
    assert vary(of(2, 4), scores, of(1), (NO_VECTORS, CATEGORY), (1, 0.5)).tolist() == [1]


def test_alike_items_lose_most_of_their_score():
    vectors = np.zeros((6, 2), np.int8)
    vectors[1], vectors[2], vectors[4] = (127, 0), (127, 0), (0, 127)
    left = less_like(of(2, 3, 4), of(1), vectors, CATEGORY)
    assert np.allclose(left, [0.05, 0.5, 1.0])  # the same, the same category, nothing in common


def test_an_item_the_model_does_not_know_is_like_its_category():
    own = gathered(of(1, 2, 4), np.zeros((1, 64), np.int8))
    assert likeness(own[0], own[1], (0, 0)) == 0.5
    assert likeness(own[0], own[2], (0, 1)) == 0.0


@given(st.lists(st.floats(0, 10, width=32), min_size=1, max_size=12), st.integers(1, 15), st.floats(0, 1))
def test_whatever_the_variety_each_item_stands_once(scores, k, variety):
    items = np.arange(1, len(scores) + 1, dtype=np.int32)
    category = np.arange(len(scores) + 1, dtype=np.int32) % 3
    picked = vary(items, np.array(scores, np.float32), of(), (NO_VECTORS, category), (k, variety))
    assert sorted(set(picked.tolist())) == sorted(picked.tolist())
    assert len(picked) == min(k, len(scores))
