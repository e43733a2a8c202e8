"""What every model that makes a matrix from histories must do."""

import numpy as np
import pytest

from regulars.people.model import Verb
from regulars.taste.content import idf, no_content
from regulars.taste.histories import gather, in_order, verb_weights
from regulars.taste.kitchen import Hops, Kitchen, MatrixRecipe, kitchen
from regulars.taste.model import Part
from regulars.taste.ridge import Ridge
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules
from tests.taste.worlds import checkerboard, log_of, sequence_world

N = 17


def ready(log, n=N, threads=1) -> Kitchen:
    return kitchen(in_order(log), no_content(n), verbs=verb_weights(), idf=idf(no_content(n)), threads=threads)


def dense(part: Part):
    out = np.zeros((part.n, part.n))
    rows = np.repeat(np.arange(part.n), np.diff(part.indptr))
    out[rows, part.indices] = part.data
    return out


ONE = (1, 1, Verb.BOUGHT, 0.0)
EVERYTHING = [(p, i, Verb.BOUGHT, 1.0) for p in range(3) for i in range(1, 4)]


class Promises:
    """Every model keeps these."""

    recipe: MatrixRecipe

    @pytest.fixture
    def part(self):
        return ready(checkerboard()).fit(self.recipe)

    def test_it_is_one_sparse_matrix_with_valid_rows(self, part):
        assert part.n == N
        assert part.indptr[0] == 0
        assert part.indptr[-1] == len(part.indices) == len(part.data)
        assert (np.diff(part.indptr) >= 0).all()
        assert part.indices.dtype == np.int32
        assert part.data.dtype == np.float32
        assert np.isfinite(part.data).all()

    def test_no_item_speaks_for_itself(self, part):
        assert (np.diag(dense(part)) == 0).all()

    def test_position_0_is_never_an_item(self, part):
        matrix = dense(part)
        assert not matrix[0].any()
        assert not matrix[:, 0].any()

    def test_on_a_checkerboard_colours_do_not_mix(self, part):
        matrix = dense(part)
        own = np.add.outer(np.arange(N), np.arange(N)) % 2 == 0
        assert (matrix[~own] <= 1e-6).all()
        assert matrix[own].max() > 0

    def test_every_item_of_ones_colour_is_reached(self, part):
        matrix = dense(part)
        for item in range(1, N):
            same = [j for j in range(1, N) if j % 2 == item % 2 and j != item]
            assert (matrix[item, same] > 0).mean() > 0.8

    def test_rows_are_scaled_alike(self, part):
        sums = np.abs(dense(part)).sum(axis=1)
        assert abs(sums[sums > 0].mean() - 1) < 1e-4

    def test_it_keeps_no_more_than_asked(self, part):
        keep = self.recipe.over.keep if isinstance(self.recipe, Hops) else self.recipe.keep
        assert np.diff(part.indptr).max() <= max(keep, N)

    def test_the_same_data_give_the_same_matrix_with_any_number_of_threads(self, part):
        again = ready(checkerboard(), threads=2).fit(self.recipe)
        np.testing.assert_array_equal(again.indices, part.indices)
        np.testing.assert_array_equal(again.data, part.data)

    @pytest.mark.parametrize("rows", [[], [ONE], EVERYTHING])
    def test_next_to_nothing_is_no_trouble(self, rows):
        part = ready(log_of(*rows) if rows else log_of((1, 1, Verb.SHOWN, 0.0)), n=5).fit(self.recipe)
        assert np.isfinite(part.data).all()


class TestRp3(Promises):
    recipe = Rp3()


class TestRules(Promises):
    recipe = Rules()


class TestRidge(Promises):
    recipe = Ridge()


class TestDirectedRidge(Promises):
    recipe = Ridge(steps=3.0, name="flow")


class TestTwoHops(Promises):
    recipe = Hops(Rp3(), 0.3)


def test_a_local_ridge_over_all_items_is_the_full_regression():
    """With every item near, column j solves (G + λ) b = g_j without j, as SLIM without bounds."""
    log = checkerboard(people=40, squares=4)
    cook = ready(log, n=9)
    recipe = Ridge(alpha=0.0, growth=0.0, penalty=0.5, near=8, keep=8)
    histories, _ = gather(in_order(log), n=9, verbs=verb_weights())
    x = np.zeros((len(histories.people), 9))
    x[np.repeat(np.arange(len(histories.people)), histories.length), histories.items] = 1
    g = x.T @ x
    penalty = 0.5 * np.diag(g)[1:].mean()
    exact = np.zeros((9, 9))
    for j in range(1, 9):
        near = [i for i in range(1, 9) if i != j and g[i, j] > 0]
        exact[near, j] = np.linalg.solve(g[np.ix_(near, near)] + penalty * np.eye(len(near)), g[near, j])
    found = dense(cook.fit(recipe))
    np.testing.assert_allclose(found / found.max(), exact / exact.max(), atol=2e-3)


@pytest.mark.parametrize("recipe", [Rules(backward=0.0), Ridge(steps=2.0, both=0.0, name="flow")])
def test_directed_models_know_what_comes_after_what(recipe):
    matrix = dense(ready(sequence_world(), n=7).fit(recipe))
    assert matrix[1, 2] > 2 * matrix[2, 1]
    assert matrix[2, 3] > 2 * matrix[3, 2]


def test_a_second_hop_reaches_what_was_never_seen_together():
    rows = [(p, i, Verb.BOUGHT, 1.0) for p in range(20) for i in ((1, 2) if p < 10 else (2, 3))]
    cook = ready(log_of(*rows), n=4)
    assert dense(cook.fit(Rp3()))[1, 3] == 0
    assert dense(cook.fit(Hops(Rp3(), 0.5)))[1, 3] > 0
