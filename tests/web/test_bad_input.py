"""Whatever is sent: told in words, nothing broken, and the next good call works."""

import json
from itertools import pairwise

import pytest
import sqlalchemy as sa

from regulars.store import Database
from tests.cast import ANON, VERA
from tests.web.conftest import Client, Keys, key
from tests.web.seen import count, events

GOOD = {"type": "track", "event": "Opened", "anonymousId": ANON}
MEGABYTE = "x" * 1_000_000

ADDRESSES = [
    ("POST", "/v1/track"), ("POST", "/v1/batch"), ("POST", "/v1/decide"), ("POST", "/v1/catalog/items"),
    ("PATCH", "/v1/catalog/items"), ("PUT", "/v1/slots/a"), ("POST", "/v1/rules"), ("PUT", "/v1/facet-definitions/a"),
    ("PUT", f"/v1/people/{VERA}/facets/language"), ("POST", f"/v1/people/{VERA}/consents"), ("POST", "/v1/me-links"),
    ("POST", f"/v1/people/{VERA}/merges"),
]  # fmt: skip
BODIES = [
    b"", b"{", b"null", b"[]", b'"text"', b"5", b"\x00", b"\xff\xfe", b"nan", b'{"a":' + b"[" * 50_000,
    b'{"slot":"\\ud800"}', b'{"slot":1e999}', json.dumps({"slot": MEGABYTE}).encode(), b'{"batch":5}',
    b'{"items":[null]}', b'{"value":{"a":' * 500 + b"1" + b"}}" * 500,
]  # fmt: skip


@pytest.fixture(scope="module")
def shop(make_database, tmp_path_factory):
    """One application for all that may be wrong."""
    from litestar.testing import TestClient

    from regulars.web.app import create_app
    from regulars.web.settings import WebSettings
    from tests.web.conftest import make_keys

    database = Database(make_database("bad_input"))
    app = create_app(WebSettings(tmp_path_factory.mktemp("var")), database)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, make_keys(database), database
    database.close()


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_a_body_that_is_none_is_a_problem_and_not_a_fault(shop, method: str, address: str):
    client, keys, _ = shop
    for body in BODIES:
        answer = client.request(method, address, content=body, auth=key(keys.server))
        assert answer.status_code in (400, 401, 404, 413, 422), (
            f"{body[:40]!r}: {answer.status_code} {answer.text[:200]}"
        )
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.content) < 5_000, "what was wrong is not sent back whole"
    assert client.post("/v1/track", json=GOOD, auth=key(keys.server)).status_code == 200


NUL = "nul\x00\ufffd"


@pytest.mark.parametrize(
    "event",
    [
        GOOD | {"event": f"Ope{NUL}ned"},
        GOOD | {"properties": {f"a{NUL}": [NUL, {"b": NUL}]}, "context": {NUL: NUL}},
        GOOD | {"messageId": NUL},
        GOOD | {"type": "identify", "traits": {NUL: NUL}},
        GOOD | {"event": "Product Viewed", "properties": {"product_id": NUL, "name": NUL}},
        GOOD | {"event": "Product Viewed", "properties": {"product_id": "p", "name": NUL, "category": NUL}},
        GOOD | {"event": "Order Completed", "properties": {"products": [{"product_id": f"p{n}"} for n in range(900)]}},
        GOOD | {"event": "\U0001f96a " * 100, "properties": {"\U0001f96a": "\u202e"}},
        GOOD | {"properties": {"deep": json.loads("[" * 900 + "]" * 900)}},
        GOOD | {"anonymousId": 12345, "userId": 99},
    ],
)
def test_what_postgresql_cannot_hold_is_cleaned_and_taken(shop, event: dict[str, object]):
    client, keys, database = shop
    before = count(database, "events")
    answer = client.post("/v1/batch", json={"batch": [event]}, auth=key(keys.write))
    assert (answer.status_code, answer.json()) == (200, {"success": True}), answer.text
    assert count(database, "events") == before + 1


