"""POST /v1/track and its family over HTTP: what is taken, for whom, and how it is answered."""

import gzip
import json
from datetime import timedelta

import pytest

from regulars.kit.clock import utc_now
from regulars.people.model import Verb
from regulars.store import Database
from tests.cast import ANON, OMAR, VERA
from tests.web.conftest import SHOP, Client, Keys, key
from tests.web.seen import count, event, events

OPENED = {"event": "Opened", "anonymousId": ANON, "messageId": "m-1"}


def track(client: Client, plain: str, **more: object):
    return client.post("/v1/track", json=OPENED | more, auth=key(plain))


@pytest.mark.parametrize("address", ["/v1/track", "/v1/t", "/v1/track/"])
def test_an_event_is_kept_and_acknowledged(client: Client, keys: Keys, database: Database, address: str):
    answer = client.post(address, json=OPENED | {"properties": {"a": 1}}, auth=key(keys.write))
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    kept = event(database)
    assert (kept.name, kept.who, kept.properties, kept.verb) == ("Opened", (f"anonymous:{ANON}",), {"a": 1}, None)


@pytest.mark.parametrize(
    ("address", "body", "name"),
    [
        ("/v1/page", {"name": "Home"}, "Home"),
        ("/v1/p", {}, ""),
        ("/v1/screen", {"name": "Main"}, "Main"),
        ("/v1/identify", {"traits": {"city": "Utrecht"}}, "identify"),
        ("/v1/group", {"groupId": "g", "traits": {"name": "Ours"}}, "group"),
        ("/v1/alias", {"previousId": "before", "userId": VERA}, "alias"),
    ],
)
def test_every_call_of_the_spec_is_taken(
    client: Client, keys: Keys, database: Database, address: str, body: dict[str, object], name: str
):
    assert client.post(address, json=body | {"anonymousId": ANON}, auth=key(keys.write)).status_code == 200
    assert event(database).name == name


