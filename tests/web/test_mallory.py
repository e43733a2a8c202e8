"""Mallory has no access to anything: on every route there is, she reads nobody and changes nobody.

Every route falls under one of the doors below; a route under none of them fails the test, so nobody adds one that
was not thought about.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from litestar import Litestar

from regulars import team
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.web.app import create_app
from regulars.web.settings import WebSettings
from tests.cast import ANON, MALLORY, OMAR, VERA
from tests.web.conftest import SHOP, Client, Keys, key
from tests.web.seen import count

EVENTS = re.compile(r"/v1/(identify|track|page|screen|group|alias|batch|import|[itpsgab])")
SERVERS = re.compile(
    r"/v1/(people|catalog|slots|rules|facet-definitions|conversations|webhooks)(/.*)?|/v1/channels/[^/]+|/v1/decisions/[^/]+|/metrics"
)
VISITORS = re.compile(r"/v1/(decide(/page)?|me-links|me/.+|decisions/[^/]+/(without|corrections(/[^/]+)?))")
SIGNED = re.compile(r"/v1/channels/[^/]+/messages")
OWN_PAGES = re.compile(r"/(me|my)(/.*)?")
DESK = re.compile(r"/admin(/.*)?|/desk(/.*)?|/sign-out")
EVERYBODY = {
    "/healthz": "says only whether the server works",
    "/openapi.json": "describes the API, holds nobody",
    "/docs/openapi.json": "the same",
    "/docs": "the same",
    "/docs/{path:str}": "nothing there",
    "/docs/api": "shows it",
    "/brand.css": "the company's colour, the same for all",
    "/regulars.js": "the script, the same for all",
    "/regulars-chat.js": "the same",
    "/v1/chat/files/{file:uuid}": "opens by a signed address only: tests/web/chat",
    "/static/{file_path:path}": "styles, fonts, pictures",
    "/sign-in": "where one signs in",
    "/sign-in/code": "the second factor: nothing without a ticket of the first",
    "/sign-in/provider": "leads to the sign-in provider",
    "/sign-in/provider/back": "nothing without the provider's word and our cookie",
    "/join": "nothing without the token of an invitation",
    "/": "leads on",
    "/help": "the help centre, the same for all",
    "/help/sitemap.xml": "the same",
    "/help/{slug:str}": "the same",
    "/help/{slug:str}/feedback": "counts whether a page helped, once a visitor",
    "/forms/{form_id:uuid}": "a contact form: whoever writes, writes to the company",
}


def routes(app: Litestar) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        for method in sorted(set(getattr(route, "methods", [])) - {"OPTIONS", "HEAD"}):
            yield method, route.path


def door(path: str) -> str:
    doors = {"signed": SIGNED, "events": EVENTS, "servers": SERVERS, "visitors": VISITORS, "me": OWN_PAGES}
    for name, pattern in doors.items():
        if pattern.fullmatch(path):
            return name
    if DESK.fullmatch(path):
        return "desk"
    return "everybody" if path in EVERYBODY else "unthought"


ALL = sorted(routes(create_app(WebSettings(Path()), Database("postgresql:///none"))))


def test_every_route_has_a_door():
    assert [(m, p) for m, p in ALL if door(p) == "unthought"] == []


def through(name: str) -> list[tuple[str, str]]:
    found = [(m, p) for m, p in ALL if door(p) == name]
    return found or [pytest.param("", "", marks=pytest.mark.skip("no such routes"))]  # type: ignore[list-item]


def address(path: str) -> str:
    filled = path.replace("{item:path}", "club").replace("{person:str}", VERA)
    filled = re.sub(r"\{\w+:uuid\}", str(uuid4()), filled)
    filled = re.sub(r"\{\w+:int\}", "1", filled)
    filled = re.sub(r"\{\w+(:\w+)?\}", "language", filled)
    return f"{filled}?event=1" if filled.endswith("/without") else filled


def refused(client: Client, method: str, path: str, status: int, **how: object) -> None:
    answer = client.request(method, address(path), **how)  # type: ignore[arg-type]
    assert answer.status_code == status, f"{method} {path} {how}: {answer.status_code} {answer.text[:200]}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert VERA not in answer.text


NO_KEYS: list[dict[str, object]] = [
    {},
    {"auth": ("wk_made-up", "")},
    {"auth": ("", "")},
    {"auth": ("x" * 10_000, "")},
    {"headers": {"Authorization": "Bearer nul\x01"}},
    {"headers": {"Authorization": "Basic ====="}},
    {"headers": {"Authorization": "Digest abc"}},
    {"headers": {"X-Regulars-Anonymous": ANON}},
]


@pytest.fixture(scope="module")
def shop(make_database: Callable[[str], str]) -> Iterator[tuple[Client, Keys, Database]]:
    """One application for all of Mallory's tries, with Vera in it; at the end nothing may have changed."""
    from litestar.testing import TestClient

    from tests.web.conftest import make_keys

    database = Database(make_database("mallory"))
    keys = make_keys(database)
    app = create_app(WebSettings(Path(), anonymous_per_minute=10**9), database)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.put(f"/v1/people/{VERA}/facets/language", json={"value": "nl"}, auth=key(keys.server))
        before = [count(database, table) for table in ("persons", "facet_changes", "events", "consents", "items")]
        yield client, keys, database
        assert [count(database, t) for t in ("persons", "facet_changes", "events", "consents", "items")] == before
    database.close()


