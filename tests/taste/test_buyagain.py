"""Buy again: how often, how long ago, and whether it is time."""

import pytest

from regulars import taste
from regulars.people.model import Verb
from tests.taste.worlds import SECONDS, history_of, learned, log_of

WEEKLY = [(p, 1, Verb.BOUGHT, 7.0 * week + 1) for p in range(1, 9) for week in range(5)]
MODEL = learned(log_of(*WEEKLY, (1, 2, Verb.BOUGHT, 3.0), (2, 2, Verb.BOUGHT, 3.0)), 3)


def habit(*days, item=1, verb=Verb.BOUGHT):
    return taste.habit(MODEL, history_of(*((item, verb, day) for day in days)), 1, now_seconds=SECONDS)


def test_a_person_has_a_rhythm_of_their_own():
    found = habit(19.0, 40.0, 61.0, 82.0)
    assert (found.times, found.own) == (4, True)
    assert (found.usual_days, found.since_days) == pytest.approx((21, 19))
    assert found.due


def test_who_bought_once_has_the_rhythm_of_all():
    found = habit(2.0)
    assert (found.times, found.own) == (1, False)
    assert (found.usual_days, found.since_days) == pytest.approx((7, 2))
    assert not found.due


def test_several_lines_of_one_order_are_one_visit():
    assert habit(10.0, 10.01, 10.02).times == 1


def test_a_purchase_in_the_future_is_one_of_now():
    assert habit(-5.0).since_days == pytest.approx(0)


@pytest.mark.parametrize(
    "history",
    [{"days": (3.0,), "item": 2}, {"days": (3.0,), "verb": Verb.VIEWED}, {"days": ()}],
    ids=["another item", "only looked at", "nothing"],
)
def test_where_nothing_was_bought_there_is_no_habit(history):
    assert habit(*history.pop("days"), **history) is None


def test_an_item_nobody_bought_twice_has_no_rhythm():
    once = history_of((2, Verb.BOUGHT, 3.0))
    assert taste.habit(MODEL, once, 2, now_seconds=SECONDS) is None
