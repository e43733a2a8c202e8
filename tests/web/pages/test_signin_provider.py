"""Signing in through a provider, over real HTTP, with everything that can be wrong with its answer."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from litestar.testing import TestClient

from regulars import team
from regulars.store import Database
from tests.cast import ANA
from tests.team.provider import CLIENT, SECRET, SmallProvider, running
from tests.web.application import application
from tests.web.conftest import Client
from tests.web.pages.conftest import HTML


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    with running() as provider:
        provider.claims = {"sub": "a-1", "email": "Ana@Example.com", "email_verified": True}
        yield provider


@pytest.fixture
def client(database: Database, agents: None, provider: SmallProvider, tmp_path: Path) -> Iterator[Client]:
    oidc = (provider.issuer, CLIENT, SECRET)
    app = application(database, tmp_path, oidc=oidc)
    with TestClient(app, raise_server_exceptions=False, base_url="http://testserver.local") as client:
        yield client


def back_from(client: Client, to: str = "") -> str:
    """Go to the provider as a browser does; where it sends us back to."""
    sent = client.get("/sign-in/provider", params={"next": to}, headers=HTML, follow_redirects=False)
    assert sent.status_code == 303, sent.text[:300]
    answer = httpx.get(sent.headers["location"], follow_redirects=False)
    back = str(answer.headers["location"])
    assert back.startswith("http://testserver.local/sign-in/provider/back?")
    return back


def come_back(client: Client, back: str) -> httpx.Response:
    return client.get(urlsplit(back).path, params=dict(_query(back)), headers=HTML, follow_redirects=False)


def _query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_ana_signs_in_with_the_companys_account(client: Client, database: Database):
    assert "/sign-in/provider" in client.get("/sign-in", headers=HTML).text
    answer = come_back(client, back_from(client, "/admin/people"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/people"), answer.text[:500]
    assert client.get("/admin/me", headers=HTML).status_code == 200
    with database.begin() as db:
        assert team.audit_lines(db, most=1)[0].did == "signed in by provider"


def test_the_second_time_she_is_known_by_the_providers_name_whatever_her_address(
    client: Client, provider: SmallProvider
):
    come_back(client, back_from(client))
    provider.claims = {"sub": "a-1", "email": "married@example.com", "email_verified": True}
    assert come_back(client, back_from(client)).status_code == 303


def test_an_address_that_changed_hands_opens_nothing(client: Client, provider: SmallProvider):
    come_back(client, back_from(client))
    client.cookies.delete("regulars")
    provider.claims = {"sub": "somebody-else", "email": ANA.email, "email_verified": True}
    answer = come_back(client, back_from(client))
    assert answer.status_code == 403
    assert "invite" in answer.text
    assert not client.cookies.get("regulars")


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "m-1", "email": "mallory@example.com", "email_verified": True},
        {"sub": "m-1", "email": ANA.email, "email_verified": False},
        {"sub": "m-1", "email": ANA.email},
        {"sub": "m-1"},
    ],
)
def test_who_is_no_agent_is_not_let_in(client: Client, provider: SmallProvider, claims: dict[str, object]):
    provider.claims = claims
    assert come_back(client, back_from(client)).status_code == 403
    assert not client.cookies.get("regulars")


@pytest.mark.long
@pytest.mark.parametrize(
    "spoilt",
    [
        {"aud": "another"}, {"iss": "https://evil.example"}, {"nonce": "replayed"}, {"nonce": None}, {"exp": 1},
        {"exp": None}, {"sub": None}, {"azp": "another"}, {"aud": [CLIENT, "another"]}, {"sub": ""},
    ],
    ids=lambda spoilt: "-".join(map(str, next(iter(spoilt.items())))),
)  # fmt: skip
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    client: Client, provider: SmallProvider, spoilt: dict[str, object]
):
    provider.spoil = spoilt
    assert come_back(client, back_from(client)).status_code == 401
    assert not client.cookies.get("regulars")


def test_a_token_of_another_key_is_refused(client: Client, provider: SmallProvider):
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(client, back_from(client)).status_code == 401


def test_an_answer_opens_once_and_only_in_the_browser_that_asked(client: Client):
    back = back_from(client)
    mallory = TestClient(client.app, raise_server_exceptions=False, base_url="http://testserver.local")
    assert come_back(mallory, back).status_code == 401
    assert come_back(client, back).status_code == 303
    assert come_back(client, back).status_code == 401


def test_a_forged_state_opens_nothing(client: Client):
    back = back_from(client)
    forged = client.get(
        "/sign-in/provider/back", params={"code": _query(back)["code"], "state": "forged"}, headers=HTML
    )
    assert forged.status_code == 401


def test_a_provider_that_says_no_is_said_so(client: Client, provider: SmallProvider):
    provider.deny = True
    answer = come_back(client, back_from(client))
    assert answer.status_code == 401
    assert "did not let you in" in answer.text


def test_a_provider_that_is_away_leaves_the_password(database: Database, agents: None, tmp_path: Path):
    app = application(database, tmp_path, oidc=("http://127.0.0.1:1", CLIENT, SECRET))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/sign-in/provider", headers=HTML)
    assert answer.status_code == 503
    assert 'name="password"' in answer.text


def test_without_a_provider_there_is_no_such_door(database: Database, agents: None, tmp_path: Path):
    with TestClient(application(database, tmp_path), raise_server_exceptions=False) as client:
        assert "/sign-in/provider" not in client.get("/sign-in", headers=HTML).text
        assert client.get("/sign-in/provider", headers=HTML).status_code == 404