@pytest.mark.long
@pytest.mark.parametrize(("method", "path"), through("servers"))
def test_without_a_server_key_nothing_of_the_company_moves(shop: tuple[Client, Keys, Database], method: str, path: str):
    client, keys, _ = shop
    for how in NO_KEYS:
        refused(client, method, path, 401, json={}, **how)
    refused(client, method, path, 403, json={}, auth=key(keys.write))
    token = {"X-Regulars-Person": keys.person(VERA), "X-Regulars-Anonymous": ANON}
    refused(client, method, path, 403, json={}, auth=key(keys.write), headers=token)


@pytest.mark.parametrize(("method", "path"), through("signed"))
def test_no_key_stands_for_a_signature(shop: tuple[Client, Keys, Database], method: str, path: str):
    client, keys, _ = shop
    for how in ({}, {"auth": key(keys.server)}, {"headers": {"webhook-signature": "v1,forged"}}):
        refused(client, method, path, 401, json={}, **how)


@pytest.mark.parametrize(("method", "path"), through("visitors"))
def test_a_visitor_acts_for_itself_only(shop: tuple[Client, Keys, Database], method: str, path: str):
    client, keys, _ = shop
    body = BODIES.get(path, {"value": "nl"})
    for how in NO_KEYS:
        refused(client, method, path, 401, json=body, **how)
    elsewhere = {"Origin": "https://evil.example", "X-Regulars-Anonymous": MALLORY}
    refused(client, method, path, 403, json=body, auth=key(keys.bound), headers=elsewhere)
    refused(client, method, path, 401, json=body, auth=key(keys.write), headers={"X-Regulars-Person": "forged"})
    past = team.person_token(keys.secret, VERA, expires=utc_now())
    refused(client, method, path, 401, json=body, auth=key(keys.write), headers={"X-Regulars-Person": past})
    refused(client, method, path, 401, json=body, auth=key(keys.write))


BODIES: dict[str, object] = {
    "/v1/decide": {"slot": "home.for-you", "person": {"userId": VERA}},
    "/v1/decide/page": {"slots": [{"slot": "home.for-you"}], "person": {"userId": VERA}},
    "/v1/me-links": {"userId": VERA},
    "/v1/me/consents": {"purpose": "email", "granted": True, "wording": "1"},
    "/v1/decisions/{decision:uuid}/corrections": {"item": "club", "kind": "not_for_me"},
}


