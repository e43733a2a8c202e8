"""Between two learnings: touched rows follow, all others stay, and new items move from words to behaviour."""

import numpy as np
import pytest

from regulars import taste
from regulars.catalog.model import Item
from regulars.kit.ids import ItemId
from regulars.people.model import Verb
from regulars.taste.touching import Fresh, touch
from tests.taste.worlds import NOW, SECONDS, bought, checkerboard, everything, log_of

N = 17
NEW = 17


def items(n: int) -> dict[int, Item]:
    """Every item has the same word, and one of its own."""
    return {i: Item(f"i{i}", "product", title={"en": f"lunch thing{i}"}, id=ItemId(i)) for i in range(1, n)}


@pytest.fixture(scope="module")
def model():
    """A checkerboard with content, and one item that came after."""
    learned = taste.learn(checkerboard(), taste.content_of(items(N), N), now=NOW, budget_seconds=0)[0]
    return taste.extend(learned, items(N + 1), N + 1)


def came(people: int, item: int = NEW, start: int = 1000) -> Fresh:
    """People of odd taste who had four odd things come to an item."""
    fresh = Fresh()
    for person in range(people):
        rng = np.random.default_rng(person)
        fresh.add(start + person, item, (rng.permutation(8)[:4] * 2 + 1).astype(np.int32))
    return fresh


def ranked(model, *history):
    found = taste.rank(model, bought(*history), everything(model.n), k=20, now_seconds=SECONDS)
    return dict(zip(found.items.tolist(), found.scores.tolist(), strict=True))


def behaviour(model, *history) -> float:
    """Which share of the new item's score is not of its words."""
    names, parts = taste.by_part(model, bought(*history), [NEW], now_seconds=SECONDS)
    given = dict(zip(names, parts[0], strict=True))
    total = sum(given.values())
    return (total - given["content"]) / total if total else 0.0


def test_a_new_item_moves_from_words_to_behaviour_as_people_come(model):
    shares = [behaviour(touch(model, came(people)), 1, 3, 5) for people in (0, 1, 5, 40)]
    assert shares[0] == 0
    assert shares == sorted(shares) and shares[-1] > 0.6 > shares[1] > 0


def test_it_goes_to_whom_its_people_are_like(model):
    touched = touch(model, came(40))
    odd, even = ranked(touched, 1, 3, 5), ranked(touched, 2, 4, 6)
    assert odd[NEW] > 2 * even.get(NEW, 0)
    assert list(odd).index(NEW) < 6  # with the other odd ones, before every even one


def test_it_is_about_what_learning_it_all_again_says(model):
    rows = [(1000 + p, 2 * int(k) + 1, Verb.BOUGHT, 2.0) for p in range(40)
            for k in np.random.default_rng(p).permutation(8)[:4]]  # fmt: skip
    rows += [(1000 + p, NEW, Verb.BOUGHT, 1.0) for p in range(40)]
    old, new = checkerboard(), log_of(*rows)
    log = type(old)(
        np.r_[old.people, new.people], np.r_[old.items, new.items], np.r_[old.verbs, new.verbs], np.r_[old.at, new.at]
    )
    again = taste.learn(log, taste.content_of(items(N + 1), N + 1), now=NOW, budget_seconds=0)[0]
    touched = touch(model, came(40))
    for history in ((1, 3), (5, 9, 11), (2, 4)):
        one, two = list(ranked(touched, *history))[:6], list(ranked(again, *history))[:6]
        assert len(set(one) & set(two)) >= 5


def test_rows_nobody_touched_stay_as_they_are(model):
    touched = touch(model, came(10))
    for name in model.parts.names:
        if name == "content":
            continue
        before, after = model.parts[name], touched.parts[name]
        for even in range(2, N, 2):
            a, b = slice(*before.indptr[even : even + 2]), slice(*after.indptr[even : even + 2])
            np.testing.assert_array_equal(before.indices[a], after.indices[b])
            np.testing.assert_array_equal(before.data[a], after.data[b])


def test_shares_stay_exact(model):
    touched = touch(model, came(10))
    for item, score in ranked(touched, 1, 4, 5).items():
        shares = taste.because(touched, bought(1, 4, 5), item, now_seconds=SECONDS)
        assert sum(s.weight for s in shares) == pytest.approx(score, rel=1e-6)


def test_the_same_person_counts_once(model):
    once, often = came(3), came(3)
    for _ in range(5):
        often.add(1000, NEW, np.array([1, 3], np.int32))
    assert once.near == often.near and once.people == often.people


def test_nothing_done_or_nothing_known_changes_nothing(model):
    assert touch(model, Fresh()) is model
    strange = touch(model, came(3, item=10_000))
    assert set(ranked(strange, 1, 3)) == set(ranked(model, 1, 3))
    fresh = Fresh()
    fresh.add(1, 0, np.array([1], np.int32))
    fresh.add(1, -3, np.array([1], np.int32))
    assert touch(model, fresh) is model
