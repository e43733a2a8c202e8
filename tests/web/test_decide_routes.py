"""POST /v1/decide over HTTP: decided, explained, corrected."""

from threading import Timer
from uuid import uuid4

import pytest
import sqlalchemy as sa

from regulars.kit.ids import new_id
from regulars.store import Database
from tests.cast import ANON, MALLORY, OMAR, VERA
from tests.web.conftest import Client, Keys, key
from tests.web.seen import count

OFFER = [
    {"id": name, "title": {"en": name.title(), "nl": f"{name} (nl)"}, "price": 4.5, "currency": "EUR",
     "category": ["Food"], "attributes": {"diet": diet}}
    for name, diet in [("club", []), ("falafel", ["vegan"]), ("soup", ["vegan"]), ("ham", []), ("tea", ["vegan"])]
]  # fmt: skip
DIET = {"many": "one", "acts": "require", "attribute": "diet", "values": [{"id": "vegan"}], "kinds": ["product"]}


@pytest.fixture
def shop(client: Client, keys: Keys) -> Client:
    """A client of a shop with an offer and a facet "diet"."""
    auth = key(keys.server)
    assert client.post("/v1/catalog/items", json={"items": OFFER}, auth=auth).status_code == 200
    assert client.put("/v1/facet-definitions/diet", json=DIET, auth=auth).status_code == 200
    return client


def decide(client: Client, plain: str, person: object = None, **more: object):
    body = {"slot": "home.for-you", "person": person, "size": 3} | more
    return client.post("/v1/decide", json=body, auth=key(plain))


