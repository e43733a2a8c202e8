"""Trending within minutes: fading counts, shrunk to what is known, and said."""

import numpy as np
import pytest

from regulars.decide.pulse import HALF_LIFE_SECONDS, Moment, Pulse
from regulars.people import Verb

NOW = 1_800_000_000.0
USUAL = np.array([0, 0.6, 0.3, 0.1], np.float32)


def moments(item: int, n: int, verb=Verb.BOUGHT, ago: float = 0.0):
    return [Moment(p, item, verb, NOW - ago) for p in range(n)]


def pulse(*groups) -> Pulse:
    made = Pulse()
    for group in groups:
        made.add(group, NOW)
    return made


def test_what_many_do_in_these_minutes_comes_up_and_is_said():
    shares, hot = pulse(moments(3, 200)).shares(USUAL)
    assert np.argmax(shares) == 3 and hot == {3}
    assert shares.sum() == pytest.approx(1, abs=1e-5)


def test_a_few_events_move_little_and_are_not_said():
    shares, hot = pulse(moments(3, 4)).shares(USUAL)
    assert np.argmax(shares) == 1 and hot == frozenset()


def test_what_is_always_popular_is_not_popular_right_now():
    _, hot = pulse(moments(1, 120), moments(2, 60), moments(3, 20)).shares(USUAL)
    assert hot == frozenset()


def test_it_fades_within_hours():
    made = pulse(moments(3, 200))
    made.fade(NOW + 12 * HALF_LIFE_SECONDS)
    shares, hot = made.shares(USUAL)
    assert hot == frozenset() and np.argmax(shares) == 1


def test_old_events_and_events_from_the_future_are_taken_as_they_can_be():
    old = pulse(moments(3, 200, ago=100 * HALF_LIFE_SECONDS))
    assert old.shares(USUAL)[1] == frozenset()
    ahead = pulse(moments(3, 200, ago=-1e9))
    assert ahead.shares(USUAL)[1] == {3}


def test_being_shown_is_no_popularity():
    shares, hot = pulse(moments(3, 500, Verb.SHOWN)).shares(USUAL)
    np.testing.assert_allclose(shares, USUAL)
    assert hot == frozenset()


def test_showings_and_answers_are_what_trying_goes_by():
    made = pulse(moments(2, 400, Verb.SHOWN), moments(2, 40, Verb.CLICKED), moments(3, 400, Verb.SHOWN))
    mean, spread = made.tallies(4).worth(np.array([1, 2, 3], np.int32))
    assert mean[1] > mean[2] and spread[0] > spread[1]
    assert mean[1] == pytest.approx(0.1, abs=0.01)


def test_items_nobody_knows_are_left_out():
    shares, hot = pulse(moments(99, 200), moments(0, 50), moments(-4, 50)).shares(USUAL)
    np.testing.assert_allclose(shares, USUAL)
    assert hot == frozenset()
