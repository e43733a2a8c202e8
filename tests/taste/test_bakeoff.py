"""The bake-off: it finds what is right for a site, says what it tried, and does not put a worse model in place."""

from dataclasses import replace

import numpy as np
import pytest

from regulars import taste
from regulars.people.model import Log, Verb
from regulars.taste.cases import split
from regulars.taste.histories import in_order
from tests.taste.worlds import DAY, NOW, SECONDS, checkerboard, everything, history_of, log_of


def learn(log, n, **how):
    return taste.learn(log, taste.no_content(n), now=NOW, **{"budget_seconds": 3, **how})


def chains(people=300, seed=4):
    """Everyone walks along a circle of 40 items, one step a day: only order tells what is next."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(1, people + 1):
        start, steps = int(rng.integers(40)), int(rng.integers(4, 9))
        rows += [(person, (start + s) % 40 + 1, Verb.VIEWED, float(steps - s)) for s in range(steps)]
    return log_of(*rows)


def habits(people=200, seed=6):
    """Everyone has three items of their own and buys one of them each week, now and then something else."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(1, people + 1):
        own = rng.integers(1, 60, 3)
        for week in range(8, 0, -1):
            item = int(rng.choice(own)) if rng.random() < 0.8 else int(rng.integers(1, 60))
            rows.append((person, item, Verb.BOUGHT, 7.0 * week))
    return log_of(*rows)


MODEL, REPORT = learn(chains(), 41)


def test_where_order_matters_the_next_step_is_found():
    history = history_of((7, Verb.VIEWED, 1.0), (6, Verb.VIEWED, 2.0), (5, Verb.VIEWED, 3.0))
    ranked = taste.rank(MODEL, history, everything(41), k=3, now_seconds=SECONDS)
    assert ranked.items[0] == 8


def test_what_was_tried_and_chosen_is_told():
    assert len(REPORT.tried) > 5
    assert {"place", "what", "score"} == set(REPORT.tried[0])
    assert set(REPORT.chosen) <= {"together", "ridge", "next", "flow", "alike", "akin"}
    assert REPORT.figures["home ndcg@20"] > 0.5


def test_every_place_has_a_blend_whose_parts_are_in_the_model():
    assert set(MODEL.blends) == set(taste.PLACES)
    for blend in MODEL.blends.values():
        used = {name for name, weight in blend.weights.items() if weight}
        assert used - {"content"} <= set(MODEL.parts.names)


def test_the_same_seed_gives_the_same_model():
    again, _ = learn(chains(), 41)
    assert again.id == MODEL.id
    assert again.blends == MODEL.blends


def test_habits_are_found_and_served_again():
    model, _ = learn(habits(), 61)
    assert model.blend("home").repeats
    history = history_of(*((item, Verb.BOUGHT, 7.0 * week) for week, item in enumerate((9, 9, 9, 5, 9, 5), 1)))
    assert taste.rank(model, history, everything(61), k=2, now_seconds=SECONDS).items[0] == 9


def test_a_site_with_few_events_gets_what_is_sane():
    log = log_of((1, 1, Verb.VIEWED, 1), (1, 2, Verb.VIEWED, 0), (2, 1, Verb.VIEWED, 1), (2, 2, Verb.VIEWED, 0))
    model, report = learn(log, 3)
    assert report.tried == ()
    assert taste.rank(model, history_of((1, Verb.VIEWED, 0)), everything(3), k=2, now_seconds=SECONDS).items[0] == 2


def test_a_model_that_is_worse_than_the_one_that_serves_says_so():
    """The serving model knows the circle; the new one learned from people who click at random, then sees the circle."""
    rng = np.random.default_rng(0)
    noise = log_of(*[(p, int(rng.integers(1, 41)), Verb.VIEWED, 30.0 + d) for p in range(1, 400) for d in range(6)])
    circle = chains(people=300, seed=9)
    serving = replace(MODEL, report=replace(MODEL.report, until=SECONDS - 9 * DAY))
    both = Log(
        np.r_[noise.people, circle.people + 1_000],
        np.r_[noise.items, circle.items],
        np.r_[noise.verbs, circle.verbs],
        np.r_[noise.at, circle.at],
    )
    only_noise = split(in_order(noise), seed=0)
    asked = split(in_order(circle), seed=0)
    trial = replace(asked, train=only_noise.train)
    _, report = learn(both, 41, serving=serving, trial=trial)
    assert "the one that serves" in report.refused
    assert learn(circle, 41, serving=serving)[1].refused == ""
    untried = learn(both, 41, serving=serving, trial=trial, budget_seconds=0)[1]
    assert "the one that serves" in untried.refused


def test_a_worse_model_of_the_same_data_is_refused_also_when_nothing_is_tried():
    circle = chains()
    figures = {**REPORT.figures, "home ndcg@20": 2 * REPORT.figures["home ndcg@20"]}
    boasting = replace(MODEL, report=replace(REPORT, figures=figures))
    assert "held-out questions" in learn(circle, 41, serving=boasting, budget_seconds=0)[1].refused
    assert learn(circle, 41, serving=MODEL)[1].refused == ""
    assert learn(circle, 41, budget_seconds=0)[1].refused == ""


@pytest.mark.parametrize(
    ("log", "kind"),
    [
        (chains(), "histories"),
        (replace(checkerboard(), at=np.full(360, SECONDS)), "unordered"),
        (log_of(*[(p, 1 + (p + s) % 9, Verb.VIEWED, -s / 2_000) for p in range(50) for s in range(4)]), "sessions"),
        (log_of((1, 1, Verb.VIEWED, 0), (2, 1, Verb.VIEWED, 0)), "nothing"),
    ],
)
def test_what_kind_of_history_a_site_has_is_seen(log, kind):
    assert split(in_order(log), seed=0).kind == kind


def test_what_is_asked_is_not_learned_from():
    log = in_order(chains())
    found = split(log, seed=0)
    asked = sum(len(np.unique(case.targets)) for case in found.cases["home"])
    assert len(found.train.items) == len(log.items) - asked
    for case in found.cases["home"]:
        assert (case.history.at < case.now).all()
