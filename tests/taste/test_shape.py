"""What is known of data before anything was tried, and where a site begins because of it."""

from dataclasses import replace

import numpy as np
import pytest

from regulars import taste
from regulars.people.model import Verb
from regulars.taste.beginning import beginning
from regulars.taste.blending import Blending, table
from regulars.taste.cases import split
from regulars.taste.model import FOREVER, Blend, Fade
from regulars.taste.shape import Shape, shape_of
from tests.bench.sites import SITES
from tests.taste.test_bakeoff import chains, habits
from tests.taste.test_models import ready
from tests.taste.worlds import NOW, SECONDS, everything, history_of, learned, log_of


def shape(log):
    return shape_of(ready(log, int(log.items.max()) + 1))


def test_where_people_come_back_to_what_they_know_is_seen():
    assert shape(habits()).habit > 0.4
    assert shape(chains()).known < 0.03


def test_what_only_the_crowd_explains_is_no_habit():
    assert shape(SITES["chance"]()).habit == 0


def test_where_one_step_leads_to_the_next_the_past_fades_fast():
    assert shape(SITES["long sessions"]()).pace < 3
    assert shape(SITES["dense"]()).pace == FOREVER


def test_things_of_one_moment_are_one_basket():
    rows = [(p, i, Verb.BOUGHT, float(day)) for p in range(1, 9) for day in (9, 2) for i in (1, 2, 3)]
    assert shape(log_of(*rows)).basket == 3


@pytest.mark.parametrize("rows", [[(1, 1, Verb.BOUGHT, 1.0)], [(p, 1, Verb.VIEWED, 1.0) for p in (1, 2, 3)]])
def test_of_next_to_nothing_the_shape_is_the_usual_one(rows):
    assert shape(log_of(*rows)) == Shape()


def test_the_same_log_has_the_same_shape():
    assert shape(habits()) == shape(habits())


def test_untried_a_site_of_habits_suggests_what_was_bought_before():
    model = learned(habits(), 60)
    history = history_of(*((17, Verb.BOUGHT, 7.0 * week) for week in range(1, 5)))
    ranked = taste.rank(model, history, everything(60), k=3, now_seconds=SECONDS)
    assert ranked.items[0] == 17
    assert not model.blend("basket").repeats


def test_untried_a_walk_is_followed():
    history = history_of((7, Verb.VIEWED, 1.0), (6, Verb.VIEWED, 2.0), (5, Verb.VIEWED, 3.0))
    ranked = taste.rank(learned(chains(), 41), history, everything(41), k=3, now_seconds=SECONDS)
    assert ranked.items[0] == 8


def test_what_is_too_dear_untried_is_left_out_and_together_speaks_for_it(monkeypatch):
    kitchen = ready(chains(), 41)
    monkeypatch.setattr("regulars.taste.beginning.CHEAP", 0.0)
    first = beginning(kitchen, shape_of(kitchen))
    assert set(first.recipes) == {"together", "next", "alike"}
    weights, fades = first.blend("home").weights, first.blend("home").fades
    assert weights["together"] * fades["together"].steps == pytest.approx(weights["alike"] * fades["alike"].steps, 0.01)


def test_untried_is_far_better_than_the_crowd_on_sites_nobody_tuned_for():
    for site in ("habits", "fashion"):
        log = SITES[site]()
        held, n = split(log, seed=1), int(log.items.max()) + 1
        model = learned(held.train, n)
        popular = taste.popular(model, everything(n), k=20).items
        asked = table(model, "home", held.cases["home"])
        crowd = np.mean([_worth(popular, case.targets) for case in held.cases["home"]])
        assert asked.ask(model.blend("home")).mean() > 1.3 * crowd


def _worth(items, targets):
    discount = 1 / np.log2(np.arange(2, 22))
    right = np.isin(items, targets)
    ideal = discount[: len(targets)].sum()
    return 0.8 * discount[: len(right)][right].sum() / ideal + 0.2 * right.sum() / len(targets)


def test_a_blend_that_is_sought_is_never_worse_than_the_one_it_begins_with():
    log = habits()
    held = split(log, seed=1)
    model = taste.learn(held.train, taste.no_content(60), now=NOW, budget_seconds=0)[0]
    asked = table(model, "home", held.cases["home"])
    first = Blend({"next": 0.3, "together": 0.7}, {"next": Fade(2.0), "together": Fade(9.0)}, True, 0.3)
    for begun in (first, replace(model.blend("home"), repeats=True)):
        found = Blending(asked, True, {"together": Fade(), "next": Fade()}, first=begun).run()
        assert asked.ask(found).mean() >= asked.ask(begun).mean() - 0.002
