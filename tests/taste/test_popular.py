"""Popular: overall, where the person is, and lately."""

from dataclasses import replace

import numpy as np

from regulars import taste
from regulars.people.model import Verb
from regulars.taste.popular import popular_now
from tests.taste.worlds import NOW, everything, log_of

ROWS = (
    [(p, 1, Verb.BOUGHT, 20.0) for p in range(1, 1001)]
    + [(p, 2, Verb.BOUGHT, 20.0) for p in range(1001, 1401)]
    + [(p, 3, Verb.BOUGHT, 0.1) for p in range(1401, 1440)]
)
CITY = taste.Marks(("Utrecht", "Ede"), np.array([-1] * 1000 + [0] * 400 + [1] + [-1] * 38, np.int32))
MODEL = taste.learn(replace(log_of(*ROWS), marks={"city": CITY}), taste.no_content(5), now=NOW, budget_seconds=0)[0]


def items(**how):
    return taste.popular(MODEL, everything(5, but=how.pop("but", ())), k=how.pop("k", 5), **how).items.tolist()


def test_the_most_bought_comes_first_and_what_nobody_bought_never():
    assert items() == [1, 2, 3]


def test_a_city_with_many_events_has_a_taste_of_its_own():
    assert items(where={"city": "Utrecht"})[0] == 2


def test_a_city_with_one_event_follows_everybody():
    assert items(where={"city": "Ede"})[0] == 1


def test_an_unknown_place_is_everywhere():
    assert items(where={"city": "Atlantis", "planet": "Mars"}) == items()


def test_only_what_is_allowed_and_no_more_than_asked_for():
    assert items(but=[1]) == [2, 3]
    assert items(k=1) == [1]


def test_trending_brings_up_the_last_days():
    assert items(trending=1.0)[0] == 3


def test_shares_stay_shares_in_every_place():
    ranked = taste.popular(MODEL, everything(5), k=5, where={"city": "Utrecht"})
    assert abs(float(ranked.scores.sum()) - 1) < 1e-6


def test_without_a_model_plain_counts_do():
    got = popular_now(np.array([3, 3, 1], np.int32), np.ones(3, np.float32), everything(4), k=2)
    assert got.items.tolist() == [3, 1]
