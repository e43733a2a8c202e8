"""Ranking: the right items, only allowed ones, from the newest event on."""

import numpy as np
import pytest

from regulars import taste
from regulars.people.model import Verb
from tests.taste.worlds import SECONDS, bought, checkerboard, everything, history_of, learned

N = 17


@pytest.fixture(scope="module")
def model():
    return learned(checkerboard(), N)


def test_on_a_checkerboard_only_ones_own_colour_comes(model):
    ranked = taste.rank(model, bought(1, 3, 5), everything(N), k=20, now_seconds=SECONDS)
    assert set(ranked.items.tolist()) == {7, 9, 11, 13, 15}


def test_the_best_comes_first(model):
    ranked = taste.rank(model, bought(1, 3, 5), everything(N), k=20, now_seconds=SECONDS)
    assert np.all(np.diff(ranked.scores) <= 0)
    assert ranked.items.dtype == np.int32
    assert ranked.scores.dtype == np.float32


def test_only_what_is_allowed_comes(model):
    ranked = taste.rank(model, bought(2), everything(N, but=[4, 6]), k=20, now_seconds=SECONDS)
    assert set(ranked.items.tolist()) == {8, 10, 12, 14, 16}


def test_never_more_than_asked_for(model):
    assert len(taste.rank(model, bought(2), everything(N), k=3, now_seconds=SECONDS).items) == 3


def test_a_longer_answer_begins_with_the_shorter_one(model):
    short = taste.rank(model, bought(2, 4), everything(N), k=2, now_seconds=SECONDS)
    long = taste.rank(model, bought(2, 4), everything(N), k=5, now_seconds=SECONDS)
    assert long.items[:2].tolist() == short.items.tolist()


def test_nobody_in_particular_gets_no_guess(model):
    assert len(taste.rank(model, bought(), everything(N), k=5, now_seconds=SECONDS).items) == 0


def test_known_items_come_again_where_that_is_wanted(model):
    new = taste.rank(model, bought(2, 4), everything(N), k=20, now_seconds=SECONDS, repeats=False)
    all_of_it = taste.rank(model, bought(2, 4), everything(N), k=20, now_seconds=SECONDS, repeats=True)
    assert 2 not in new.items
    assert 2 in all_of_it.items


def test_the_event_of_the_last_second_counts(model):
    old = bought(1)
    new = history_of((2, Verb.VIEWED, 0.0), (1, Verb.BOUGHT, 1.0))
    assert not {4, 6} & set(taste.rank(model, old, everything(N), k=20, now_seconds=SECONDS).items.tolist())
    assert {4, 6} <= set(taste.rank(model, new, everything(N), k=20, now_seconds=SECONDS).items.tolist())


def test_a_bounce_takes_back_the_view_before_it(model):
    bounced = history_of((2, Verb.BOUNCED, 0.0), (2, Verb.VIEWED, 0.01))
    assert len(taste.rank(model, bounced, everything(N), k=5, now_seconds=SECONDS).items) == 0


def test_a_removal_takes_back_the_adding_but_not_the_view(model):
    removed = history_of((2, Verb.REMOVED, 0.0), (2, Verb.ADDED, 0.01), (2, Verb.VIEWED, 0.02))
    viewed = history_of((2, Verb.VIEWED, 0.02))
    one = taste.rank(model, removed, everything(N), k=5, now_seconds=SECONDS)
    two = taste.rank(model, viewed, everything(N), k=5, now_seconds=SECONDS)
    np.testing.assert_allclose(one.scores, two.scores)


def test_being_shown_something_counts_nothing(model):
    assert len(taste.rank(model, history_of((2, Verb.SHOWN, 0.0)), everything(N), k=5, now_seconds=SECONDS).items) == 0


def test_what_was_only_shown_is_still_new(model):
    """Five visits in a row show the same best, not the next best every time."""
    seen = history_of(*((item, Verb.SHOWN, 0.0) for item in range(1, N)), (2, Verb.BOUGHT, 1.0), (2, Verb.SHOWN, 2.0))
    shown = taste.rank(model, seen, everything(N), k=20, now_seconds=SECONDS, repeats=False)
    plain = taste.rank(
        model, history_of((2, Verb.BOUGHT, 1.0)), everything(N), k=20, now_seconds=SECONDS, repeats=False
    )
    np.testing.assert_array_equal(shown.items, plain.items)
    assert 2 not in shown.items


def test_unknown_items_and_short_masks_do_no_harm(model):
    odd = history_of((999, Verb.BOUGHT, 0.0), (2, Verb.BOUGHT, 1.0), (0, Verb.BOUGHT, 2.0))
    ranked = taste.rank(model, odd, everything(9), k=5, now_seconds=SECONDS)
    assert set(ranked.items.tolist()) == {4, 6, 8}
    assert len(taste.rank(model, odd, everything(5_000), k=5, now_seconds=SECONDS).items) == 5


def test_an_event_in_the_future_counts_as_one_of_now(model):
    future = history_of((2, Verb.BOUGHT, -4_000.0))
    now = history_of((2, Verb.BOUGHT, 0.0))
    one = taste.rank(model, future, everything(N), k=5, now_seconds=SECONDS)
    two = taste.rank(model, now, everything(N), k=5, now_seconds=SECONDS)
    np.testing.assert_array_equal(one.scores, two.scores)


def test_two_answers_in_a_row_do_not_disturb_each_other(model):
    first = taste.rank(model, bought(1, 3), everything(N), k=5, now_seconds=SECONDS)
    taste.rank(model, bought(2, 4), everything(N), k=20, now_seconds=SECONDS)
    again = taste.rank(model, bought(1, 3), everything(N), k=5, now_seconds=SECONDS)
    np.testing.assert_array_equal(first.items, again.items)
    np.testing.assert_array_equal(first.scores, again.scores)


def test_like_items_are_of_one_colour(model):
    assert {int(i) % 2 for i in taste.similar(model, 3, everything(N), 5).items} == {1}


def test_likeness_is_a_table_with_ones_on_the_diagonal(model):
    likeness = taste.similarity(model, np.array([1, 3, 2, 999]))
    assert likeness.shape == (4, 4)
    np.testing.assert_array_equal(np.diag(likeness), 1)
    assert likeness[0, 1] > likeness[0, 2]
    assert likeness[0, 3] == 0
