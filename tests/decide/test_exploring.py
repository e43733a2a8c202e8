"""Trying: bounded, by Thompson sampling, and logged with the chance it really had."""

from random import Random

import numpy as np
import pytest

from regulars.decide.exploring import DRAWS, EVEN, Tallies, chances, explore, open_places, ranked

PLACES, SHARE = 6, 0.3
ITEMS = np.arange(1, 9, dtype=np.int32)
SHOWN = np.array([0, 900, 900, 900, 0, 5, 40, 900, 0], np.float32)
ANSWERED = np.array([0, 90, 9, 45, 0, 2, 1, 40, 0], np.float32)
WORTH = Tallies(SHOWN, ANSWERED).worth(ITEMS)


def test_logged_chances_are_how_often_it_happens():
    random, times = Random(3), 40_000
    often = np.zeros((PLACES, len(ITEMS)))
    said = np.zeros((PLACES, len(ITEMS)))
    for _ in range(times):
        for place, (winner, chance) in explore(PLACES, WORTH, SHARE, random).items():
            often[place, winner] += 1
            said[place, winner] = chance
    assert not often[0].any()  # the first place is never given away
    error = 4.5 * np.sqrt(said[1:] * (1 - said[1:]) / times) + 1e-9
    assert np.all(np.abs(often[1:] / times - said[1:]) <= error)


def test_the_share_is_kept_whatever_the_pool_is_worth():
    for places in range(2, 9):
        chance = chances(ranked(*WORTH), open_places(places, len(ITEMS)), SHARE)
        assert chance.sum() == pytest.approx(SHARE)


def test_nobodys_chance_is_nil():
    chance = chances(ranked(*WORTH), 5, SHARE)
    assert chance.min() >= SHARE * EVEN / len(ITEMS) * 0.99


def test_what_is_known_to_be_liked_and_what_is_unknown_are_tried_before_what_is_known_to_fail():
    chance = dict(zip(ITEMS.tolist(), chances(ranked(*WORTH), 1, SHARE), strict=True))
    liked, disliked, unknown = 1, 2, 8
    assert chance[liked] > 3 * chance[disliked]
    assert chance[unknown] > chance[disliked]


def test_with_equal_knowledge_all_are_about_equally_likely():
    chance = chances(ranked(*Tallies().worth(ITEMS)), 1, SHARE)
    even = SHARE / len(ITEMS)
    assert np.all(np.abs(chance - even) < 4 * SHARE * np.sqrt(1 / 8 / DRAWS))


def test_a_pool_smaller_than_the_places_is_never_asked_for_more_than_it_has():
    few = (WORTH[0][:2], WORTH[1][:2])
    for seed in range(300):
        given = explore(10, few, 1.0, Random(seed))
        assert sorted(given) == [1, 2]
        assert sorted(w for w, _ in given.values()) == [0, 1]


def test_without_a_share_or_a_pool_nothing_is_tried():
    assert explore(8, WORTH, 0.0, Random(1)) == {}
    assert explore(8, (np.zeros(0), np.zeros(0)), 0.3, Random(1)) == {}
    assert explore(1, WORTH, 1.0, Random(1)) == {}


def test_items_that_came_after_counting_are_unknown():
    mean, spread = Tallies(SHOWN, ANSWERED).worth(np.array([99], np.int32))
    unknown = Tallies().worth(np.array([1], np.int32))
    assert (mean, spread) == unknown
