"""/v1/people and /v1/me over HTTP: read, choose, join, part, export, erase."""

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from regulars import team
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.team.tokens import ME
from tests.cast import ANON, OMAR, VERA
from tests.web.conftest import Client, Keys, key
from tests.web.seen import count

HERE = {"X-Regulars-Anonymous": ANON}
VIEWED = {"event": "Product Viewed", "anonymousId": ANON, "properties": {"product_id": "soup"}}


def signed_in(client: Client, keys: Keys) -> None:
    """Vera, who looked at soup before she signed in on the server."""
    assert client.post("/v1/track", json=VIEWED, auth=key(keys.write)).status_code == 200
    body = {"userId": VERA, "anonymousId": ANON, "traits": {"city": "Utrecht"}}
    assert client.post("/v1/identify", json=body, auth=key(keys.server)).status_code == 200


def person(client: Client, keys: Keys, who: str = VERA):
    answer = client.get(f"/v1/people/{who}", auth=key(keys.server))
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(told) -> set[tuple[str, str]]:
    return {(i["kind"], i["value"]) for i in told["identities"]}


def test_everything_known_of_a_person_is_told_under_any_of_their_names(client: Client, keys: Keys):
    signed_in(client, keys)
    told = person(client, keys)
    assert names(told) == {("user", VERA), ("anonymous", ANON)}
    assert (told["traits"], told["interactions"]) == ({"city": "Utrecht"}, 1)
    for other in (f"anonymous:{ANON}", f"user:{VERA}"):
        assert person(client, keys, other)["person"] == told["person"]


def test_a_merge_is_undone_exactly_and_made_again(client: Client, keys: Keys):
    signed_in(client, keys)
    (merge,) = person(client, keys)["merges"]
    address = f"/v1/people/{VERA}/merges"
    assert client.delete(f"{address}/{merge['merge']}", auth=key(keys.server)).status_code == 204
    assert names(person(client, keys)) == {("user", VERA)}
    assert names(person(client, keys, f"anonymous:{ANON}")) == {("anonymous", ANON)}
    assert client.delete(f"{address}/{merge['merge']}", auth=key(keys.server)).status_code == 409
    again = client.post(address, json={"with": f"anonymous:{ANON}"}, auth=key(keys.server))
    assert again.status_code == 201
    assert again.json()["merge"]
    assert client.post(address, json={"with": f"anonymous:{ANON}"}, auth=key(keys.server)).json() == {"merge": None}


def test_a_merge_of_others_is_not_undone_here(client: Client, keys: Keys):
    signed_in(client, keys)
    client.post("/v1/identify", json={"userId": OMAR}, auth=key(keys.server))
    (merge,) = person(client, keys)["merges"]
    assert client.delete(f"/v1/people/{OMAR}/merges/{merge['merge']}", auth=key(keys.server)).status_code == 404


def test_a_choice_is_stated_read_and_cleared(client: Client, keys: Keys):
    address = f"/v1/people/{VERA}/facets/language"
    put = client.put(address, json={"value": "nl"}, auth=key(keys.server))
    assert put.status_code == 200, put.text
    assert (put.json()["value"], put.json()["stated"], put.json()["stated_by"]) == ("nl", "nl", "key:Shop server")
    assert client.get(address, auth=key(keys.server)).json() == put.json()
    listed = client.get(f"/v1/people/{VERA}/facets", auth=key(keys.server)).json()["facets"]
    assert [f["value"] for f in listed if f["facet"] == "language"] == ["nl"]
    assert client.delete(address, auth=key(keys.server)).status_code == 204
    assert client.get(address, auth=key(keys.server)).json()["stated"] is None


def test_a_choice_may_be_for_one_slot(client: Client, keys: Keys):
    slot = {"scope": "home.for-you"}
    address = "/v1/me/facets/mode"
    put = client.put(address, params=slot, json={"value": "i_choose"}, auth=key(keys.write), headers=HERE)
    assert (put.status_code, put.json()["scope"]) == (200, "home.for-you")
    in_body = {"value": "i_choose"} | slot
    assert client.put(address, json=in_body, auth=key(keys.write), headers=HERE).json()["scope"] == "home.for-you"
    assert client.get(address, auth=key(keys.write), headers=HERE).json()["value"] is None
    assert client.get(address, params=slot, auth=key(keys.write), headers=HERE).json()["value"] == "i_choose"
    assert client.delete(address, params=slot, auth=key(keys.write), headers=HERE).status_code == 204
    assert client.get(address, params=slot, auth=key(keys.write), headers=HERE).json()["value"] is None


