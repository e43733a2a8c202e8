"""Signed tokens: what is accepted, and everything that is not."""

import base64
from datetime import timedelta

import jwt
import pytest

from regulars import team
from regulars.kit.errors import Unauthorized
from regulars.store import Db
from regulars.team.tokens import ALGORITHM, ME, PERSON
from tests.cast import MALLORY, NOW, VERA

SECRET = "s" * 64
LATER = NOW + timedelta(hours=1)
END = int(LATER.timestamp())
DEEP = base64.urlsafe_b64encode(b'{"a":' + b"[" * 2_900).decode() + ".e30.e30"


def test_a_person_token_proves_a_user_until_it_ends():
    token = team.person_token(SECRET, VERA, expires=LATER)
    assert team.user_of(SECRET, token, now=NOW) == VERA
    with pytest.raises(Unauthorized):
        team.user_of(SECRET, token, now=LATER)


@pytest.mark.parametrize(
    "forged",
    [
        jwt.encode({"sub": VERA, "exp": END}, "another secret, of somebody else", ALGORITHM),
        jwt.encode({"sub": VERA, "exp": END}, "", algorithm="none"),
        jwt.encode({"sub": VERA, "exp": END}, SECRET, "HS512"),
        jwt.encode({"sub": VERA}, SECRET, ALGORITHM),
        jwt.encode({"sub": VERA, "exp": "soon"}, SECRET, ALGORITHM),
        jwt.encode({"sub": VERA, "exp": END, "nbf": END - 10}, SECRET, ALGORITHM),
        jwt.encode({"exp": END}, SECRET, ALGORITHM),
        jwt.encode({"sub": "", "exp": END}, SECRET, ALGORITHM),
        jwt.encode({"sub": "ve\x00ra", "exp": END}, SECRET, ALGORITHM),
        jwt.encode({"sub": 5, "exp": END}, SECRET, ALGORITHM),
        team.me_token(SECRET, "user", VERA, expires=LATER),
        "", ".", "a.b.c", "\ud800", DEEP, "x" * 100_000,
    ],
)  # fmt: skip
def test_anything_else_proves_nobody(forged: str):
    with pytest.raises(Unauthorized):
        team.user_of(SECRET, forged, now=NOW)


def test_a_changed_token_proves_nobody():
    head, _, tail = team.person_token(SECRET, MALLORY, expires=LATER).split(".")
    body = team.person_token(SECRET, VERA, expires=LATER).split(".")[1]
    with pytest.raises(Unauthorized):
        team.user_of(SECRET, f"{head}.{body}.{tail}", now=NOW)


def test_a_link_opens_one_persons_page():
    token = team.me_token(SECRET, "anonymous", "a-1", expires=LATER)
    assert team.me_of(SECRET, token, now=NOW) == ("anonymous", "a-1")
    with pytest.raises(Unauthorized):
        team.me_of(SECRET, token, now=LATER)
    with pytest.raises(Unauthorized):
        team.me_of(SECRET, team.person_token(SECRET, VERA, expires=LATER), now=NOW)


def test_each_use_has_its_own_lasting_secret(db: Db):
    first = team.secret(db, PERSON, now=NOW)
    assert team.secret(db, PERSON, now=NOW) == first != team.secret(db, ME, now=NOW)
    assert team.rotate_secret(db, PERSON, now=NOW) != first
    assert team.secret(db, PERSON, now=NOW) != first
