"""/v1/catalog over HTTP."""

import pytest

from tests.web.conftest import Client, Keys, key

CLUB = {
    "id": "food/club", "title": {"en": "Vegan club"}, "url": "https://shop.example/club", "price": 6.5,
    "currency": "EUR", "category": ["Food", "Sandwiches"], "attributes": {"diet": ["vegan"]},
}  # fmt: skip


def test_items_are_added_replaced_and_left_alone(client: Client, keys: Keys):
    auth = key(keys.server)
    first = client.post("/v1/catalog/items", json={"items": [CLUB, {"id": "b"}]}, auth=auth)
    assert (first.status_code, first.json()) == (200, {"new": 2, "changed": 0, "same": 0})
    again = client.post("/v1/catalog/items", json={"items": [CLUB, {"id": "b", "kind": "service"}]}, auth=auth)
    assert again.json() == {"new": 0, "changed": 1, "same": 1}


def test_an_item_is_read_back_by_an_id_with_a_slash(client: Client, keys: Keys):
    client.post("/v1/catalog/items", json={"items": [CLUB]}, auth=key(keys.server))
    item = client.get("/v1/catalog/items/food/club", auth=key(keys.server)).json()
    assert (item["id"], item["title"], item["price"]) == ("food/club", {"en": "Vegan club"}, 6.5)
    assert item["url"] == {"und": "https://shop.example/club"}
    found = client.get("/v1/catalog/items", params={"search": "veg clu"}, auth=key(keys.server)).json()
    assert [i["id"] for i in found["items"]] == ["food/club"]


def test_availability_and_price_change_alone_or_together(client: Client, keys: Keys):
    auth = key(keys.server)
    client.post("/v1/catalog/items", json={"items": [CLUB]}, auth=auth)
    item = client.patch("/v1/catalog/items/food/club", json={"available": False}, auth=auth).json()
    assert (item["available"], item["price"]) == (False, 6.5)
    changes = {"items": [{"id": "food/club", "price": 7.25}, {"id": "gone", "available": True}]}
    done = client.patch("/v1/catalog/items", json=changes, auth=auth).json()
    assert done == {"changed": 1, "same": 0, "unknown": ["gone"]}


def test_an_item_nobody_gave_is_not_there(client: Client, keys: Keys):
    auth = key(keys.server)
    assert client.get("/v1/catalog/items/nothing", auth=auth).status_code == 404
    assert client.patch("/v1/catalog/items/nothing", json={"price": 1}, auth=auth).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"items": [{"id": "a", "price": -1}]}, "items[0].price"),
        ({"items": [{"id": "a", "url": "javascript:alert(1)"}]}, "items[0].url.und"),
        ({"items": [{"id": "a"}, {"id": "  "}]}, "items[1].id"),
        ({"items": [{"id": "a", "colour": "red"}]}, "items[0]"),
        ({"items": "a"}, "items"),
        ({}, "body"),
    ],
)
def test_a_fault_is_named_by_its_place(client: Client, keys: Keys, body: object, field: str):
    answer = client.post("/v1/catalog/items", json=body, auth=key(keys.server))
    assert answer.status_code == 422
    assert any(place.startswith(field) for place in answer.json()["fields"]), answer.json()
