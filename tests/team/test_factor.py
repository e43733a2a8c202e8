"""The second factor: codes that open once, recovery codes, and the brake."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from regulars import team
from regulars.kit.errors import Conflict, Invalid, TooMany, Unauthorized
from regulars.store import Db
from regulars.team import Agent, NeedsSecondFactor, SignedIn
from regulars.team.sessions import MOST_FAILURES, TICKET_LASTS
from tests.cast import ANA, BRAM, NOW
from tests.team.test_agents import hire

HERE = "10.0.0.1"
LATER = NOW + timedelta(minutes=2)


def armed(db: Db) -> tuple[Agent, pyotp.TOTP, list[str]]:
    ana = hire(db, ANA)
    phone = pyotp.TOTP(team.totp_begin(db, ana).secret)
    return ana, phone, team.totp_confirm(db, ana.id, phone.at(NOW), now=NOW)


def ticket(db: Db) -> str:
    found = team.sign_in(db, ANA.email, ANA.password, address=HERE, device="Firefox", now=LATER)
    assert isinstance(found, NeedsSecondFactor)
    return found.ticket


def test_a_secret_counts_only_once_a_code_of_it_was_shown(db: Db):
    ana = hire(db, ANA)
    first = team.totp_begin(db, ana)
    assert team.totp_begin(db, ana).secret == first.secret
    assert isinstance(team.sign_in(db, ANA.email, ANA.password, address=HERE, now=NOW), SignedIn)
    with pytest.raises(Invalid):
        team.totp_confirm(db, ana.id, "000000", now=NOW)
    assert team.factor(db, ana.id).since is None
    assert len(set(team.totp_confirm(db, ana.id, pyotp.TOTP(first.secret).at(NOW), now=NOW))) == 10
    assert team.factor(db, ana.id) == team.Factor(NOW, 10)
    with pytest.raises(Conflict):
        team.totp_begin(db, ana)


def test_the_password_alone_opens_nothing_the_code_opens_once(db: Db):
    ana, phone, _ = armed(db)
    mine = ticket(db)
    assert team.agent_of(db, mine, now=LATER) is None
    assert team.second_factor(db, mine, "000000", now=LATER) is None
    found = team.second_factor(db, mine, phone.at(LATER), now=LATER)
    assert found and found.agent.id == ana.id
    assert team.sessions(db, ana.id, current=found.token, now=LATER)[0].device == "Firefox"
    with pytest.raises(Unauthorized):
        team.second_factor(db, mine, phone.at(LATER), now=LATER)
    assert team.second_factor(db, ticket(db), phone.at(LATER), now=LATER) is None


@pytest.mark.parametrize(("off_seconds", "opens"), [(-30, True), (30, True), (-61, False), (61, False)])
def test_a_phone_may_be_half_a_minute_off(db: Db, off_seconds: int, opens: bool):
    _, phone, _ = armed(db)
    now = LATER.replace(second=0)
    found = team.second_factor(db, ticket(db), phone.at(now + timedelta(seconds=off_seconds)), now=now)
    assert (found is not None) == opens


def test_a_recovery_code_opens_once_however_it_is_typed(db: Db):
    ana, _, codes = armed(db)
    assert codes[0] not in str(db.execute(sa.text("select * from recovery_codes")).all())
    assert team.second_factor(db, ticket(db), codes[0].upper().replace("-", " "), now=LATER)
    assert team.second_factor(db, ticket(db), codes[0], now=LATER) is None
    assert team.factor(db, ana.id).codes_left == 9
    team.new_recovery_codes(db, ana.id)
    assert team.second_factor(db, ticket(db), codes[1], now=LATER) is None


def test_codes_of_one_agent_open_nothing_of_another(db: Db):
    _, _, codes = armed(db)
    bram = hire(db, BRAM)
    team.totp_confirm(db, bram.id, pyotp.TOTP(team.totp_begin(db, bram).secret).at(NOW), now=NOW)
    assert not team.right_code(db, bram.id, codes[0], now=LATER)


def test_guessing_codes_is_stopped(db: Db):
    _, phone, _ = armed(db)
    mine = ticket(db)
    for _ in range(MOST_FAILURES):
        assert team.second_factor(db, mine, "000000", now=LATER) is None
    with pytest.raises(Unauthorized):
        team.second_factor(db, mine, phone.at(LATER), now=LATER)
    with pytest.raises(TooMany):
        team.sign_in(db, ANA.email, ANA.password, address=HERE, now=LATER)


def test_a_ticket_ends_and_a_disabled_agent_has_none(db: Db):
    ana, phone, _ = armed(db)
    mine = ticket(db)
    late = LATER + TICKET_LASTS
    with pytest.raises(Unauthorized):
        team.second_factor(db, mine, phone.at(late), now=late)
    mine = ticket(db)
    team.disable_agent(db, ana.id, now=LATER)
    with pytest.raises(Unauthorized):
        team.second_factor(db, mine, phone.at(LATER), now=LATER)


def test_without_it_the_password_is_enough_again(db: Db):
    ana, _, _ = armed(db)
    team.totp_remove(db, ana.id)
    assert isinstance(team.sign_in(db, ANA.email, ANA.password, address=HERE, now=LATER), SignedIn)
    assert team.factor(db, ana.id) == team.Factor(None, 0)
