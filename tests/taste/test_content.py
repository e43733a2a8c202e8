"""Content: an item nobody touched yet is found by what it says about itself."""

import numpy as np

from regulars import taste
from regulars.catalog.model import Item
from regulars.kit.ids import ItemId
from regulars.people.model import Verb
from tests.taste.worlds import NOW, SECONDS, bought, everything, history_of, log_of


def item(number, title, *, diet="none", category=()):
    return Item(f"item-{number}", title={"en": title}, attributes={"diet": diet}, category=category, id=ItemId(number))


ITEMS = {
    1: item(1, "Grilled cheese sandwich", category=("Sandwiches",)),
    2: item(2, "Cheese and tomato sandwich", category=("Sandwiches",)),
    3: item(3, "Oat milk flat white", diet="vegan", category=("Drinks",)),
    4: item(4, "Iced oat latte", diet="vegan", category=("Drinks",)),
    5: item(5, "Old cheese sandwich", category=("Sandwiches",)),  # nobody touched it
    6: item(6, "Café crème", category=("Drinks",)),
    7: item(7, "cafe creme grande", category=("Drinks",)),
}
LOG = log_of(*[(p, i, Verb.BOUGHT, 2.0) for p in range(1, 40) for i in ((1, 2) if p % 2 else (3, 4))])
MODEL = taste.learn(LOG, taste.content_of(ITEMS, 8), now=NOW, budget_seconds=0)[0]


def test_a_new_item_is_suggested_by_its_words_and_attributes():
    ranked = taste.rank(MODEL, bought(1), everything(8), k=5, now_seconds=SECONDS)
    assert ranked.items[0] == 2
    assert 5 in ranked.items
    assert 5 not in taste.rank(MODEL, bought(3), everything(8), k=1, now_seconds=SECONDS).items


def test_who_looks_at_a_new_item_sees_what_is_like_it():
    ranked = taste.rank(MODEL, history_of((5, Verb.VIEWED, 0.0)), everything(8), k=2, now_seconds=SECONDS)
    assert set(ranked.items.tolist()) == {1, 2}


def test_accents_and_case_do_not_matter():
    assert taste.similar(MODEL, 6, everything(8), 1).items.tolist() == [7]


def test_the_likeness_of_two_sandwiches_is_greater_than_of_sandwich_and_drink():
    likeness = taste.similarity(MODEL, np.array([1, 2, 3]))
    assert likeness[0, 1] > likeness[0, 2] + 0.2


def test_ids_without_an_item_and_odd_attributes_are_no_trouble():
    odd = {2: Item("x", attributes={"a": {"b": [1, None]}, "c": ["ü", True, 2.5]}, id=ItemId(2))}
    content = taste.content_of(odd, 4)
    assert content.n == 4
    assert np.diff(content.indptr).tolist()[:2] == [0, 0]


def test_an_item_of_the_last_second_is_suggested_and_everything_learned_stays():
    new = {**ITEMS, 8: item(8, "Smoked cheese sandwich", category=("Sandwiches",))}
    extended = taste.extend(MODEL, new, 9)
    ranked = taste.rank(extended, bought(1), everything(9), k=5, now_seconds=SECONDS)
    before = taste.rank(MODEL, bought(1), everything(8), k=5, now_seconds=SECONDS)
    assert 8 in ranked.items
    assert [i for i in ranked.items if i != 8][:2] == before.items.tolist()[:2]
    assert taste.similarity(extended, np.array([8, 1, 3]))[0, 1] > taste.similarity(extended, np.array([8, 1, 3]))[0, 2]
    assert set(taste.similar(extended, 8, everything(9), 3).items.tolist()) <= {1, 2, 5}


def test_nothing_new_is_the_same_model():
    assert taste.extend(MODEL, ITEMS, 8) is MODEL


def test_a_new_item_without_words_stays_quiet():
    assert (
        9 not in taste.rank(taste.extend(MODEL, ITEMS, 10), bought(1), everything(10), k=9, now_seconds=SECONDS).items
    )
