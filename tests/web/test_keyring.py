"""Keys and secrets are remembered for a moment, and no longer."""

import pytest

from regulars import team
from regulars.kit.clock import utc_now
from regulars.kit.errors import Unavailable
from regulars.store import Database
from regulars.team import KeyKind
from regulars.web import keyring
from regulars.web.keyring import Keyring


def test_a_revoked_key_stops_working_within_seconds(database: Database, monkeypatch: pytest.MonkeyPatch):
    clock = [1_000.0]
    monkeypatch.setattr("regulars.web.keyring.time.monotonic", lambda: clock[0])
    with database.begin() as db:
        made = team.create_key(db, KeyKind.WRITE, "Shop", now=utc_now())
    ring = Keyring(database)
    assert ring.known(b"Bearer x") is None
    assert ring.key(made.plain, b"Bearer x") == made.key
    assert ring.known(b"Bearer x") == (made.key,)
    with database.begin() as db:
        team.revoke_key(db, made.key.id, now=utc_now())
    assert ring.key(made.plain) == made.key
    clock[0] += keyring.REMEMBERED_SECONDS
    assert ring.known(b"Bearer x") is None
    assert ring.key(made.plain, b"Bearer x") is None
    assert ring.known(b"Bearer x") == (None,)


def test_a_secret_is_the_same_for_everybody(database: Database):
    assert Keyring(database).secret("me") == Keyring(database).secret("me") != Keyring(database).secret("person_token")


def test_wrong_keys_without_end_fill_no_memory(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keyring, "MOST", 10)
    ring = Keyring(database)
    for n in range(30):
        assert ring.key(f"wk_{n}", f"Bearer {n}".encode()) is None
    assert [ring.known(f"Bearer {n}".encode()) for n in (0, 29)] == [None, (None,)]


def test_without_a_database_nobody_is_let_in():
    with pytest.raises(Unavailable):
        Keyring(Database("postgresql://nobody@127.0.0.1:1/nothing")).key("wk_any")