@pytest.mark.parametrize(("method", "path"), through("events"))
def test_without_a_key_no_event_is_taken(shop: tuple[Client, Keys, Database], method: str, path: str):
    client, keys, _ = shop
    event = {"type": "track", "event": "Opened", "anonymousId": MALLORY, "previousId": ANON, "userId": VERA}
    body = event | {"batch": [event]}
    for how in NO_KEYS:
        refused(client, method, path, 401, json=body, **how)
    refused(client, method, path, 401, json=body | {"writeKey": "wk_made-up"})
    refused(client, method, path, 401, json=body | {"writeKey": {"$ne": ""}})
    refused(client, method, path, 401, content=b"\x00")
    elsewhere = {"Origin": "https://evil.example"}
    refused(client, method, path, 403, json=body, auth=key(keys.bound), headers=elsewhere)
    refused(client, method, path, 403, json=body | {"writeKey": keys.bound}, headers=elsewhere)


@pytest.mark.parametrize(("method", "path"), through("me"))
def test_nobodys_page_opens_without_its_link(shop: tuple[Client, Keys, Database], method: str, path: str):
    client, keys, _ = shop
    for token in ("", "forged", keys.person(VERA)):
        answer = client.request(method, address(path), params={"t": token}, follow_redirects=False)
        assert answer.status_code in (401, 403, 404), f"{method} {path}: {answer.status_code}"
        assert VERA not in answer.text


@pytest.mark.parametrize(("method", "path"), through("desk"))
def test_the_desk_opens_to_nobody_who_is_not_signed_in(shop: tuple[Client, Keys, Database], method: str, path: str):
    client, keys, _ = shop
    for how in ({}, {"cookies": {"regulars": "forged"}}, {"auth": key(keys.server)}):
        answer = client.request(method, address(path), follow_redirects=False, **how)
        assert answer.status_code in (302, 303, 401, 403), f"{method} {path}: {answer.status_code}"
        assert "location" not in answer.headers or "/sign-in" in answer.headers["location"]
        assert VERA not in answer.text


def test_a_browser_elsewhere_may_read_a_refusal_but_nothing_else(shop: tuple[Client, Keys, Database]):
    client, keys, _ = shop
    fine = client.get("/v1/me/facets", auth=key(keys.bound), headers={"Origin": SHOP, "X-Regulars-Anonymous": ANON})
    assert fine.headers["access-control-allow-origin"] == SHOP
    server = client.get(f"/v1/people/{VERA}", auth=key(keys.server), headers={"Origin": SHOP})
    assert "access-control-allow-origin" not in server.headers


def test_a_token_of_ones_own_makes_nobody_else_ones_own(client: Client, keys: Keys, database: Database):
    """Only the company's server may say that two user ids are one person; a visitor may only bring its own device."""
    omar = {"X-Regulars-Person": keys.person(OMAR)}
    for user, on in ((VERA, "veras-laptop"), (OMAR, "omars-laptop")):
        said = {"userId": user, "anonymousId": on}
        assert client.post("/v1/identify", json=said, auth=key(keys.server)).status_code == 200
    for previous in (VERA, "veras-laptop", "not-yet-a-customer", "omars-phone"):
        said = {"userId": OMAR, "previousId": previous}
        assert client.post("/v1/alias", json=said, auth=key(keys.write), headers=omar).status_code == 200
    client.post("/v1/identify", json={"userId": "not-yet-a-customer"}, auth=key(keys.server))
    known = {user: client.get(f"/v1/people/{user}", auth=key(keys.server)).json() for user in (VERA, OMAR)}
    names = {user: {(i["kind"], i["value"]) for i in found["identities"]} for user, found in known.items()}
    assert names[VERA] == {("user", VERA), ("anonymous", "veras-laptop")}
    assert {value for kind, value in names[OMAR] if kind == "user"} == {OMAR}
    assert ("anonymous", "omars-phone") in names[OMAR]


def test_calls_without_end_from_one_address_are_slowed_down(database: Database):
    from litestar.testing import TestClient

    app = create_app(WebSettings(Path(), anonymous_per_minute=5), database)
    with TestClient(app, raise_server_exceptions=False) as client:
        answers = [client.get("/v1/me/facets", auth=("wk_guess", "")) for _ in range(7)]
    assert [a.status_code for a in answers] == [401] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
