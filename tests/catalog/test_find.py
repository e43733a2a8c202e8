"""Finding items."""

import pytest

from regulars import catalog
from regulars.catalog import NewItem
from regulars.kit.errors import NotFound
from regulars.store import Db
from tests.cast import NOW

MENU = [
    NewItem("b-1", title={"nl": "Broodje kroket", "en": "Croquette sandwich"}, category=("Lunch",)),
    NewItem("b-2", title={"es": "Bocadillo de jamón"}, attributes={"brand": "Ibérico", "topics": ["Meat"]}),
    NewItem("85123A", title={"en": "WHITE HANGING HEART T-LIGHT HOLDER"}, summary={"en": "hangs"}),
    NewItem("a-1", kind="article", title={"en": "Bread is a sandwich"}),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kroket", {"b-1"}),
        ("KROK", {"b-1"}),  # the beginning of a word
        ("jamon", {"b-2"}),  # without the accent
        ("Jamón boca", {"b-2"}),  # all words, in any order
        ("iberico", {"b-2"}),  # a brand
        ("meat", {"b-2"}),  # one of several values
        ("lunch", {"b-1"}),  # a category
        ("85123a", {"85123A"}),  # an id
        ("t-light", {"85123A"}),
        ("sandwich", {"b-1", "a-1"}),
        ("kroket jamon", set()),
        ("' & | ! :* <-> (", set()),  # no words at all
        ("kroket' | '", {"b-1"}),
        ("\x00", set()),
        ("", {"b-1", "b-2", "85123A", "a-1"}),
    ],
)
def test_words_find_items(db: Db, text: str, found: set[str]):
    catalog.upsert(db, MENU, now=NOW)
    assert {item.external_id for item in catalog.search(db, text)} == found


def test_a_search_may_be_of_one_kind_and_in_pages(db: Db):
    catalog.upsert(db, MENU, now=NOW)
    assert [i.external_id for i in catalog.search(db, "sandwich", kind="article")] == ["a-1"]
    pages = [catalog.search(db, most=3), catalog.search(db, most=3, skip=3)]
    assert [len(page) for page in pages] == [3, 1]
    assert catalog.kinds(db) == [("product", 3), ("article", 1)]


def test_items_come_by_id(db: Db):
    catalog.upsert(db, MENU, now=NOW)
    one = catalog.get(db, "b-1")
    assert catalog.items(db, [one.id]) == {one.id: one}
    with pytest.raises(NotFound):
        catalog.get(db, "nothing")
