"""Because: shares that sum exactly, and forgetting that is exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars import taste
from regulars.people.model import History, Verb
from tests.taste.worlds import SECONDS, bought, checkerboard, everything, history_of, learned

N = 17
MODEL = learned(checkerboard(), N)
EVENTS = st.lists(st.tuples(st.integers(1, N - 1), st.sampled_from(list(Verb)), st.floats(0, 400)), max_size=30)


def newest_first(events):
    return history_of(*sorted(events, key=lambda e: e[2]))


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.sampled_from(taste.PLACES))
def test_weights_sum_to_the_score_and_shares_to_one(events, place):
    history = newest_first(events)
    ranked = taste.rank(MODEL, history, everything(N), k=50, now_seconds=SECONDS, place=place, repeats=True)
    for item, score in zip(ranked.items, ranked.scores, strict=True):
        shares = taste.because(MODEL, history, int(item), now_seconds=SECONDS, place=place, repeats=True)
        assert sum(s.weight for s in shares) == pytest.approx(float(score), rel=1e-6)
        assert sum(s.share for s in shares) == pytest.approx(1, abs=1e-6)


@settings(max_examples=40, deadline=None)
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
