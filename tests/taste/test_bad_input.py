"""Odd data with everything on: the bake-off, all models, content. Each answers sensibly or says why not."""

import os
from decimal import Decimal

import numpy as np
import pytest

from regulars import taste
from regulars.catalog.model import Item
from regulars.kit.ids import ItemId
from regulars.people.model import Log, Verb
from tests.taste.tasters import shelf_of
from tests.taste.worlds import DAY, NOW, SECONDS, bought, checkerboard, everything, history_of, log_of


def items_of(n: int) -> dict[int, Item]:
    return {i: Item(f"i{i}", "product", title={"en": f"thing {i % 3}"}, id=ItemId(i)) for i in range(1, n)}


def learned(log: Log, n: int, **how):
    """Everything on."""
    return taste.learn(log, taste.content_of(items_of(n), n), now=NOW, **({"budget_seconds": 2} | how))[0]


def ranked(model, history, place="home"):
    return taste.rank(model, history, everything(model.n), k=10, now_seconds=SECONDS, place=place)


def sane(model, history) -> None:
    """Whatever is asked is answered with finite scores, and every score splits exactly."""
    assert np.isfinite(model.parts.data).all() and np.isfinite(model.popularity.overall).all()
    for place in taste.PLACES:
        found = ranked(model, history, place)
        assert np.isfinite(found.scores).all() and (found.scores > 0).all()
        for item, score in zip(found.items.tolist(), found.scores.tolist(), strict=True):
            shares = taste.because(model, history, item, now_seconds=SECONDS, place=place)
            assert sum(s.weight for s in shares) == pytest.approx(score, rel=1e-5)


def crowd(verb: Verb = Verb.BOUGHT, people: int = 60, items: int = 6) -> list[tuple[int, int, Verb, float]]:
    return [(p, i, verb, 30.0 - i) for p in range(1, people + 1) for i in range(1, items + 1)]


WORLDS = {
    "one event, one item, one person": (log_of((1, 1, Verb.BOUGHT, 0)), 2),
    "one person": (log_of(*((1, i, Verb.VIEWED, 50.0 - i) for i in range(1, 40))), 40),
    "one item": (log_of(*((p, 1, Verb.BOUGHT, 1.0) for p in range(1, 80))), 2),
    "everybody bought everything": (log_of(*crowd()), 7),
    "everything many times over": (log_of(*(crowd() * 20)), 7),
    "all at one instant": (log_of(*((p, i, v, 0.0) for p, i, v, _ in crowd())), 7),
    "all in the future": (log_of(*((p, i, v, -3_650.0) for p, i, v, _ in crowd())), 7),
    "all before 1970": (log_of(*((p, i, v, 30_000.0) for p, i, v, _ in crowd())), 7),
    "only taken back": (log_of(*crowd(Verb.REMOVED), *crowd(Verb.BOUNCED)), 7),
    "only shown": (log_of(*crowd(Verb.SHOWN)), 7),
    "items the catalogue lacks": (log_of(*((p, i + 1_000, v, at) for p, i, v, at in crowd())), 7),
    "most items untouched": (checkerboard(), 5_000),
}


@pytest.mark.parametrize("name", WORLDS)
def test_it_is_learned_with_everything_on(name):
    log, n = WORLDS[name]
    model = learned(log, n)
    sane(model, bought(1))
    sane(model, bought(*range(1, n))) if n < 50 else None
    assert len(taste.popular(model, everything(n), k=5).items) <= 5


def test_duplicated_events_choose_the_same_model():
    once = checkerboard(people=200)
    twice = Log(np.repeat(once.people, 2), np.repeat(once.items, 2), np.repeat(once.verbs, 2), np.repeat(once.at, 2))
    one, two = learned(once, 17), learned(twice, 17)
    np.testing.assert_array_equal(ranked(one, bought(1, 3)).items, ranked(two, bought(1, 3)).items)


def test_an_untouched_item_is_guessed_by_its_words_alone():
    model = learned(checkerboard(), 40)
    assert model.counts[39] == 0
    shares = taste.by_part(model, bought(3, 6, 9), [39], now_seconds=SECONDS)
    given = dict(zip(shares[0], shares[1][0], strict=True))
    assert given["content"] > 0 and sum(given.values()) == pytest.approx(given["content"])


def test_a_bot_neither_drowns_people_nor_their_popularity_report():
    """A million events of one person, between people: capped, reported, and the people's taste stands."""
    calm, size = checkerboard(people=200), 1_000_000
    bot = Log(
        np.full(size, 100_000),
        np.tile(np.arange(1, 17, dtype=np.int32), size // 16 + 1)[:size],
        np.full(size, Verb.VIEWED, np.int8),
        SECONDS - 60 * DAY + np.arange(size),
    )
    both = Log(
        np.r_[calm.people, bot.people],
        np.r_[calm.items, bot.items],
        np.r_[calm.verbs, bot.verbs],
        np.r_[calm.at, bot.at],
    )
    model = learned(both, 17)
    assert model.report.bots == (100_000,)
    assert {int(i) % 2 for i in ranked(model, bought(1, 3, 5)).items[:4]} == {1}


@pytest.mark.parametrize("price", [None, Decimal("0"), Decimal("9999999999.99")])
def test_prices_that_are_none_or_absurd_are_no_trouble_to_guesses(price):
    items = {i: Item(f"i{i}", "product", price=price, category=("c",), id=ItemId(i)) for i in range(1, 30)}
    log = log_of(*crowd(items=20))
    shelf = shelf_of(items)
    priors = taste.learn_priors(log, shelf, [], {})
    history = history_of(*((i, Verb.BOUGHT, float(i)) for i in range(1, 15)))
    for guess in taste.infer(history, shelf, [], context={}, traits={}, priors=priors):
        assert 0 <= guess.confidence <= 1


def test_a_history_of_nonsense_is_answered():
    model = learned(checkerboard(), 17)
    odd = history_of((0, Verb.BOUGHT, 1), (16, Verb.BOUGHT, -9e6), (10**8, Verb.VIEWED, 1), (3, Verb.SHOWN, 0))
    sane(model, odd)
    sane(model, history_of((-5, Verb.BOUGHT, 1), (3, Verb.BOUGHT, 1e9)))


@pytest.mark.skipif(not os.environ.get("REGULARS_BIG"), reason="two minutes and 4 GB: set REGULARS_BIG=1")
def test_ten_million_items_with_one_event_each():
    size = 10_000_000
    people = np.sort(np.random.default_rng(0).integers(1, size // 5, size))
    log = Log(
        people, np.arange(1, size + 1, dtype=np.int32), np.full(size, Verb.VIEWED, np.int8), np.arange(size) + SECONDS
    )
    model = taste.learn(log, taste.no_content(size + 1), now=NOW, budget_seconds=0)[0]
    assert model.parts.data.nbytes < 1_000_000_000
    assert len(ranked(model, history_of((1, Verb.VIEWED, 0.0))).items) > 0
