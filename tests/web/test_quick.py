"""The calls that are answered beside the router are answered as the router answers them."""

from collections.abc import Mapping

import pytest

from tests.cast import ANON, VERA
from tests.web.conftest import SHOP, Client, Keys, key

ASKED = {"slot": "home.popular", "person": {"anonymousId": ANON}}
PLACES = {"slots": [{"slot": "home.popular"}, {"slot": "home.for-you", "size": 2}]}


def told(client: Client, address: str, **how: object) -> tuple[int, Mapping[str, str], Mapping[str, object]]:
    """Status, headers and members of an answer, without what is new in every decision."""
    answer = client.post(address, **how)  # type: ignore[arg-type]
    body = {name: value for name, value in answer.json().items() if name not in ("decision", "decisions")}
    return answer.status_code, {k: v for k, v in answer.headers.items() if k != "content-length"}, body


def both(client: Client, path: str, **how: object) -> int:
    """The status of a call that both ways answer alike; with a slash at the end it is the router's."""
    quick, routed = told(client, path, **how), told(client, f"{path}/", **how)
    assert quick == routed
    return quick[0]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (ASKED, 200),
        ({"slot": "nowhere"}, 404),
        ({"slot": ""}, 422),
        ({"slot": "home.popular", "size": 0}, 422),
        ({"slot": "home.popular", "person": {"userId": VERA}}, 401),
        ([], 422),
    ],
)
def test_a_decision_and_its_faults_are_told_alike(client: Client, keys: Keys, said: object, status: int):
    assert both(client, "/v1/decide", json=said, auth=key(keys.write)) == status


def test_the_places_of_a_page_are_told_alike(client: Client, keys: Keys):
    assert both(client, "/v1/decide/page", json=PLACES, auth=key(keys.write)) == 200
    assert both(client, "/v1/decide/page", json={"slots": [{"slot": "nowhere"}]}, auth=key(keys.write)) == 404


@pytest.mark.parametrize("path", ["/v1/decide", "/v1/decide/page"])
def test_who_has_no_key_and_what_is_no_json_is_refused_alike(client: Client, keys: Keys, path: str):
    assert both(client, path, json={}) == 401
    assert both(client, path, json={}, auth=key("sk_nobody")) == 401
    assert both(client, path, json={}, headers={"Authorization": "Digest x"}) == 401
    assert client.post(path, content=b"{", auth=key(keys.server)).status_code == 400
    assert both(client, path, content=b" " * 10_000_001, auth=key(keys.server)) == 413
    assert client.get(path, auth=key(keys.server)).status_code == 405


def test_pages_may_read_what_their_key_allows_and_nothing_else(client: Client, keys: Keys):
    for origin, status in ((SHOP, 200), ("https://elsewhere.example", 403)):
        found = both(client, "/v1/decide", json=ASKED, auth=key(keys.bound), headers={"Origin": origin})
        assert found == status
    assert both(client, "/v1/decide", json=ASKED, auth=key(keys.server), headers={"Origin": SHOP}) == 200


def test_both_are_counted_under_the_same_route(client: Client, keys: Keys):
    client.post("/v1/decide", json=ASKED, auth=key(keys.server))
    counted = client.get("/metrics", auth=key(keys.server)).text
    assert 'regulars_http_answers_total{method="POST",route="/v1/decide",status="200"}' in counted
