"""/v1/slots, /v1/rules, /v1/facet-definitions over HTTP."""

import pytest

from regulars import team
from regulars.store import Database
from tests.web.conftest import Client, Keys, key

NOBODYS = "00000000-0000-4000-8000-000000000007"
"""The id of no rule."""

RULE = {"name": "Soup first", "effect": "pin", "items": {"field": "item", "is": "equals", "value": "soup"}}
FACET = {"many": "several", "acts": "prefer", "attribute": "topics", "values": [{"id": "bread"}]}


def condition(client: Client, keys: Keys) -> object:
    """How a condition is written: as an existing slot has it."""
    found = client.get("/v1/slots/home.for-you", auth=key(keys.server)).json()
    return found["items"]


def test_a_slot_is_added_changed_and_taken_away(client: Client, keys: Keys, database: Database):
    auth, address = key(keys.server), "/v1/slots/checkout.also"
    made = client.put(address, json={"title": {"en": "Also"}, "size": 4, "items": condition(client, keys)}, auth=auth)
    assert made.status_code == 200, made.text
    assert made.json()["name"] == "checkout.also"
    assert client.get(address, auth=auth).json() == made.json()
    assert made.json() in client.get("/v1/slots", auth=auth).json()["slots"]
    assert client.put(address, json=made.json() | {"size": 5}, auth=auth).json()["size"] == 5
    assert client.delete(address, auth=auth).status_code == 204
    assert client.get(address, auth=auth).status_code == 404
    assert client.delete(address, auth=auth).status_code == 404
    with database.begin() as db:
        did = [(line.who, line.did) for line in team.audit_lines(db)]
    assert did == [("key:Shop server", d) for d in ("slot deleted", "slot saved", "slot saved")]


def test_a_rule_is_added_changed_and_taken_away(client: Client, keys: Keys):
    auth = key(keys.server)
    rule = {"name": "Food first", "effect": "pin", "items": condition(client, keys)}
    made = client.post("/v1/rules", json=rule, auth=auth)
    assert made.status_code == 201, made.text
    address = f"/v1/rules/{made.json()['id']}"
    assert client.get(address, auth=auth).json() == made.json()
    assert client.put(address, json=made.json() | {"effect": "ban"}, auth=auth).json()["effect"] == "ban"
    assert [r["effect"] for r in client.get("/v1/rules", auth=auth).json()["rules"]] == ["ban"]
    assert client.delete(address, auth=auth).status_code == 204
    for call in (client.get, client.delete):
        assert call(address, auth=auth).status_code == 404
    assert client.put(address, json=rule, auth=auth).status_code == 404


def test_a_facet_is_defined_and_taken_away(client: Client, keys: Keys):
    auth, address = key(keys.server), "/v1/facet-definitions/topics"
    made = client.put(address, json=FACET, auth=auth)
    assert made.status_code == 200, made.text
    assert client.get(address, auth=auth).json() == made.json()
    assert client.get("/v1/facet-definitions", auth=auth).json()["facets"][0]["name"] == "topics"
    assert client.put(address, json=made.json() | {"weight": 2.0}, auth=auth).json()["weight"] == 2.0
    assert client.delete(address, auth=auth).status_code == 204
    assert client.get(address, auth=auth).status_code == 404


@pytest.mark.parametrize(
    ("method", "address", "body", "status"),
    [
        ("PUT", "/v1/slots/a", {"size": 0}, 422),
        ("PUT", "/v1/slots/a", {"sise": 5}, 422),
        ("POST", "/v1/rules", {"name": "x", "effect": "pin", "items": None, "colour": "red"}, 422),
        ("PUT", "/v1/slots/a", {"size": "many"}, 422),
        ("PUT", "/v1/slots/a", {"items": {"field": 5}}, 422),
        ("PUT", "/v1/slots/a", [], 422),
        ("PUT", f"/v1/slots/{'x' * 300}", {}, 422),
        ("POST", "/v1/rules", {}, 422),
        ("POST", "/v1/rules", {"name": "x", "effect": "explode", "items": {}}, 422),
        ("PUT", f"/v1/rules/{NOBODYS}", {}, 422),
        ("PUT", "/v1/rules/none", {}, 404),
        ("PUT", "/v1/facet-definitions/Bad Name", FACET, 422),
        ("PUT", "/v1/facet-definitions/language", FACET, 422),
        ("PUT", "/v1/facet-definitions/topics", {"acts": "prefer"}, 422),
        ("DELETE", "/v1/facet-definitions/language", None, 422),
        ("DELETE", "/v1/facet-definitions/nothing", None, 404),
        ("DELETE", f"/v1/rules/{NOBODYS}", None, 404),
    ],
)
def test_what_makes_no_sense_is_told_so(
    client: Client, keys: Keys, method: str, address: str, body: object, status: int
):
    answer = client.request(method, address, json=body, auth=key(keys.server))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
