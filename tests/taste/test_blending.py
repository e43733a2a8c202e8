"""Blends: kept columns give what serving gives; changes are made only beyond chance."""

from dataclasses import replace

import numpy as np
import pytest

from regulars import taste
from regulars.taste.asking import ask, grid, pack
from regulars.taste.blending import Blending, better, table
from regulars.taste.cases import split
from regulars.taste.learn import learn
from regulars.taste.model import Blend, Fade
from tests.bench.sites import SITES
from tests.taste.worlds import NOW


@pytest.fixture(scope="module", params=["habits", "long sessions"])
def asked(request):
    log = SITES[request.param]()
    found = split(log, seed=0)
    model, _ = learn(found.train, taste.no_content(int(log.items.max()) + 1), now=NOW, budget_seconds=0)
    return table(model, "home", found.cases["home"])


FADES = {"together": Fade(steps=30), "next": Fade(steps=5)}


def test_kept_columns_give_what_serving_gives(asked):
    for repeats in (False, True):
        columns = {name: Blend({name: 1.0}, {name: fade}, repeats) for name, fade in FADES.items()}
        blend = Blend({"together": 0.3, "next": 0.7}, FADES, repeats)
        kept = grid(asked.model, columns, asked.packed).score(blend.weights, k=20)
        served = ask(asked.model, blend, asked.packed, k=20)
        assert kept.mean() == pytest.approx(served.mean(), rel=0.01)
        assert (np.abs(kept - served) < 1e-6).mean() > 0.95


def test_the_blend_found_is_worth_what_was_reckoned(asked):
    blending = Blending(asked, True, dict(FADES))
    blend = blending.run()
    assert asked.ask(blend).mean() >= 0.99 * max(score for _, score in blending.tried)
    assert sum(blend.weights.values()) == pytest.approx(1, abs=1e-3)
    assert set(blend.weights) <= set(FADES)
    assert set(blend.fades) <= {*FADES, "again"}


@pytest.mark.long
def test_habits_are_added_where_people_have_them(asked):
    again = Blending(asked, True, dict(FADES)).run().again
    assert (again > 0) == bool(np.mean([np.isin(c.targets, c.history.items).mean() for c in asked.cases]) > 0.3)


def test_a_question_without_an_answer_is_not_asked(asked):
    none = replace(asked.cases[0], targets=np.zeros(0, np.int32))
    assert len(pack([none, *asked.cases[:3]]).now) == 3


@pytest.mark.parametrize(
    ("new", "old", "is_better"),
    [
        ([0.3] * 100, [0.2] * 100, True),
        ([0.2] * 100, [0.2] * 100, False),
        ([1.0, 0.0] * 50, [0.0, 0.99] * 50, False),
        ([0.20001] * 100, [0.2] * 100, False),
    ],
    ids=["each better", "the same", "more by chance", "too little"],
)
def test_only_more_than_chance_is_better(new, old, is_better):
    assert better(np.array(new), np.array(old)) is is_better
