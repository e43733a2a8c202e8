"""The e-commerce and content events of the Segment spec, as interactions."""

import json
from decimal import Decimal

import pytest

from regulars.kit.json import Json
from regulars.people.model import Verb
from regulars.web import ingest_words
from regulars.web.ingest_words import Interaction

SANDWICH: dict[str, Json] = {
    "product_id": "s-1", "sku": "SKU1", "name": "Sandwich", "price": 4.5, "category": "Food > Sandwiches",
    "brand": "Ours", "url": "https://shop.example/s-1", "image_url": "https://shop.example/s-1.jpg", "currency": "EUR",
}  # fmt: skip


def interaction(event: str, properties: Json) -> Interaction | None:
    return ingest_words.interaction(event, json.dumps(properties).encode())


@pytest.mark.parametrize(
    ("event", "verb"),
    [
        ("Product Viewed", Verb.VIEWED),
        ("product viewed", Verb.VIEWED),
        ("Product Clicked", Verb.CLICKED),
        ("Product Shared", Verb.CLICKED),
        ("Product Added", Verb.ADDED),
        ("Product Added to Wishlist", Verb.ADDED),
        ("Product Removed", Verb.REMOVED),
        ("Product Reviewed", Verb.RATED),
        ("Order Completed", Verb.BOUGHT),
    ],
)
def test_a_product_event_is_a_verb_and_a_product(event: str, verb: Verb):
    meaning = interaction(event, SANDWICH)
    assert meaning
    assert meaning.verb is verb
    (product,) = meaning.products
    assert (product.external_id, product.title, product.price) == ("s-1", "Sandwich", Decimal("4.5"))
    assert (product.category, product.brand, product.currency) == ("Food > Sandwiches", "Ours", "EUR")
    assert (product.url, product.image) == ("https://shop.example/s-1", "https://shop.example/s-1.jpg")


@pytest.mark.parametrize(
    ("event", "verb"),
    [("Order Completed", Verb.BOUGHT), ("Order Refunded", Verb.REMOVED), ("Product List Viewed", Verb.SHOWN)],
)
def test_an_order_and_a_list_have_products(event: str, verb: Verb):
    products: Json = [{"product_id": "a", "price": "2.50"}, {"sku": "b"}, {"name": "no id"}, "nonsense", {"id": 7}]
    meaning = interaction(event, {"order_id": "o-1", "currency": "EUR", "products": products})
    assert meaning
    assert meaning.verb is verb
    assert [p.external_id for p in meaning.products] == ["a", "b", "7"]
    assert [p.currency for p in meaning.products] == ["EUR"] * 3


@pytest.mark.parametrize(
    ("event", "verb"),
    [("Article Viewed", Verb.VIEWED), ("Article Read", Verb.READ), ("Content Read", Verb.READ)],
)
def test_content_is_read(event: str, verb: Verb):
    meaning = interaction(event, {"content_id": "n-1", "title": "Bread"})
    assert meaning
    assert (meaning.verb, meaning.products[0].kind, meaning.products[0].title) == (verb, "article", "Bread")


@pytest.mark.parametrize(
    "properties",
    [
        {"decision": "d", "items": ["a", "b"]},
        {"decision": "d", "items": [{"item": "a"}, {"item": "b"}, {"item": None}, 5.5]},
    ],
)
def test_what_a_decision_showed_comes_back_without_being_made_up(properties: dict[str, Json]):
    meaning = interaction("Decision Shown", properties)
    assert meaning
    assert (meaning.verb, meaning.products, meaning.shown) == (Verb.SHOWN, (), ("a", "b"))


@pytest.mark.parametrize(
    ("event", "properties"),
    [
        ("Signed Up", SANDWICH),
        ("", SANDWICH),
        ("Product Viewed", {}),
        ("Product Viewed", {"product_id": None}),
        ("Product Viewed", {"product_id": True}),
        ("Product Viewed", {"product_id": "x" * 513}),
        ("Product Viewed", {"product_id": "nul\x00"}),
        ("Product Viewed", {"product_id": {"a": 1}}),
        ("Order Completed", {"products": []}),
        ("Order Completed", {"products": {"product_id": "a"}}),
        ("Decision Clicked", {"items": [None, [], {}]}),
    ],
)
def test_what_names_no_item_is_no_interaction(event: str, properties: dict[str, Json]):
    assert interaction(event, properties) is None


@pytest.mark.parametrize("price", ["free", "", True, [1], None, -1, 1e300, "NaN", "Infinity", "1e99999999"])
def test_a_price_that_is_none_is_left_out(price: Json):
    meaning = interaction("Product Viewed", SANDWICH | {"price": price})
    assert meaning
    assert meaning.products[0].price is None
