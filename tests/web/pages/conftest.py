"""A small shop, its people at their own pages, its agents at their desk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import TestClient

from regulars import catalog, choices, people, team
from regulars.catalog import NewItem
from regulars.choices.model import Acts, FacetDefinition, Many, Value
from regulars.kit.clock import utc_now
from regulars.people import Event, EventType, Identity, IdentityKind, Verb
from regulars.store import Database
from regulars.team import NewAgent, Role
from regulars.team.tokens import ME
from tests.cast import ANA, MIA, VERA
from tests.web.application import application
from tests.web.conftest import Client, Keys, key, make_keys

HTML = {"Accept": "text/html", "Accept-Language": "en"}
PASSWORD = "correct-horse-battery"
AGENTS = ((MIA.email, Role.MANAGER), (ANA.email, Role.VIEWER), ("root@example.com", Role.ADMIN))


@dataclass
class Page:
    """One person at their page."""

    client: Client
    database: Database
    identity: Identity
    token: str

    def get(self, path: str, **query: str) -> Response:
        """Look at a tab."""
        return self.client.get(path, params={"t": self.token} | query, headers=HTML)

    def post(self, path: str, **form: object) -> Response:
        """Send a form; answers with the page it leads to."""
        return self.client.post(path, params={"t": self.token}, data=form, headers=HTML)

    def stated(self, facet: str, scope: str = "") -> object:
        """What is a fact now."""
        with self.database.begin() as db:
            found = people.profile(db, self.identity).facets.get((facet, scope))
        return found.stated if found else None

    def undo_of(self, answer: Response) -> str:
        """The change the notice offers to undo."""
        found = re.search(r'name="change" value="([\w-]+)"', answer.text)
        assert found, "no Undo on this page"
        return found[1]

    def did(self, verb: Verb, *items: str) -> None:
        """Something this person did just now."""
        now = utc_now()
        with self.database.begin() as db:
            node = people.resolve(db, [self.identity], now=now)[self.identity]
            ids = tuple(catalog.get(db, item).id for item in items)
            name = f"{verb}-{items}-{now.timestamp()}"
            people.record(db, [Event(name, node, EventType.TRACK, "Product Viewed", now, verb, ids)], now=now)


@dataclass
class Desk:
    """One agent at the desk."""

    client: Client
    csrf: str = ""

    def get(self, path: str, **query: str) -> Response:
        """Look at a page."""
        answer = self.client.get(path, params=query, headers=HTML)
        found = re.search(r'name="csrf" value="(\w+)"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer

    def post(self, path: str, **form: object) -> Response:
        """Send a form with the proof that it is from our own page."""
        return self.client.post(path, data={"csrf": self.csrf} | form, headers=HTML)


@pytest.fixture
def shop(database: Database) -> Keys:
    """A handful of things to eat, a diet and allergens, agents, keys."""
    now = utc_now()
    with database.begin() as db:
        catalog.upsert(db, list(_items()), now=now)
        for definition in _facets():
            choices.define(db, definition, now=now)
    return make_keys(database)


@pytest.fixture
def client(database: Database, shop: Keys, tmp_path: Path) -> Iterator[Client]:
    """A client of the whole application over the shop."""
    with TestClient(application(database, tmp_path), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def vera(client: Client, database: Database) -> Page:
    """Vera at her page."""
    return page_of(client, database, Identity(IdentityKind.USER, VERA))


def page_of(client: Client, database: Database, identity: Identity) -> Page:
    """The page of `identity`, by a link made for it."""
    now = utc_now()
    with database.begin() as db:
        people.resolve(db, [identity], now=now)
        secret = team.secret(db, ME, now=now)
    token = team.me_token(secret, identity.kind.value, identity.value, expires=now + timedelta(hours=1))
    return Page(client, database, identity, token)


@pytest.fixture
def agents(database: Database, shop: Keys) -> None:
    """The company's side: a manager, a viewer, an administrator."""
    with database.begin() as db:
        for email, role in AGENTS:
            name = email.split("@", maxsplit=1)[0]
            team.create_agent(db, NewAgent(email, name, role, PASSWORD), now=utc_now())


@pytest.fixture
def mia(client: Client, agents: None) -> Desk:
    """Mia, a manager, signed in."""
    return signed_in(client, MIA.email)


def signed_in(client: Client, email: str) -> Desk:
    """An agent at the desk."""
    desk = Desk(client)
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD}, headers=HTML)
    assert answer.url.path in ("/admin", "/desk"), answer.text[:500]
    desk.get("/admin")
    return desk


def decided(client: Client, shop: Keys, slot: str = "home.for-you", user: str = VERA) -> dict[str, object]:
    """A decision, asked for by the shop's server."""
    body = {"slot": slot, "person": {"userId": user}}
    answer = client.post("/v1/decide", json=body, auth=key(shop.server))
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def query_of(answer: Response, name: str) -> str:
    """One parameter of the address a form led to."""
    return parse_qs(urlsplit(str(answer.url)).query).get(name, [""])[0]


def uuid(text: object) -> UUID:
    """An id of an answer."""
    return UUID(str(text))


def _items() -> Iterator[NewItem]:
    for name, diet, allergens, category in (
        ("falafel-wrap", ["vegan", "vegetarian"], ["sesame"], "wraps"),
        ("hummus-wrap", ["vegan", "vegetarian"], ["sesame"], "wraps"),
        ("tomato-soup", ["vegan", "vegetarian"], [], "soups"),
        ("cheese-toast", ["vegetarian"], ["milk", "gluten"], "toasts"),
        ("beef-burger", [], ["gluten"], "burgers"),
        ("flat-white", ["vegetarian"], ["milk"], "drinks"),
    ):
        title = {"en": name.replace("-", " ").capitalize(), "nl": name + " (nl)", "es": name + " (es)"}
        yield NewItem(
            name, title=title, url={"en": f"/item/{name}"}, price=Decimal("4.50"), currency="EUR",
            category=(category,), attributes={"diet": diet, "allergens": allergens},
        )  # fmt: skip


def _facets() -> Iterator[FacetDefinition]:
    diets = (Value("vegan", {"en": "Vegan"}), Value("vegetarian", {"en": "Vegetarian"}))
    yield FacetDefinition("diet", Many.ONE, Acts.REQUIRE, {"en": "Diet"}, values=diets, attribute="diet", guessed=True)
    yield FacetDefinition("allergens", Many.SEVERAL, Acts.EXCLUDE, {"en": "Allergens"}, attribute="allergens")
