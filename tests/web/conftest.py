"""The real application on a real database, its keys, and a client."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from regulars import team
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.team import KeyKind
from regulars.team.tokens import PERSON
from tests.web.application import application

Client = TestClient[Litestar]

SHOP = "https://shop.example"


@dataclass(frozen=True)
class Keys:
    """The keys of a shop: its server's, its pages', and one bound to its site."""

    server: str
    write: str
    bound: str
    secret: str = field(repr=False)

    def person(self, user: str, *, lasts: timedelta = timedelta(hours=1)) -> str:
        """A person token of the shop's server."""
        return team.person_token(self.secret, user, expires=utc_now() + lasts)


def make_keys(database: Database) -> Keys:
    """New keys in `database`."""
    now = utc_now()
    with database.begin() as db:
        return Keys(
            team.create_key(db, KeyKind.SERVER, "Shop server", now=now).plain,
            team.create_key(db, KeyKind.WRITE, "Shop pages", now=now).plain,
            team.create_key(db, KeyKind.WRITE, "Shop site", now=now, origins=[SHOP]).plain,
            team.secret(db, PERSON, now=now),
        )


@pytest.fixture
def keys(database: Database) -> Keys:
    """Keys in this test's database."""
    return make_keys(database)


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[Client]:
    """A client of the whole application; faults of ours are answered as they are in production."""
    with TestClient(application(database, tmp_path), raise_server_exceptions=False) as client:
        yield client


def key(plain: str) -> tuple[str, str]:
    """Basic auth with a key as the user name."""
    return plain, ""
