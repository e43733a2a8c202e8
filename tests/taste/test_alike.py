"""Histories like this one: found, exact in their shares, kept in the file, gone without the weight."""

from dataclasses import replace

import numpy as np
import pytest

from regulars import taste
from regulars.people.model import Verb
from regulars.taste.alike import Alike
from regulars.taste.histories import gather, in_order, verb_weights
from regulars.taste.model import Blend, Fade
from tests.taste.worlds import SECONDS, bought, everything, learned, log_of

PAIRS = [(p, i, Verb.BOUGHT, 9.0 - d) for p in range(1, 9) for d, i in enumerate((1, 2, 3) if p % 2 else (1, 4, 5))]


def with_alike(log, n, recipe=None, **weights):
    log = in_order(log)
    histories, _ = gather(log, n=n, verbs=verb_weights(), repeats=True)
    model = learned(log, n)
    blend = Blend(weights or {"alike": 1.0}, {"alike": Fade(steps=3)}, repeats=True, again=0.2)
    return replace(model, sessions=(recipe or Alike()).fit(histories, log), blends={"home": blend})


def test_the_nearest_histories_say_what_comes_next():
    model = with_alike(log_of(*PAIRS), 6)
    assert taste.rank(model, bought(2, 1), everything(6), k=1, now_seconds=SECONDS, repeats=False).items.tolist() == [3]
    assert taste.rank(model, bought(4, 1), everything(6), k=1, now_seconds=SECONDS, repeats=False).items.tolist() == [5]


def test_what_comes_after_counts_more_than_what_came_before():
    model = with_alike(log_of(*PAIRS[:3]), 6, Alike(backward=0.3))
    assert taste.rank(model, bought(2), everything(6, but=[2]), k=2, now_seconds=SECONDS).items.tolist() == [3, 1]


def test_of_histories_as_near_the_newest_count():
    rows = [(p, i, Verb.BOUGHT, 30.0 - p + d) for p in range(1, 7) for d, i in ((0, 1), (-0.1, 1 + p))]
    model = with_alike(log_of(*rows), 8, Alike(near=2))
    found = taste.rank(model, bought(1), everything(8, but=[1]), k=7, now_seconds=SECONDS)
    assert sorted(found.items.tolist()) == [6, 7]


@pytest.mark.parametrize("recipe", [Alike(), Alike(near=3, power=1.0, rare=0.0), Alike(sharp=2.0, backward=1.0)])
def test_shares_sum_to_the_score_and_parts_too(recipe):
    rng = np.random.default_rng(3)
    rows = [(p, int(rng.integers(1, 20)), Verb.VIEWED, float(d)) for p in range(60) for d in range(8)]
    model = with_alike(log_of(*rows), 20, recipe, alike=0.7, together=0.3)
    history = bought(*rng.integers(1, 20, 12).tolist())
    ranked = taste.rank(model, history, everything(20), k=10, now_seconds=SECONDS)
    names, parts = taste.by_part(model, history, ranked.items, now_seconds=SECONDS)
    assert (parts[:, names.index("alike")] > 0).any()
    for place, (item, score) in enumerate(zip(ranked.items.tolist(), ranked.scores.tolist(), strict=True)):
        shares = taste.because(model, history, item, now_seconds=SECONDS)
        assert sum(share.weight for share in shares) == pytest.approx(score, rel=1e-6)
        assert parts[place].sum() == pytest.approx(score, rel=1e-6)


def test_it_is_kept_in_the_file(tmp_path):
    model = with_alike(log_of(*PAIRS), 6)
    taste.save(model, tmp_path / "m.taste")
    again = taste.load(tmp_path / "m.taste")
    before, after = (taste.rank(one, bought(2, 1), everything(6), k=5, now_seconds=SECONDS) for one in (model, again))
    assert before.items.tolist() == after.items.tolist()
    assert before.scores.tolist() == after.scores.tolist()


def test_an_item_it_has_never_seen_asks_nothing_of_it():
    model = with_alike(log_of(*PAIRS), 9)
    assert not len(taste.rank(model, bought(8), everything(9, but=[8]), k=5, now_seconds=SECONDS).items)


def test_answers_do_not_depend_on_who_asked_before():
    model = with_alike(log_of(*PAIRS), 6)
    first = taste.rank(model, bought(2, 1), everything(6), k=5, now_seconds=SECONDS)
    taste.rank(model, bought(5, 4), everything(6), k=5, now_seconds=SECONDS)
    again = taste.rank(model, bought(2, 1), everything(6), k=5, now_seconds=SECONDS)
    assert first.scores.tolist() == again.scores.tolist()