def test_a_choice_for_a_place_there_is_not_is_refused(client: Client, keys: Keys):
    values: dict[str, object] = {"mode": "i_choose", "layout": ["home.popular"], "pause": True}
    told = (("mode", "zz0", 422), ("mode", "home", 422), ("layout", "zz0", 422), ("layout", "home", 200))
    for facet, place, status in (*told, ("pause", "home", 422)):
        value = values[facet]
        for how in ({"params": {"scope": place}, "json": {"value": value}}, {"json": {"value": value, "scope": place}}):
            answer = client.put(f"/v1/me/facets/{facet}", auth=key(keys.write), headers=HERE, **how)
            assert answer.status_code == status, answer.text
    unknown = client.put("/v1/me/facets/mode", json={"used": False, "scope": "zz0"}, auth=key(keys.write), headers=HERE)
    assert (unknown.status_code, list(unknown.json()["fields"])) == (422, ["scope"])
    assert "home.for-you" in unknown.json()["detail"]


def test_a_guess_may_be_called_wrong_or_kept_from_acting(client: Client, keys: Keys):
    said = {"wrong": "Utrecht", "used": False}
    put = client.put("/v1/me/facets/city", json=said, auth=key(keys.write), headers=HERE)
    assert (put.status_code, put.json()["denied"], put.json()["used"]) == (200, ["Utrecht"], False)


@pytest.mark.parametrize(
    ("facet", "body", "status"),
    [
        ("nothing", {"value": 1}, 404),
        ("language", {"value": "klingon"}, 422),
        ("language", {"value": None}, 422),
        ("language", {"value": {"deep": []}}, 422),
        ("language", {}, 422),
        ("language", {"colour": "red"}, 422),
        ("language", {"value": "nl", "scope": "home"}, 422),
        ("hidden_items", {"value": ["x" * 1_000_000]}, 422),
        ("hidden_items", {"value": "soup"}, 422),
    ],
)
def test_a_choice_that_cannot_be_is_refused(client: Client, keys: Keys, facet: str, body: object, status: int):
    answer = client.put(f"/v1/me/facets/{facet}", json=body, auth=key(keys.write), headers=HERE)
    assert answer.status_code == status, answer.text


def test_the_visitor_with_a_token_is_the_user(client: Client, keys: Keys):
    token = {"X-Regulars-Person": keys.person(VERA)}
    assert (
        client.put("/v1/me/facets/language", json={"value": "es"}, auth=key(keys.write), headers=token).status_code
        == 200
    )
    assert client.get(f"/v1/people/{VERA}/facets/language", auth=key(keys.server)).json()["value"] == "es"
    both = token | HERE
    assert client.get("/v1/me/facets/language", auth=key(keys.write), headers=both).json()["value"] == "es"


def test_answers_about_consent_are_kept_and_the_last_one_counts(client: Client, keys: Keys):
    for granted in (True, False):
        said = {"purpose": "email", "granted": granted, "wording": "2026-01", "language": "nl", "source": "checkout"}
        assert client.post("/v1/me/consents", json=said, auth=key(keys.write), headers=HERE).status_code == 201
    told = client.get(f"/v1/people/anonymous:{ANON}/consents", auth=key(keys.server)).json()
    assert told["allowed"] == {"email": False}
    assert [line["granted"] for line in told["history"]] == [False, True]
    assert told == client.get("/v1/me/consents", auth=key(keys.write), headers=HERE).json()
    wrong = {"purpose": "everything", "granted": True, "wording": "2026-01"}
    assert client.post("/v1/me/consents", json=wrong, auth=key(keys.write), headers=HERE).status_code == 422
    by_server = {"purpose": "email", "granted": True, "wording": "2026-01"}
    assert client.post(f"/v1/people/{VERA}/consents", json=by_server, auth=key(keys.server)).status_code == 201


def test_a_visitor_not_known_yet_has_nothing(client: Client, keys: Keys, database: Database):
    assert client.get("/v1/me/consents", auth=key(keys.write), headers=HERE).json() == {"allowed": {}, "history": []}
    facets = client.get("/v1/me/facets", auth=key(keys.write), headers=HERE)
    assert all(f["stated"] is None for f in facets.json()["facets"])
    assert count(database, "persons") == 0


