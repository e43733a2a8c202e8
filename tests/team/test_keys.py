"""API keys."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from regulars import team
from regulars.kit.errors import Invalid, NotFound
from regulars.store import Db
from regulars.team import KeyKind
from tests.cast import NOW


def test_a_key_is_shown_once_and_known_again(db: Db):
    new = team.create_key(db, KeyKind.WRITE, "Shop", now=NOW, origins=["https://Shop.example/"])
    assert team.key_of(db, new.plain) == new.key
    assert new.key.origins == ("https://shop.example",)
    assert new.plain.endswith(new.key.hint)
    assert new.plain not in repr(new)
    assert new.plain not in str(db.execute(sa.text("select * from api_keys")).all())


@pytest.mark.parametrize("wrong", ["", "wk_", "x" * 1_000_000, "nul\x00", "\ud800"])
def test_what_is_no_key_is_nobody(db: Db, wrong: str):
    team.create_key(db, KeyKind.SERVER, "Shop", now=NOW)
    assert team.key_of(db, wrong) is None


def test_a_revoked_key_opens_nothing(db: Db):
    new = team.create_key(db, KeyKind.SERVER, "Shop", now=NOW)
    team.revoke_key(db, new.key.id, now=NOW)
    assert team.key_of(db, new.plain) is None
    assert [k.revoked_at for k in team.keys(db)] == [NOW]
    with pytest.raises(NotFound):
        team.revoke_key(db, new.key.id, now=NOW)
    with pytest.raises(NotFound):
        team.revoke_key(db, uuid4(), now=NOW)


@pytest.mark.parametrize("origin", ["shop.example", "ftp://shop.example", "https://shop.example/path", "https://", "*"])
def test_an_origin_is_a_site(db: Db, origin: str):
    with pytest.raises(Invalid):
        team.create_key(db, KeyKind.WRITE, "Shop", now=NOW, origins=[origin])


def test_a_key_needs_a_name(db: Db):
    with pytest.raises(Invalid):
        team.create_key(db, KeyKind.WRITE, " ", now=NOW)