def items(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [i["item"] for i in answer.json()["items"]]


def test_nobody_in_particular_sees_what_is_popular(shop: Client, keys: Keys):
    answer = decide(shop, keys.write, context={"language": "nl"})
    body = answer.json()
    assert len(items(answer)) == 3
    assert (body["slot"], body["mode"], body["language"]) == ("home.for-you", "choose_for_me", "nl")
    one = body["items"][0]
    assert one["title"].endswith("(nl)")
    assert one["price"] == {"amount": "4.50", "currency": "EUR", "text": "€\xa04,50"}
    assert one["reason"]["kind"] in {"popular", "trying"}
    assert one["reason"]["text"]
    assert 0 < one["propensity"] <= 1


def test_a_browser_is_answered_in_its_language(shop: Client, keys: Keys):
    spoken = {"Accept-Language": "nl-BE,nl;q=0.9,en;q=0.5"}
    answer = shop.post("/v1/decide", json={"slot": "home.popular"}, auth=key(keys.write), headers=spoken)
    assert answer.json()["language"] == "nl-be"
    assert answer.json()["items"][0]["title"].endswith("(nl)")


def test_what_happened_a_moment_ago_counts(shop: Client, keys: Keys):
    for i in range(3):
        event = {
            "event": "Order Completed",
            "anonymousId": f"other-{i}",
            "properties": {"products": [{"product_id": "tea"}]},
        }
        assert shop.post("/v1/track", json=event, auth=key(keys.write)).status_code == 200
    viewed = {"event": "Product Viewed", "anonymousId": ANON, "properties": {"product_id": "soup"}}
    assert shop.post("/v1/track", json=viewed, auth=key(keys.write)).status_code == 200
    body = decide(shop, keys.write, {"anonymousId": ANON}, slot="home.because").json()
    assert "Soup" in body["title"]


def test_a_choice_counts_in_the_very_next_decision(shop: Client, keys: Keys):
    me = {"X-Regulars-Anonymous": ANON}
    chosen = shop.put("/v1/me/facets/diet", json={"value": "vegan"}, auth=key(keys.write), headers=me)
    assert (chosen.status_code, chosen.json()["value"]) == (200, "vegan")
    assert set(items(decide(shop, keys.write, {"anonymousId": ANON}, size=5))) == {"falafel", "soup", "tea"}
    assert shop.delete("/v1/me/facets/diet", auth=key(keys.write), headers=me).status_code == 204
    assert len(items(decide(shop, keys.write, {"anonymousId": ANON}, size=5))) == 5


def test_a_first_time_visitor_corrects_what_they_see_and_takes_it_back(shop: Client, keys: Keys):
    first = decide(shop, keys.write, {"anonymousId": ANON}).json()
    wrong, me = first["items"][0]["item"], {"X-Regulars-Anonymous": ANON}
    address = f"/v1/decisions/{first['decision']}/corrections"
    made = shop.post(address, json={"item": wrong, "kind": "not_for_me"}, auth=key(keys.write), headers=me)
    assert made.status_code == 201, made.text
    receipt = made.json()["receipt"]
    assert wrong in {r["item"] for r in receipt["removed"]}
    assert len(receipt["added"]) == len(receipt["removed"])
    assert [(f["facet"], f["value"]) for f in receipt["facts"]] == [("hidden_items", wrong)]
    assert wrong not in items(decide(shop, keys.write, {"anonymousId": ANON}, size=5))
    undo = f"{address}/{made.json()['correction']}"
    assert shop.delete(undo, auth=key(keys.write), headers=me).status_code == 204
    assert wrong in items(decide(shop, keys.write, {"anonymousId": ANON}, size=5))
    assert shop.delete(undo, auth=key(keys.write), headers=me).status_code == 409


def test_nobody_corrects_the_decision_of_another(shop: Client, keys: Keys):
    first = decide(shop, keys.write, {"anonymousId": ANON}).json()
    address, body = f"/v1/decisions/{first['decision']}/corrections", {"item": "soup", "kind": "not_for_me"}
    mallory = shop.post(address, json=body, auth=key(keys.write), headers={"X-Regulars-Anonymous": MALLORY})
    assert mallory.status_code == 404
    assert shop.post(address, json=body, auth=key(keys.write)).status_code == 401
    assert shop.post(address, json=body | {"person": {"userId": VERA}}, auth=key(keys.write)).status_code == 401


def test_a_server_may_correct_for_whom_it_was_decided(shop: Client, keys: Keys):
    first = decide(shop, keys.server, {"userId": VERA}).json()
    body = {"item": first["items"][0]["item"], "kind": "not_for_me"}
    assert (
        shop.post(f"/v1/decisions/{first['decision']}/corrections", json=body, auth=key(keys.server)).status_code == 201
    )
    nobody = decide(shop, keys.server).json()
    assert (
        shop.post(f"/v1/decisions/{nobody['decision']}/corrections", json=body, auth=key(keys.server)).status_code
        == 404
    )


def test_a_user_id_needs_its_own_token(shop: Client, keys: Keys):
    assert decide(shop, keys.write, {"userId": VERA}).status_code == 401
    assert decide(shop, keys.write, {"userId": VERA}, personToken=keys.person(VERA)).status_code == 200
    assert decide(shop, keys.write, {"userId": VERA}, personToken=keys.person(OMAR)).status_code == 403
    assert decide(shop, keys.write, {"userId": VERA}, personToken="forged").status_code == 401
    header = {"X-Regulars-Person": keys.person(VERA)}
    body = {"slot": "home.for-you", "person": {"userId": VERA}}
    assert shop.post("/v1/decide", json=body, auth=key(keys.write), headers=header).status_code == 200


def test_a_user_only_said_is_decided_for_as_the_browser_it_says(shop: Client, keys: Keys):
    shop.put(f"/v1/people/{VERA}/facets/diet", json={"value": "vegan"}, auth=key(keys.server))
    assert len(items(decide(shop, keys.write, {"userId": VERA, "anonymousId": ANON}, size=5))) == 5
    assert len(items(decide(shop, keys.server, {"userId": VERA}, size=5))) == 3


def test_who_said_no_gets_nothing_personal(shop: Client, keys: Keys):
    event = {"event": "Product Viewed", "anonymousId": ANON, "properties": {"product_id": "soup"}}
    shop.post("/v1/track", json=event, auth=key(keys.write))
    body = {"slot": "home.for-you", "person": {"anonymousId": ANON}}
    assert shop.post("/v1/decide", json=body, auth=key(keys.write)).json()["personal"] is True
    gpc = shop.post("/v1/decide", json=body, auth=key(keys.write), headers={"Sec-GPC": "1"})
    assert gpc.json()["personal"] is False
    no = {"consent": {"categoryPreferences": {"personalisation": False}}}
    assert decide(shop, keys.write, {"anonymousId": ANON}, context=no).json()["personal"] is False
    me = {"X-Regulars-Anonymous": ANON}
    said = {"purpose": "personalisation", "granted": False, "wording": "v1"}
    assert shop.post("/v1/me/consents", json=said, auth=key(keys.write), headers=me).status_code == 201
    assert decide(shop, keys.write, {"anonymousId": ANON}).json()["personal"] is False


def test_what_is_excluded_is_not_there(shop: Client, keys: Keys):
    found = items(decide(shop, keys.write, size=5, exclude=["club", "tea", "unknown"]))
    assert set(found) == {"falafel", "soup", "ham"}


def test_every_decision_is_written_down(shop: Client, keys: Keys, database: Database):
    made = decide(shop, keys.write, {"anonymousId": ANON}, context={"city": "Utrecht\x00", "personToken": "x"}).json()
    again = shop.get(f"/v1/decisions/{made['decision']}", auth=key(keys.server))
    assert [i["item"] for i in again.json()["items"]] == [i["item"] for i in made["items"]]
    assert count(database, "decisions where context ? 'city' and not context ? 'personToken'") == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"slot": "nowhere"}, 404, None),
        ({}, 422, "body"),
        ({"slot": "home.for-you", "size": 0}, 422, "size"),
        ({"slot": "home.for-you", "size": "many"}, 422, "size"),
        ({"slot": "home.for-you", "person": "vera"}, 422, "person"),
        ({"slot": "home.for-you", "person": {"anonymousId": "x" * 513}}, 422, "person"),
        ({"slot": "home.for-you", "person": {"anonymousId": "nul\x00"}}, 422, "person"),
        ({"slot": "home.for-you", "context": []}, 422, "context"),
        ({"slot": "x" * 1_000_000}, 422, "slot"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_so(
    shop: Client, keys: Keys, body: dict[str, object], status: int, field: str | None
):
    answer = shop.post("/v1/decide", json=body, auth=key(keys.write))
    assert answer.status_code == status, answer.text
    assert field is None or any(place.startswith(field) for place in answer.json()["fields"]), answer.json()


def test_a_decision_nobody_made_is_not_there(shop: Client, keys: Keys):
    body, me = {"item": "soup", "kind": "not_for_me"}, {"X-Regulars-Anonymous": ANON}
    decide(shop, keys.write, {"anonymousId": ANON})
    assert (
        shop.post(f"/v1/decisions/{uuid4()}/corrections", json=body, auth=key(keys.write), headers=me).status_code
        == 404
    )
    assert shop.get(f"/v1/decisions/{uuid4()}", auth=key(keys.server)).status_code == 404
    assert shop.post("/v1/decisions/none/corrections", json=body, auth=key(keys.write), headers=me).status_code == 404


def test_a_decision_still_on_its_way_to_the_log_is_waited_for(shop: Client, keys: Keys, database: Database):
    me = {"X-Regulars-Anonymous": ANON}
    with database.begin() as db:
        db.execute(sa.text("lock table decisions in exclusive mode"))  # read, but not written
        made = decide(shop, keys.write, {"anonymousId": ANON}).json()
        body = {"item": made["items"][0]["item"], "kind": "not_for_me"}
        Timer(1.0, db.rollback).start()
        address = f"/v1/decisions/{made['decision']}/corrections"
        assert shop.post(address, json=body, auth=key(keys.write), headers=me).status_code == 201


def test_a_decision_of_a_moment_ago_that_is_not_logged_yet_is_not_denied(shop: Client, keys: Keys):
    """Another process answered it and has not written it down: that is no word that it never was."""
    answer = shop.get(f"/v1/decisions/{new_id()}", auth=key(keys.server))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    body, me = {"item": "soup", "kind": "not_for_me"}, {"X-Regulars-Anonymous": ANON}
    answer = shop.post(f"/v1/decisions/{new_id()}/corrections", json=body, auth=key(keys.write), headers=me)
    assert answer.status_code == 503
