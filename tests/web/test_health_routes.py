"""/healthz and /metrics."""

from pathlib import Path

from litestar.connection import ASGIConnection
from litestar.testing import TestClient

from regulars.store import Database
from regulars.web.app import create_app
from regulars.web.health_routes import is_from_here
from regulars.web.settings import WebSettings
from tests.cast import ANON
from tests.web.conftest import Client, Keys, key


def test_a_server_with_its_database_is_well(client: Client):
    assert (client.get("/healthz").status_code, client.get("/healthz").json()) == (200, {"status": "ok"})


def test_whoever_asks_for_the_head_gets_the_same_answer_without_a_body(client: Client, keys: Keys):
    for address in ("/healthz", "/regulars.js", "/docs/api", "/help", "/me", "/nothing-here", "/v1/people/nobody"):
        whole, head = (
            client.request(method, address, auth=key(keys.server), follow_redirects=False) for method in ("GET", "HEAD")
        )
        assert (head.status_code, head.content) == (whole.status_code, b""), address
        assert head.headers["content-type"] == whole.headers["content-type"], address
    for address in ("/v1/track", "/v1/decide", "/sign-out"):
        assert client.head(address, auth=key(keys.server)).status_code == 405, address
    assert client.head("/sign-in/provider", follow_redirects=False).status_code == 405


def test_a_server_without_its_database_says_so_and_nobody_is_answered_wrongly(tmp_path: Path):
    app = create_app(WebSettings(tmp_path), Database("postgresql://nobody@127.0.0.1:1/nothing"))
    with TestClient(app, raise_server_exceptions=False) as client:
        for method, address in (("GET", "/healthz"), ("POST", "/v1/decide"), ("POST", "/v1/track")):
            answer = client.request(method, address, json={}, auth=("wk_any", ""))
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["code"] == "unavailable"


def test_what_is_counted_is_told_to_a_server_key(client: Client, keys: Keys):
    event = {"event": "Opened", "anonymousId": ANON}
    client.post("/v1/track", json=event, auth=key(keys.write))
    client.post("/v1/decide", json={"slot": "home.popular"}, auth=key(keys.write))
    told = client.get("/metrics", auth=key(keys.server))
    assert told.status_code == 200
    assert told.headers["content-type"].startswith("text/plain")
    for line in ("regulars_events_taken_total", "regulars_decide_seconds_count", 'route="/v1/track"'):
        assert line in told.text
    assert client.get("/metrics", auth=key(keys.write)).status_code == 403


def test_this_machine_needs_no_key_unless_it_comes_through_a_proxy():
    def asked(address: str | None, *headers: tuple[bytes, bytes]) -> bool:
        return is_from_here(ASGIConnection({"type": "http", "client": (address, 1), "headers": list(headers)}))  # type: ignore[arg-type]

    assert asked("127.0.0.1")
    assert asked("::1")
    assert not asked("10.0.0.1")
    assert not asked("")
    assert not asked("127.0.0.1", (b"x-forwarded-for", b"6.6.6.6"))
    assert not asked("127.0.0.1", (b"forwarded", b"for=6.6.6.6"))