@pytest.mark.parametrize("number", ["1e400", "-1e999999999", "1" * 5_000, "0.0000" + "1" * 1_000, "1e-99999"])
def test_a_number_beyond_all_range_refuses_nothing_else(shop, number: str):
    client, keys, database = shop
    before = count(database, "events")
    odd = json.dumps(GOOD | {"event": "Product Viewed", "properties": {"product_id": "p", "price": "N"}})
    odd = odd.replace('"N"', number)
    body = f'{{"batch":[{json.dumps(GOOD)},{odd}]}}'
    answer = client.post("/v1/batch", content=body, auth=key(keys.write))
    assert answer.status_code == 200, answer.text
    assert count(database, "events") >= before + 1


@pytest.mark.parametrize(
    "event",
    [
        GOOD | {"event": MEGABYTE},
        GOOD | {"properties": {"a": MEGABYTE}},
        GOOD | {"event": "x" * 1_001},
        GOOD | {"anonymousId": "x" * 513},
        GOOD | {"anonymousId": "nul\x00"},
        GOOD | {"messageId": "x" * 501},
        GOOD | {"properties": []},
        GOOD | {"properties": "a"},
        GOOD | {"context": 5},
        GOOD | {"timestamp": "yesterday"},
        GOOD | {"type": ""},
        GOOD | {"anonymousId": ""},
        {"type": "alias", "userId": VERA},
        {"type": "track", "anonymousId": ANON},
    ],
)
def test_what_cannot_be_taken_is_said_why(shop, event: dict[str, object]):
    client, keys, _ = shop
    answer = client.post(f"/v1/{event['type'] or 'track'}", json=event, auth=key(keys.write))
    if event["type"]:
        assert answer.status_code == 400, answer.text
        assert 10 < len(answer.json()["detail"]) < 600
    answer = client.post("/v1/batch", json={"batch": [event, GOOD]}, auth=key(keys.write))
    if answer.status_code == 200:  # a megabyte is too much for a batch as a whole
        assert [r["index"] for r in answer.json()["rejected"]] == [0]
    else:
        assert "KB" in answer.json()["detail"]


def test_the_same_message_id_with_other_content_counts_once(client: Client, keys: Keys, database: Database):
    batch = [GOOD | {"messageId": "same", "event": f"Opened {n}"} for n in range(50)]
    assert client.post("/v1/batch", json={"batch": batch}, auth=key(keys.write)).status_code == 200
    assert client.post("/v1/batch", json={"batch": batch[::-1]}, auth=key(keys.write)).status_code == 200
    assert [e.name for e in events(database)] == ["Opened 0"]


def test_aliases_in_a_circle_are_one_person(client: Client, keys: Keys, database: Database):
    circle = ["a", "b", "c", "a", "b"]
    for previous, user in pairwise(circle):
        body = {"previousId": previous, "userId": user}
        assert client.post("/v1/alias", json=body, auth=key(keys.server)).status_code == 200
    itself = {"previousId": "a", "userId": "a"}
    assert client.post("/v1/alias", json=itself, auth=key(keys.server)).status_code == 200
    people = {client.get(f"/v1/people/{who}", auth=key(keys.server)).json()["person"] for who in ("a", "b", "c")}
    assert len(people) == 1
    assert count(database, "merges where undone_at is null") < count(database, "persons")


def test_ten_thousand_names_do_not_become_one_person(client: Client, keys: Keys, database: Database):
    rejected = 0
    for start in range(0, 1_200, 100):
        batch = [{"type": "identify", "userId": VERA, "anonymousId": f"device-{n}"} for n in range(start, start + 100)]
        answer = client.post("/v1/batch", json={"batch": batch}, auth=key(keys.server))
        assert answer.status_code in (200, 400), answer.text
        told = answer.json()
        rejected += len(told.get("rejected", [])) if answer.status_code == 200 else 100
    assert rejected >= 200
    with database.begin() as db:
        query = """select max(n) from (select count(*) as n from identities i
                   join persons p on p.id = i.person_id group by root_id) as each"""
        assert db.execute(sa.text(query)).scalar_one() <= 1_000
    assert client.post("/v1/track", json=GOOD | {"userId": VERA}, auth=key(keys.server)).status_code == 200
