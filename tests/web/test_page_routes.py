"""POST /v1/decide/page: a page's slots decided together."""

import pytest

from regulars.store import Database
from tests.cast import ANON, MALLORY, VERA
from tests.web.conftest import Client, Keys, key
from tests.web.seen import count

OFFER = [
    {"id": f"dish-{n}", "title": {"en": f"Dish {n}"}, "price": 4.5, "currency": "EUR", "category": ["Food"]}
    for n in range(8)
]
PLACES = [{"slot": "home.for-you", "size": 3}, {"slot": "home.popular", "size": 3}]


@pytest.fixture
def shop(client: Client, keys: Keys) -> Client:
    assert client.post("/v1/catalog/items", json={"items": OFFER}, auth=key(keys.server)).status_code == 200
    return client


def page(client: Client, plain: str, **more: object):
    return client.post("/v1/decide/page", json={"slots": PLACES} | more, auth=key(plain))


def shown(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return [[i["item"] for i in d["items"]] for d in answer.json()["decisions"]]


def test_no_item_stands_on_the_page_twice_and_each_slot_is_a_decision(shop: Client, keys: Keys, database: Database):
    answer = page(shop, keys.write, person={"anonymousId": ANON})
    first, second = shown(answer)
    assert len(first) == len(second) == 3
    assert not set(first) & set(second)
    decisions = answer.json()["decisions"]
    assert [d["slot"] for d in decisions] == ["home.for-you", "home.popular"]
    for one in decisions:
        assert shop.get(f"/v1/decisions/{one['decision']}", auth=key(keys.server)).status_code == 200
    assert count(database, "decisions") == 2


def test_what_the_asker_does_not_want_is_nowhere(shop: Client, keys: Keys):
    first, second = shown(page(shop, keys.write, exclude=["dish-1", "dish-2", "made-up"]))
    assert not {"dish-1", "dish-2"} & {*first, *second}


def test_one_place_that_does_not_exist_spoils_the_whole_and_nothing_is_logged(
    shop: Client, keys: Keys, database: Database
):
    answer = page(shop, keys.write, slots=[*PLACES, {"slot": "nowhere"}])
    assert answer.status_code == 404
    assert "nowhere" in answer.json()["detail"]
    shop.get("/v1/people/nobody", auth=key(keys.server))
    assert count(database, "decisions") == 0


@pytest.mark.parametrize("slots", [[], [{"slot": ""}], [{"slot": "home.for-you", "size": 0}], PLACES * 11])
def test_bad_places_are_refused(shop: Client, keys: Keys, slots: list[object]):
    assert page(shop, keys.write, slots=slots).status_code in (400, 422)


def test_a_visitor_cannot_ask_for_somebody_else(shop: Client, keys: Keys):
    assert page(shop, keys.write, person={"userId": VERA}).status_code == 401
    assert page(shop, keys.write, person={"userId": VERA}, personToken=keys.person(MALLORY)).status_code in (401, 403)
    assert shop.post("/v1/decide/page", json={"slots": PLACES}).status_code == 401
    assert page(shop, keys.write, person={"userId": VERA}, personToken=keys.person(VERA)).status_code == 200
