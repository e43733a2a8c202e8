"""The counterfactual over HTTP: whose it is, and that it is what forgetting brings."""

from uuid import uuid4

from tests.cast import ANON, MALLORY
from tests.web.conftest import Client, Keys, key
from tests.web.test_decide_routes import decide, shop  # noqa: F401  a fixture

ME = {"X-Regulars-Anonymous": ANON}


def view(client: Client, plain: str, product: str) -> None:
    body = {
        "anonymousId": ANON,
        "event": "Product Viewed",
        "properties": {"product_id": product},
        "messageId": str(uuid4()),
    }
    assert client.post("/v1/track", json=body, auth=key(plain)).status_code == 200


def ask(client: Client, plain: str, decision: str, event: int | str, headers=ME):
    return client.get(f"/v1/decisions/{decision}/without", params={"event": event}, auth=key(plain), headers=headers)


def newest_event(client: Client, keys: Keys) -> str:
    told = client.get(f"/v1/people/anonymous:{ANON}/export", auth=key(keys.server)).json()
    return str(max(int(e["id"]) for e in told["events"]))


def test_it_names_what_the_event_was_about_and_what_would_stand_there(shop: Client, keys: Keys):  # noqa: F811
    view(shop, keys.write, "club")
    made = decide(shop, keys.write, {"anonymousId": ANON}).json()
    answer = ask(shop, keys.write, made["decision"], newest_event(shop, keys))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [one["item"] for one in told["about"]] == ["club"]
    assert len(told["items"]) == len(made["items"])
    assert len(told["added"]) == len(told["removed"])
    by_server = ask(shop, keys.server, made["decision"], told["event"], headers={})
    assert by_server.json() == told


def test_it_is_nobody_elses_business(shop: Client, keys: Keys):  # noqa: F811
    view(shop, keys.write, "club")
    made = decide(shop, keys.write, {"anonymousId": ANON}).json()
    event = newest_event(shop, keys)
    assert ask(shop, keys.write, made["decision"], event, {"X-Regulars-Anonymous": MALLORY}).status_code == 404
    assert ask(shop, keys.write, made["decision"], event, {}).status_code == 401
    assert ask(shop, keys.write, str(uuid4()), event).status_code == 404


def test_an_event_that_is_none_of_theirs_is_told_so(shop: Client, keys: Keys):  # noqa: F811
    made = decide(shop, keys.write, {"anonymousId": ANON}).json()
    assert ask(shop, keys.write, made["decision"], 999_999).status_code == 404
    for nonsense in ("0", "-1", "x", "", str(2**70)):
        answer = ask(shop, keys.write, made["decision"], nonsense)
        assert answer.status_code in (400, 404, 422), nonsense
        assert answer.headers["content-type"].startswith("application/problem+json")
