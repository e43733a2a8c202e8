"""Off-policy estimates: the truth is known because we made it, and the intervals hold it as often as they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.decide import offpolicy

ACTIONS = 5


class Bandit:
    """Three kinds of people, five things to show, answers with known chances; a logger and a new policy."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.chance = rng.uniform(0.05, 0.6, (3, ACTIONS))
        self.logged = rng.dirichlet(np.full(ACTIONS, 2.0), 3) * 0.8 + 0.2 / ACTIONS
        self.new = rng.dirichlet(np.full(ACTIONS, 0.7), 3)
        self.truth = float((self.new * self.chance).sum(axis=1).mean())

    def draw(self, rng, n):
        """Kind, action, weight, answer of n decisions."""
        kind = rng.integers(0, 3, n)
        action = (rng.random((n, 1)) > self.logged[kind].cumsum(axis=1)).sum(axis=1).clip(max=ACTIONS - 1)
        answer = (rng.random(n) < self.chance[kind, action]).astype(float)
        return kind, action, self.new[kind, action] / self.logged[kind, action], answer

    def estimates(self, rng, n, guessed):
        kind, action, w, r = self.draw(rng, n)
        direct = (self.new[kind] * guessed[kind]).sum(axis=1)
        return (
            offpolicy.snips(w * r, w),
            offpolicy.doubly_robust(direct, w * (r - guessed[kind, action]), w),
            float(r.mean()),
        )


@pytest.mark.parametrize("seed", range(4))
def test_intervals_hold_the_truth_as_often_as_they_say(seed):
    bandit, rng = Bandit(seed), np.random.default_rng(100 + seed)
    wrong_guess = rng.uniform(0, 0.6, (3, ACTIONS))
    held = np.zeros(2)
    for _ in range(600):
        snips, robust, _naive = bandit.estimates(rng, 2_000, wrong_guess)
        held += [e.low <= bandit.truth <= e.high for e in (snips, robust)]
    # 95 %, give or take four standard errors of 600 trials
    assert np.all(held / 600 > 0.95 - 4 * 0.009)
    assert np.all(held / 600 < 0.95 + 4 * 0.009)


def test_both_are_right_where_the_plain_average_is_wrong():
    bandit, rng = Bandit(4), np.random.default_rng(5)
    snips, robust, naive = bandit.estimates(rng, 200_000, np.full((3, ACTIONS), 0.3))
    assert abs(naive - bandit.truth) > 0.03
    assert abs(snips.value - bandit.truth) < 0.01
    assert abs(robust.value - bandit.truth) < 0.01


def test_a_good_guess_of_the_answers_narrows_the_doubly_robust_interval():
    bandit = Bandit(1)
    told = bandit.estimates(np.random.default_rng(1), 2_000, bandit.chance)[1]
    blind = bandit.estimates(np.random.default_rng(1), 2_000, np.zeros((3, ACTIONS)))[1]
    assert told.high - told.low < 0.95 * (blind.high - blind.low)


WEIGHTS = st.lists(st.just(0.0) | st.floats(1e-3, 50), min_size=1, max_size=60)


@settings(max_examples=100)
@given(WEIGHTS, st.floats(0, 1))
def test_if_every_answer_is_the_same_so_is_the_estimate(weights, answer):
    w = np.array(weights)
    found = offpolicy.snips(w * answer, w)
    if w.sum() > 0:
        assert found.value == pytest.approx(answer, abs=1e-9)
        assert found.low <= found.value <= found.high
    else:
        assert found.effective == 0 and not found.enough


@settings(max_examples=100)
@given(WEIGHTS)
def test_the_effective_sample_is_at_most_the_sample(weights):
    w = np.array(weights)
    assert 0 <= offpolicy.effective(w) <= len(w) + 1e-6


def test_equal_weights_are_worth_the_whole_sample():
    assert offpolicy.effective(np.full(77, 3.0)) == pytest.approx(77)


def test_nothing_logged_says_nothing():
    nothing = np.zeros(0)
    for found in (offpolicy.snips(nothing, nothing), offpolicy.on_policy(nothing)):
        assert (found.low, found.high, found.enough) == (-np.inf, np.inf, False)


def test_one_decision_is_no_certainty():
    found = offpolicy.on_policy(np.ones(1))
    assert found.value == 1 and found.high == np.inf
