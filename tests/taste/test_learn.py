"""Learning on odd input: each answers sensibly."""

import numpy as np
import pytest

from regulars import taste
from regulars.people.model import Log, Verb
from tests.taste.worlds import NOW, SECONDS, bought, checkerboard, everything, history_of, learned, log_of

EMPTY = Log(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0, np.int64))


def picked(log, which):
    return Log(log.people[which], log.items[which], log.verbs[which], log.at[which])


def ranked_for(model, history, **how):
    return taste.rank(model, history, everything(model.n), k=10, now_seconds=SECONDS, **how)


@pytest.mark.parametrize("n", [1, 2, 50])
def test_no_event_at_all_gives_a_model_that_guesses_nothing(n):
    model = learned(EMPTY, n)
    assert len(ranked_for(model, bought(1)).items) == 0
    assert len(taste.popular(model, everything(n), k=5).items) == 0
    assert any("no event" in note for note in model.report.notes)


def test_one_event_is_enough_to_be_popular():
    model = learned(log_of((1, 1, Verb.BOUGHT, 0)), 3)
    assert taste.popular(model, everything(3), k=5).items.tolist() == [1]
    assert len(ranked_for(model, bought(1), repeats=False).items) == 0


def test_everybody_bought_everything():
    rows = [(p, i, Verb.BOUGHT, 1.0) for p in range(1, 9) for i in range(1, 6)]
    model = learned(log_of(*rows), 6)
    assert set(ranked_for(model, bought(1)).items.tolist()) >= {2, 3, 4, 5}


def test_all_times_equal_and_times_in_the_future_are_learned_from():
    rows = [(p, i, Verb.VIEWED, -5_000.0) for p in range(1, 5) for i in (1, 2)]
    model = learned(log_of(*rows), 3)
    assert ranked_for(model, bought(1)).items.tolist()[0] == 2
    assert any("future" in note for note in model.report.notes)


def test_an_item_nobody_touched_is_never_guessed_without_content():
    assert 20 not in ranked_for(learned(checkerboard(), 21), bought(1, 3)).items


def test_duplicated_events_change_nothing():
    once = checkerboard()
    twice = picked(once, np.repeat(np.arange(len(once.items)), 2))
    np.testing.assert_array_equal(learned(once, 17).parts.data, learned(twice, 17).parts.data)


def test_the_order_of_the_log_does_not_matter():
    log = checkerboard()
    order = np.random.default_rng(0).permutation(len(log.items))
    mixed = picked(log, order)
    np.testing.assert_array_equal(learned(log, 17).parts.data, learned(mixed, 17).parts.data)


def test_a_bot_is_capped_and_reported():
    calm = checkerboard()
    rng = np.random.default_rng(3)
    size = 1_000_000
    bot = Log(
        np.full(size, 999),
        rng.integers(1, 17, size).astype(np.int32),
        np.full(size, Verb.VIEWED, np.int8),
        np.full(size, SECONDS),
    )
    both = Log(
        np.r_[calm.people, bot.people],
        np.r_[calm.items, bot.items],
        np.r_[calm.verbs, bot.verbs],
        np.r_[calm.at, bot.at],
    )
    model = learned(both, 17)
    assert model.report.bots == (999,)
    assert {int(i) % 2 for i in ranked_for(model, bought(1, 3, 5)).items[:4]} == {1}


def test_a_long_history_counts_its_newest_items():
    rows = [(1, i, Verb.VIEWED, 300.0 - i) for i in range(1, 251)]
    model = learned(log_of(*rows), 251)
    assert model.report.capped == 1
    assert model.counts[:151].sum() == 0
    assert model.counts[151:].sum() == 100


def test_many_threads_learn_the_same():
    log = checkerboard()
    one = taste.learn(log, taste.no_content(40_000), now=NOW, budget_seconds=0)[0]
    two = taste.learn(log, taste.no_content(40_000), now=NOW, budget_seconds=0, threads=2)[0]
    assert one.id == two.id


def test_progress_is_told_from_nothing_to_done():
    told = []
    taste.learn(checkerboard(), taste.no_content(17), now=NOW, budget_seconds=0, progress=lambda w, d: told.append(d))
    assert told[0] == 0
    assert told[-1] == 1
    assert told == sorted(told)


def test_what_comes_next_counts_more_than_what_came_before():
    rows = [(p, item, Verb.VIEWED, 1 - at / 100) for p in range(1, 6) for at, item in enumerate((1, 2, 3, 4))]
    model = learned(log_of(*rows), 5)
    ranked = ranked_for(model, history_of((2, Verb.VIEWED, 0.0)), place="item")
    assert ranked.items.tolist()[0] == 3


@pytest.mark.long
def test_a_million_items_with_one_event_each_make_a_small_model():
    size = 1_000_000
    people = np.sort(np.random.default_rng(0).integers(0, 200_000, size))
    log = Log(people, np.arange(1, size + 1, dtype=np.int32), np.full(size, Verb.VIEWED, np.int8), np.arange(size))
    model = learned(log, size + 1)
    assert model.parts.data.nbytes < 100_000_000
    first = int(log.items[0])
    assert len(ranked_for(model, history_of((first, Verb.VIEWED, 0.0))).items) > 0
