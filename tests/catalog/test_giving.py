"""Giving items: what counts as new, changed, the same; what is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from regulars import catalog
from regulars.catalog import Change, NewItem, SeenProduct
from regulars.kit.errors import Invalid, NotFound, TooLarge
from regulars.kit.ids import ItemId
from regulars.store import Db
from tests.cast import NOW, utc

WRAP = NewItem(
    "wrap-1", title={"en": "Falafel wrap", "nl": "Falafelwrap"}, price=Decimal("6.50"), currency="EUR",
    category=("Food", "Wraps"), attributes={"diet": ["vegan", "halal"], "spicy": True},
    published_at=utc(2026, 1, 1), url={"en": "/p/wrap-1"},
)  # fmt: skip
SOUP = NewItem("soup-1", title={"en": "Tomato soup"})


def test_what_is_given_comes_back(db: Db):
    assert catalog.upsert(db, [WRAP], now=NOW) == catalog.Upserted(1, 0, 0)
    found = catalog.get(db, "wrap-1")
    assert replace(found, id=ItemId(0), listed=True) == catalog.Item(**{f: getattr(WRAP, f) for f in WRAP.__slots__})


def test_the_same_items_again_touch_nothing(db: Db):
    catalog.upsert(db, [WRAP, SOUP], now=NOW)
    before = catalog.shelf(db)
    assert catalog.upsert(db, [WRAP, SOUP], now=NOW) == catalog.Upserted(0, 0, 2)
    assert catalog.shelf(db, before) is before


def test_a_changed_item_counts_as_changed_and_ids_stay_dense(db: Db):
    catalog.upsert(db, [WRAP], now=NOW)
    for price in range(1, 5):
        changed = catalog.upsert(db, [replace(WRAP, price=Decimal(price))], now=NOW)
        assert changed == catalog.Upserted(0, 1, 0)
    catalog.upsert(db, [SOUP], now=NOW)
    assert catalog.get(db, "soup-1").id == catalog.get(db, "wrap-1").id + 1


def test_the_last_of_two_with_one_id_wins(db: Db):
    assert catalog.upsert(db, [SOUP, replace(SOUP, kind="service")], now=NOW) == catalog.Upserted(1, 0, 0)
    assert catalog.get(db, "soup-1").kind == "service"


def test_an_item_without_a_title_keeps_the_one_it_has(db: Db):
    catalog.upsert(db, [WRAP], now=NOW)
    catalog.upsert(db, [replace(WRAP, title={}, price=Decimal(7))], now=NOW)
    assert catalog.get(db, "wrap-1").title == WRAP.title


def test_what_a_database_cannot_hold_is_replaced(db: Db):
    catalog.upsert(db, [NewItem("a\x00b", title={"en": "x\ud800\x00"}, attributes={"b\x00": ["\x00"]})], now=NOW)
    found = catalog.get(db, "a\x00b")
    assert found.title == {"en": "x��"}
    assert found.attributes == {"b�": ["�"]}


@pytest.mark.parametrize(
    ("item", "field", "word"),
    [
        (NewItem(""), "external_id", "missing"),
        (NewItem("  "), "external_id", "missing"),
        (NewItem("x" * 513), "external_id", "512"),
        (NewItem("x", kind="Big Thing"), "kind", "lower-case"),
        (NewItem("x", price=Decimal("NaN")), "price", "not a number"),
        (NewItem("x", price=Decimal("Infinity")), "price", "not a number"),
        (NewItem("x", price=Decimal("-0.01")), "price", "negative"),
        (NewItem("x", price=Decimal("1e10")), "price", "10,000,000,000"),
        (NewItem("x", currency="euro"), "currency", "EUR"),
        (NewItem("x", title={"en": "y" * 1001}), "title.en", "1,000"),
        (NewItem("x", title={"": "y"}), "title.", "language code"),
        (NewItem("x", title={f"a{chr(97 + i % 26)}{chr(97 + i // 26)}": "y" for i in range(61)}), "title", "60"),
        (NewItem("x", url={"en": "javascript:alert(1)"}), "url.en", "https"),
        (NewItem("x", url={"en": " JavaScript:alert(1)"}), "url.en", "https"),
        (NewItem("x", image="data:text/html,hi"), "image", "https"),
        (NewItem("x", image="/" * 2049), "image", "2,048"),
        (NewItem("x", category=("a",) * 13), "category", "12"),
        (NewItem("x", category=("a", " ")), "category[1]", "1 to 200"),
        (NewItem("x", attributes={"n": float("nan")}), "attributes.n", "not a number"),
        (NewItem("x", attributes={"n": float("inf")}), "attributes.n", "not a number"),
        (NewItem("x", attributes={"n": {"deep": 1}}), "attributes.n", "text, number"),
        (NewItem("x", attributes={"n": [["deep"]]}), "attributes.n", "texts, numbers"),
        (NewItem("x", attributes={"n": ["v"] * 501}), "attributes.n", "500"),
        (NewItem("x", attributes={"n": "v" * 2001}), "attributes.n", "2,000"),
        (NewItem("x", attributes={f"n{i}": 1 for i in range(101)}), "attributes", "100"),
        (NewItem("x", published_at=NOW.replace(tzinfo=None)), "published_at", "time zone"),
    ],
)
def test_each_fault_is_told_by_field(db: Db, item: NewItem, field: str, word: str):
    with pytest.raises(Invalid) as refused:
        catalog.upsert(db, [SOUP, item], now=NOW)
    assert word in refused.value.fields[f"items[1].{field}"]


def test_unknown_language_codes_are_fine(db: Db):
    catalog.upsert(db, [NewItem("x", title={"tlh": "qapla'", "zh-Hant-TW": "湯"})], now=NOW)
    assert catalog.get(db, "x").title == {"tlh": "qapla'", "zh-Hant-TW": "湯"}


def test_too_many_at_once_are_refused(db: Db):
    with pytest.raises(TooLarge, match="10,000"):
        catalog.upsert(db, [SOUP] * 10_001, now=NOW)


def test_every_fault_is_counted_but_only_the_first_fifty_are_told(db: Db):
    with pytest.raises(Invalid, match="60 fault") as refused:
        catalog.upsert(db, [NewItem("")] * 60, now=NOW)
    assert len(refused.value.fields) == 50


def test_a_patch_changes_only_what_it_names(db: Db):
    catalog.upsert(db, [WRAP, SOUP], now=NOW)
    changes = [Change("wrap-1", available=False), Change("soup-1", price=Decimal(3), currency="EUR"), Change("gone")]
    assert catalog.patch(db, changes, now=NOW) == catalog.Patched(2, 0, ("gone",))
    assert not catalog.get(db, "wrap-1").available
    assert catalog.get(db, "wrap-1").price == Decimal("6.50")
    assert catalog.get(db, "soup-1").price == Decimal("3.00")
    assert catalog.patch(db, changes, now=NOW) == catalog.Patched(0, 2, ("gone",))
    with pytest.raises(NotFound):
        catalog.get(db, "gone")
    with pytest.raises(Invalid) as refused:
        catalog.patch(db, [Change("soup-1", price=Decimal(-1))], now=NOW)
    assert refused.value.fields == {"items[0].price": "is negative"}


def test_a_complete_feed_withdraws_the_others_of_its_kind(db: Db):
    page = NewItem("page-1", kind="help-page")
    catalog.upsert(db, [WRAP, SOUP, page], now=NOW)
    assert catalog.withdraw_others(db, ["wrap-1"], kinds=["product"], now=NOW) == 1
    assert not catalog.get(db, "soup-1").listed
    assert catalog.get(db, "page-1").listed
    catalog.upsert(db, [SOUP], now=NOW)
    assert catalog.get(db, "soup-1").listed


def test_the_first_given_items_take_learned_ones_off_the_list(db: Db):
    catalog.seen(db, [SeenProduct("heard-of", title="Old thing"), SeenProduct("wrap-1")], now=NOW)
    assert catalog.get(db, "heard-of").listed
    catalog.upsert(db, [WRAP], now=NOW)
    assert not catalog.get(db, "heard-of").listed
    assert catalog.get(db, "wrap-1").listed
