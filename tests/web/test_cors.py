"""A browser on the company's site asks first whether it may ask."""

import pytest

from tests.web.conftest import SHOP, Client, Keys, key


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/decide", "/v1/me/facets", "/v1/me/facets/mode", "/v1/me-links"])
def test_a_preflight_is_answered_without_a_key_and_the_call_itself_needs_one(client: Client, path: str):
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = client.options(path, headers=asked)
    assert answer.is_success
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    method = "GET" if path.startswith("/v1/me/") else "POST"
    assert client.request(method, path, json={} if method == "POST" else None).status_code in (400, 401)


def test_a_key_bound_to_a_site_answers_that_site_and_no_other(client: Client, keys: Keys):
    body = {"slot": "home.for-you"}
    ours = client.post("/v1/decide", json=body, auth=key(keys.bound), headers={"Origin": SHOP})
    assert ours.headers["access-control-allow-origin"] == SHOP
    other = client.post("/v1/decide", json=body, auth=key(keys.bound), headers={"Origin": "https://evil.example"})
    assert other.status_code == 403
