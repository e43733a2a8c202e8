"""Because: shares that sum exactly, and forgetting that is exact."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars import taste
from regulars.people.model import History, Verb
from regulars.taste.alike import Alike
from regulars.taste.bakeoff import together
from regulars.taste.histories import verb_weights
from regulars.taste.kitchen import Hops, kitchen
from regulars.taste.model import Blend, Fade
from regulars.taste.ridge import Ridge
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules
from tests.taste.worlds import SECONDS, bought, checkerboard, everything, history_of, learned

N = 17
MODEL = learned(checkerboard(), N)
EVENTS = st.lists(st.tuples(st.integers(1, N - 1), st.sampled_from(list(Verb)), st.floats(0, 400)), max_size=30)


def newest_first(events):
    return history_of(*sorted(events, key=lambda e: e[2]))


@settings(max_examples=60)
@given(EVENTS, st.sampled_from(taste.PLACES))
def test_weights_sum_to_the_score_and_shares_to_one(events, place):
    history = newest_first(events)
    ranked = taste.rank(MODEL, history, everything(N), k=50, now_seconds=SECONDS, place=place, repeats=True)
    for item, score in zip(ranked.items, ranked.scores, strict=True):
        shares = taste.because(MODEL, history, int(item), now_seconds=SECONDS, place=place, repeats=True)
        assert sum(s.weight for s in shares) == pytest.approx(float(score), rel=1e-6)
        assert sum(s.share for s in shares) == pytest.approx(1, abs=1e-6)


@settings(max_examples=40)
@given(EVENTS, st.integers(0, 29))
def test_forgetting_an_event_gives_what_would_be_without_it(events, which):
    history = newest_first(events)
    keep = np.arange(len(events)) != which
    without = History(history.events[keep], history.items[keep], history.verbs[keep], history.at[keep])
    never = newest_first([e for i, e in enumerate(sorted(events, key=lambda e: e[2])) if i != which])
    one = taste.rank(MODEL, without, everything(N), k=50, now_seconds=SECONDS)
    two = taste.rank(MODEL, never, everything(N), k=50, now_seconds=SECONDS)
    np.testing.assert_array_equal(one.items, two.items)
    np.testing.assert_array_equal(one.scores, two.scores)


def test_the_events_named_are_those_of_the_history():
    shares = taste.because(MODEL, bought(1, 3), 5, now_seconds=SECONDS)
    assert {(s.event, s.item) for s in shares} == {(100, 1), (101, 3)}
    assert shares[0].share >= shares[-1].share


def test_what_nothing_speaks_for_has_no_reason():
    assert taste.because(MODEL, bought(1, 3), 6, now_seconds=SECONDS) == []
    assert taste.because(MODEL, bought(), 6, now_seconds=SECONDS) == []
    assert taste.because(MODEL, bought(1), 999, now_seconds=SECONDS) == []


@lru_cache
def everything_on():
    """All parts blended, two of them with a second hop, histories alike, habits: whatever a bake-off may choose."""
    log, content = checkerboard(people=90), taste.content_of({}, N)
    cook = kitchen(log, content, verbs=verb_weights(), idf=MODEL.idf)
    recipes = (Hops(Rp3(), 0.7), Hops(Ridge(), 0.4), Rules(), Ridge(steps=2.0, name="flow"))
    parts = together([*(cook.fit(recipe) for recipe in recipes), MODEL.parts["content"]], N)
    weights = {"together": 0.3, "ridge": 0.3, "next": 0.2, "flow": 0.1, "content": 0.05, "alike": 0.4}
    fades = {name: Fade(steps=2 + 3 * k, half_life_days=5 + 40 * k) for k, name in enumerate(weights)}
    blend = Blend(weights, fades | {"again": Fade(steps=9, half_life_days=90)}, repeats=True, again=0.3)
    blends = dict.fromkeys(taste.PLACES, blend)
    return replace(MODEL, parts=parts, blends=blends, sessions=Alike().fit(cook.sequences[0], log))


@settings(max_examples=80)
@given(EVENTS)
def test_through_every_part_and_two_hops_shares_are_exact(events):
    model, history = everything_on(), newest_first(events)
    ranked = taste.rank(model, history, everything(N), k=50, now_seconds=SECONDS)
    _, parts = taste.by_part(model, history, ranked.items, now_seconds=SECONDS)
    for item, score, by_part in zip(ranked.items, ranked.scores, parts, strict=True):
        shares = taste.because(model, history, int(item), now_seconds=SECONDS)
        assert sum(s.weight for s in shares) == pytest.approx(float(score), rel=1e-6)
        assert sum(s.share for s in shares) == pytest.approx(1, abs=1e-6)
        assert by_part.sum() == pytest.approx(float(score), rel=1e-6)


@settings(max_examples=60)
@given(EVENTS, st.integers(1, N - 1), st.booleans())
def test_on_the_page_of_an_item_shares_are_exact_and_the_page_is_as_loud_as_the_rest(events, page, repeats):
    model, history = everything_on(), taste.on_page(newest_first(events), page, now_seconds=SECONDS)
    reading = taste.read_on_page(model, history, now_seconds=SECONDS, place="item")
    sources, weights, _ = reading.heard
    assert history.events[sources[0]] == taste.PAGE
    assert np.all(weights[:, 0] >= weights[:, 1:].sum(1) - 1e-12)
    asked = {"now_seconds": SECONDS, "place": "item", "repeats": repeats, "reading": reading}
    ranked = taste.rank(model, history, everything(N), k=50, **asked)
    found = taste.because_items(model, history, ranked.items.tolist(), most=50, **asked)
    for score, grounds in zip(ranked.scores, found, strict=True):
        assert sum(s.weight for s in grounds.named) == pytest.approx(float(score), rel=1e-6)
        assert sum(s.share for s in grounds.named) == pytest.approx(1, abs=1e-6)


@settings(max_examples=60)
@given(EVENTS)
def test_said_thing_by_thing_what_speaks_for_an_item_sums_to_one(events):
    model, history = everything_on(), newest_first(events)
    ranked = taste.rank(model, history, everything(N), k=50, now_seconds=SECONDS)
    for most in (1, 3, 50):
        found = taste.because_items(model, history, ranked.items.tolist(), now_seconds=SECONDS, most=most)
        for grounds in found:
            items = [s.item for s in grounds.named]
            assert grounds.named and len(items) == len(set(items)) <= most
            assert sum(s.share for s in grounds.named) + grounds.rest == pytest.approx(1, abs=1e-6)
            assert [s.share for s in grounds.named] == sorted((s.share for s in grounds.named), reverse=True)


@settings(max_examples=40)
@given(EVENTS)
def test_the_strongest_event_with_a_thing_stands_for_it(events):
    model, history = everything_on(), newest_first(events)
    ranked = taste.rank(model, history, everything(N), k=50, now_seconds=SECONDS)
    found = taste.because_items(model, history, ranked.items.tolist(), now_seconds=SECONDS, most=50)
    for item, grounds in zip(ranked.items.tolist(), found, strict=True):
        of = {s.event: s for s in taste.because(model, history, item, now_seconds=SECONDS)}
        for named in grounds.named:
            same = [s.weight for s in of.values() if s.item == named.item]
            assert named.weight == pytest.approx(sum(same), rel=1e-9)
            assert abs(of[named.event].weight) == pytest.approx(max(map(abs, same)))