def test_a_person_takes_everything_along_and_then_is_gone(client: Client, keys: Keys, database: Database):
    signed_in(client, keys)
    body = {"slot": "home.popular", "person": {"userId": VERA}}
    made = client.post("/v1/decide", json=body, auth=key(keys.server)).json()
    client.put(f"/v1/people/{VERA}/facets/language", json={"value": "nl"}, auth=key(keys.server))
    held = client.get(f"/v1/people/{VERA}/export", auth=key(keys.server))
    assert made["decision"] in held.text
    for part in (ANON, VERA, "Utrecht", "Product Viewed", "language"):
        assert part in held.text
    gone = client.delete(f"/v1/people/{VERA}", auth=key(keys.server))
    assert gone.status_code == 200
    assert gone.json()["erased"]["events"] == 2
    for table in ("persons", "identities", "events", "facets", "facet_changes", "consents", "merges", "decisions"):
        assert count(database, table) == 0, table
    assert client.get(f"/v1/people/{VERA}", auth=key(keys.server)).status_code == 404


@pytest.mark.parametrize("who", ["nobody", "anonymous:nobody", "claimed:nobody", "user:nobody"])
def test_nobody_is_not_there(client: Client, keys: Keys, who: str):
    auth = key(keys.server)
    for address in ("", "/export", "/facets", "/facets/language", "/consents"):
        assert client.get(f"/v1/people/{who}{address}", auth=auth).status_code == 404, address
    assert client.delete(f"/v1/people/{who}", auth=auth).status_code == 404
    assert client.delete(f"/v1/people/{who}/facets/language", auth=auth).status_code == 404
    assert client.post(f"/v1/people/{who}/merges", json={"with": VERA}, auth=auth).status_code == 404


@pytest.mark.parametrize("who", ["x" * 600, "nul%00", "anonymous:"])
def test_what_is_no_id_is_refused(client: Client, keys: Keys, who: str):
    assert client.get(f"/v1/people/{who}", auth=key(keys.server)).status_code in (404, 422)
    assert (
        client.put(f"/v1/people/{who}/facets/language", json={"value": "nl"}, auth=key(keys.server)).status_code == 422
    )


@pytest.mark.parametrize(
    ("body", "headers", "who"),
    [
        ({"anonymousId": ANON}, {}, ("anonymous", ANON)),
        ({}, HERE, ("anonymous", ANON)),
        ({"person": {"anonymousId": ANON}}, {}, ("anonymous", ANON)),
    ],
)
def test_a_link_opens_the_visitors_own_page(
    client: Client, keys: Keys, body: dict[str, object], headers: dict[str, str], who: tuple[str, str]
):
    made = client.post("/v1/me-links", json=body, auth=key(keys.write), headers=headers)
    assert made.status_code == 201, made.text
    assert opened(client, made.json()["url"]) == who
    assert made.json()["myUrl"] is None  # whoever knows a device's id could have such a link made
    assert datetime.fromisoformat(made.json()["expires"]) > utc_now()


def test_a_link_to_a_users_page_needs_a_proof(client: Client, keys: Keys):
    assert client.post("/v1/me-links", json={"userId": VERA}, auth=key(keys.write)).status_code == 401
    assert client.post("/v1/me-links", json={}, auth=key(keys.write)).status_code == 401
    wrong = {"userId": VERA, "personToken": keys.person(OMAR)}
    assert client.post("/v1/me-links", json=wrong, auth=key(keys.write)).status_code == 403
    mismatched = {"person": {"userId": VERA}, "personToken": keys.person(OMAR)}
    assert client.post("/v1/me-links", json=mismatched, auth=key(keys.write)).status_code == 403
    twice = {"person": {"userId": VERA}, "userId": VERA}
    assert client.post("/v1/me-links", json=twice, auth=key(keys.server)).status_code == 422
    right = {"userId": VERA, "personToken": keys.person(VERA)}
    made = client.post("/v1/me-links", json=right, auth=key(keys.write))
    assert opened(client, made.json()["url"]) == ("user", VERA)
    assert client.get(made.json()["myUrl"]).status_code == 200
    assert client.post("/v1/me-links", json={"userId": VERA}, auth=key(keys.server)).status_code == 201


def opened(client: Client, url: str) -> tuple[str, str]:
    token = parse_qs(urlsplit(url).query)["t"][0]
    return team.me_of(client.app.state.edge.keyring.secret(ME), token, now=utc_now())
