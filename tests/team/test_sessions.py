"""Signing in: tokens, ends, and the brake on guessing."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from regulars import team
from regulars.kit.errors import NotFound, TooMany
from regulars.store import Db
from regulars.team.sessions import MOST_FAILURES, MOST_FAILURES_OF_ADDRESS
from tests.cast import ANA, BRAM, NOW
from tests.team.test_agents import hire

HERE = "10.0.0.1"


def test_a_session_is_whose_it_is_until_it_ends(db: Db):
    ana = hire(db, ANA)
    session = team.sign_in(db, " ANA@example.com", ANA.password, address=HERE, now=NOW)
    assert isinstance(session, team.SignedIn)
    assert team.agent_of(db, session.token, now=NOW) == ana
    assert team.agent_of(db, session.token, now=session.expires_at) is None
    team.end_session(db, session.token)
    assert team.agent_of(db, session.token, now=NOW) is None


def test_a_token_is_not_kept(db: Db):
    hire(db, ANA)
    session = team.sign_in(db, ANA.email, ANA.password, address=HERE, now=NOW)
    assert isinstance(session, team.SignedIn)
    assert session.token not in str(db.execute(sa.text("select * from agent_sessions")).all())
    assert session.token not in repr(session)


@pytest.mark.parametrize("password", ["", "wrong", "x" * 100_000, "nul\x00", "\ud800"])
def test_a_wrong_password_is_refused(db: Db, password: str):
    hire(db, ANA)
    assert team.sign_in(db, ANA.email, password, address=HERE, now=NOW) is None


def test_an_unknown_address_is_refused_like_a_wrong_password(db: Db):
    assert team.sign_in(db, "nobody\x00@example.com", "whatever-it-is", address=HERE, now=NOW) is None


def test_guessing_is_slowed_down_even_for_the_right_password(db: Db):
    hire(db, ANA)
    for _ in range(MOST_FAILURES):
        assert team.sign_in(db, ANA.email, "wrong", address=HERE, now=NOW) is None
    with pytest.raises(TooMany):
        team.sign_in(db, ANA.email, ANA.password, address=HERE, now=NOW)


def test_somebody_elses_guessing_does_not_lock_ana_out(db: Db):
    hire(db, ANA)
    for _ in range(MOST_FAILURES):
        team.sign_in(db, ANA.email, "wrong", address="6.6.6.6", now=NOW)
    assert team.sign_in(db, ANA.email, ANA.password, address=HERE, now=NOW)


@pytest.mark.long
def test_trying_many_doors_is_slowed_down(db: Db):
    hire(db, BRAM)
    for i in range(MOST_FAILURES_OF_ADDRESS):
        team.sign_in(db, f"agent{i}@example.com", "wrong", address=HERE, now=NOW)
    with pytest.raises(TooMany):
        team.sign_in(db, BRAM.email, BRAM.password, address=HERE, now=NOW)


def test_after_a_while_one_may_try_again(db: Db):
    hire(db, ANA)
    for _ in range(MOST_FAILURES):
        team.sign_in(db, ANA.email, "wrong", address=HERE, now=NOW)
    assert team.sign_in(db, ANA.email, ANA.password, address=HERE, now=NOW + timedelta(minutes=16))


def test_sessions_are_listed_with_where_and_ended_one_by_one(db: Db):
    ana, bram = hire(db, ANA), hire(db, BRAM)
    here = team.sign_in(db, ANA.email, ANA.password, address=HERE, device="Firefox · Linux", now=NOW)
    there = team.sign_in(db, ANA.email, ANA.password, address="10.0.0.2", now=NOW)
    theirs = team.sign_in(db, BRAM.email, BRAM.password, address=HERE, now=NOW)
    assert isinstance(here, team.SignedIn) and isinstance(there, team.SignedIn) and isinstance(theirs, team.SignedIn)
    later = NOW + timedelta(minutes=3)
    assert team.agent_of(db, here.token, now=later)
    first, second = team.sessions(db, ana.id, current=here.token, now=later)
    assert (first.device, first.address, first.current, first.seen_at) == ("Firefox · Linux", HERE, True, later)
    assert (second.address, second.current, second.seen_at) == ("10.0.0.2", False, NOW)
    with pytest.raises(NotFound):
        team.end_session_of(db, bram.id, second.id)
    team.end_session_of(db, ana.id, second.id)
    assert team.agent_of(db, there.token, now=later) is None
    assert team.end_sessions(db, ana.id, keep=here.token) == 0
    assert team.end_sessions(db, ana.id) == 1
    assert team.agent_of(db, theirs.token, now=later)


def test_signing_in_ends_being_offline(db: Db):
    ana = hire(db, ANA)
    team.set_presence(db, ana.id, team.Presence.OFFLINE, now=NOW)
    team.sign_in(db, ANA.email, ANA.password, address=HERE, now=NOW)
    assert [p.presence for p in team.present(db, now=NOW)] == [team.Presence.ONLINE]