def test_the_key_may_stand_in_a_body_without_a_content_type(client: Client, keys: Keys, database: Database):
    body = json.dumps(OPENED | {"writeKey": keys.write})
    assert client.post("/v1/t", content=body, headers={"Content-Type": "text/plain"}).status_code == 200
    batch = json.dumps({"batch": [OPENED | {"type": "track", "messageId": "m-2"}], "writeKey": keys.write})
    packed = gzip.compress(batch.encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain;charset=UTF-8"}
    assert client.post("/v1/batch", content=packed, headers=headers).status_code == 200
    assert count(database, "events") == 2


def test_a_retry_counts_once_and_the_first_content_stays(client: Client, keys: Keys, database: Database):
    assert track(client, keys.write, properties={"n": 1}).status_code == 200
    assert track(client, keys.write, properties={"n": 2}).status_code == 200
    assert event(database).properties == {"n": 1}


def test_a_public_key_cannot_take_an_id_that_a_server_will_use(client: Client, keys: Keys, database: Database):
    assert track(client, keys.write, messageId="order-1001").status_code == 200
    assert track(client, keys.server, messageId="order-1001", userId=VERA).status_code == 200
    assert count(database, "events") == 2


def test_without_a_message_id_every_call_counts(client: Client, keys: Keys, database: Database):
    for _ in range(2):
        assert track(client, keys.write, messageId=None).status_code == 200
    assert count(database, "events") == 2


def test_an_order_is_bought_products(client: Client, keys: Keys, database: Database):
    products = [{"product_id": "club", "name": "Club", "price": 6.5}, {"product_id": "soup"}, {"product_id": "club"}]
    track(client, keys.write, event="Order Completed", properties={"products": products, "currency": "EUR"})
    kept = event(database)
    assert (kept.verb, kept.items) == (Verb.BOUGHT, ("club", "soup"))


def test_what_a_decision_showed_makes_no_items_up(client: Client, keys: Keys, database: Database):
    client.post("/v1/catalog/items", json={"items": [{"id": "club"}]}, auth=key(keys.server))
    track(client, keys.write, event="Decision Shown", properties={"decision": "d", "items": ["club", "made-up"]})
    assert event(database).items == ("club",)
    assert count(database, "items") == 1


def test_a_user_only_said_is_a_claim_and_a_proven_one_is_that_user(client: Client, keys: Keys, database: Database):
    track(client, keys.write, anonymousId=None, userId=VERA, messageId="1")
    track(client, keys.write, userId=VERA, messageId="2")
    track(client, keys.server, userId=VERA, messageId="3")
    track(client, keys.write, userId=VERA, messageId="4", context={"personToken": keys.person(VERA)})
    header = {"X-Regulars-Person": keys.person(VERA)}
    client.post("/v1/track", json=OPENED | {"userId": VERA, "messageId": "5"}, auth=key(keys.write), headers=header)
    whos = [e.who for e in events(database)]
    assert whos == [(f"claimed:{VERA}",), (f"anonymous:{ANON}",), *[(f"user:{VERA}",)] * 3]
    assert "personToken" not in json.dumps([e.context for e in events(database)])


def test_a_token_of_somebody_else_proves_nothing(client: Client, keys: Keys, database: Database):
    assert track(client, keys.write, userId=VERA, personToken=keys.person(OMAR)).status_code == 400
    assert track(client, keys.write, userId=VERA, personToken="forged").status_code == 401
    over = keys.person(VERA, lasts=timedelta(hours=-1))
    assert track(client, keys.write, userId=VERA, personToken=over).status_code == 401
    assert count(database, "events") == 0


def test_signing_in_makes_the_two_histories_one_person(client: Client, keys: Keys, database: Database):
    track(client, keys.write)
    body = {
        "userId": VERA,
        "anonymousId": ANON,
        "traits": {"city": "Utrecht"},
        "context": {"personToken": keys.person(VERA)},
    }
    assert client.post("/v1/identify", json=body, auth=key(keys.write)).status_code == 200
    assert count(database, "merges where undone_at is null and source <> 'claim'") == 1


def test_only_the_companys_server_says_whose_mail_an_address_is(client: Client, keys: Keys, database: Database):
    body = {"userId": VERA, "traits": {"email": " Vera@Example.com "}}
    theirs = body | {"context": {"personToken": keys.person(VERA)}}
    assert client.post("/v1/identify", json=theirs, auth=key(keys.write)).status_code == 200
    assert count(database, "identities where kind = 'email'") == 0
    assert client.post("/v1/identify", json=body, auth=key(keys.server)).status_code == 200
    assert count(database, "identities where kind = 'email' and value = 'vera@example.com'") == 1
    assert count(database, "merges where undone_at is null") == 1


@pytest.mark.parametrize(
    ("context", "headers", "learn"),
    [
        ({}, {}, True),
        ({"gpc": True}, {}, False),
        ({}, {"Sec-GPC": "1"}, False),
        ({"consent": {"categoryPreferences": {"personalisation": False}}}, {}, False),
        ({"consent": {"categoryPreferences": {"Personalization": False}}}, {}, False),
        ({"consent": {"categoryPreferences": {"personalisation": True, "email": False}}}, {}, True),
        ({"consent": {"categoryPreferences": []}}, {}, True),
        ({"consent": "no"}, {}, True),
    ],
)
def test_who_said_no_is_not_learned_from(
    client: Client, keys: Keys, database: Database, context: object, headers: dict[str, str], learn: bool
):
    client.post("/v1/track", json=OPENED | {"context": context}, auth=key(keys.write), headers=headers)
    assert event(database).learn is learn


def test_a_wrong_clock_is_corrected_and_an_impossible_time_noted(client: Client, keys: Keys, database: Database):
    wrong = utc_now() + timedelta(days=3652)
    said = {"timestamp": (wrong - timedelta(minutes=5)).isoformat(), "sentAt": wrong.isoformat()}
    track(client, keys.write, **said)
    track(client, keys.write, messageId="m-2", timestamp=wrong.isoformat(), context={"a": 1})
    track(client, keys.write, messageId="m-3", timestamp=wrong.isoformat())
    corrected, clamped, bare = events(database)
    assert abs(utc_now() - timedelta(minutes=5) - corrected.at) < timedelta(seconds=5)
    assert abs(utc_now() - clamped.at) < timedelta(seconds=5)
    assert clamped.context == {"a": 1, "originalTimestamp": wrong.isoformat().replace("+00:00", "Z")}
    assert isinstance(bare.context, dict)
    assert set(bare.context) == {"originalTimestamp"}


def test_what_is_valid_in_a_batch_is_taken_and_the_rest_named(client: Client, keys: Keys, database: Database):
    good = OPENED | {"type": "track"}
    batch = [
        good,
        5,
        good | {"type": "dance"},
        good | {"anonymousId": None},
        good | {"messageId": "m-2"},
        good | {"event": ""},
    ]
    answer = client.post("/v1/batch", json={"batch": batch}, auth=key(keys.write))
    assert answer.status_code == 200
    assert answer.json()["success"] is True
    assert [r["index"] for r in answer.json()["rejected"]] == [1, 2, 3, 5]
    assert all(r["detail"] for r in answer.json()["rejected"])
    assert [e.message_id for e in events(database)] == ["w:m-1", "w:m-2"]


def test_a_batch_without_any_valid_event_is_refused(client: Client, keys: Keys, database: Database):
    answer = client.post("/v1/batch", json={"batch": [5, {"type": "dance"}]}, auth=key(keys.write))
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"batch[0]", "batch[1]"}
    assert client.post("/v1/batch", json={"batch": []}, auth=key(keys.write)).status_code == 200
    assert count(database, "events") == 0


def test_what_a_batch_says_for_all_counts_for_each(client: Client, keys: Keys, database: Database):
    sent = utc_now() - timedelta(days=400)
    batch = [
        OPENED | {"type": "track", "timestamp": (sent - timedelta(hours=1)).isoformat(), "context": {"own": 1}},
        OPENED | {"type": "track", "messageId": "m-2", "userId": VERA, "timestamp": sent.isoformat()},
    ]
    body = {"batch": batch, "sentAt": sent.isoformat(), "context": {"locale": "nl"}, "personToken": keys.person(VERA)}
    assert client.post("/v1/batch", json=body, auth=key(keys.write)).status_code == 200
    first, second = events(database)
    assert abs(utc_now() - timedelta(hours=1) - first.at) < timedelta(seconds=5)
    assert (first.context, second.context) == ({"locale": "nl", "own": 1}, {"locale": "nl"})
    assert second.who == (f"user:{VERA}",)


def test_a_key_bound_to_a_site_works_there_and_nowhere_else(client: Client, keys: Keys, database: Database):
    there = client.post("/v1/track", json=OPENED, auth=key(keys.bound), headers={"Origin": SHOP})
    assert there.status_code == 200
    assert there.headers["access-control-allow-origin"] == SHOP
    elsewhere = client.post("/v1/track", json=OPENED, auth=key(keys.bound), headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert "access-control-allow-origin" not in elsewhere.headers
    body = OPENED | {"writeKey": keys.bound, "messageId": "m-2"}
    in_body = client.post("/v1/track", json=body, headers={"Origin": "https://evil.example"})
    assert in_body.status_code == 403
    assert count(database, "events") == 1


def test_a_preflight_is_answered(client: Client, keys: Keys):
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = client.options("/v1/track", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "Authorization" in answer.headers["access-control-allow-headers"]
