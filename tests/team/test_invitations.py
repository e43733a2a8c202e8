"""Invitations: a link makes an agent, once."""

import pytest
import sqlalchemy as sa

from regulars import team
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.store import Db
from regulars.team import DepartmentId, Role
from regulars.team.invitations import LASTS
from tests.cast import ANA, BRAM, NOW
from tests.team.test_agents import hire

NEW = ("Bram", BRAM.password)


def test_an_invited_person_becomes_an_agent_once(db: Db):
    orders = team.save_department(db, team.new_department("Orders"), now=NOW)
    made = team.invite(db, " BRAM@example.com ", Role.MANAGER, [orders.id], by=hire(db, ANA).id, now=NOW)
    assert made.token not in str(db.execute(sa.text("select * from invitations")).all())
    assert made.token not in repr(made)
    bram = team.accept(db, made.token, NEW, now=NOW, language="nl")
    found = team.agent(db, bram.id)
    assert (found.email, found.role, found.departments, found.language) == (
        BRAM.email, Role.MANAGER, (orders.id,), "nl",
    )  # fmt: skip
    with pytest.raises(NotFound):
        team.accept(db, made.token, ("Mallory", "let-me-in-too-please"), now=NOW)
    assert team.invitations(db, now=NOW) == []


def test_an_invitation_ends_can_be_taken_back_and_gives_way_to_a_newer_one(db: Db):
    first = team.invite(db, BRAM.email, Role.AGENT, [], by=None, now=NOW)
    second = team.invite(db, BRAM.email, Role.AGENT, [], by=None, now=NOW)
    with pytest.raises(NotFound):
        team.invitation(db, first.token, now=NOW)
    with pytest.raises(NotFound):
        team.invitation(db, second.token, now=NOW + LASTS)
    assert [i.id for i in team.invitations(db, now=NOW)] == [second.id]
    team.revoke_invitation(db, second.id, now=NOW)
    with pytest.raises(NotFound):
        team.accept(db, second.token, NEW, now=NOW)
    with pytest.raises(NotFound):
        team.revoke_invitation(db, second.id, now=NOW)


def test_an_invitation_that_makes_no_sense_is_refused(db: Db):
    hire(db, ANA)
    with pytest.raises(Conflict):
        team.invite(db, "Ana@example.com", Role.AGENT, [], by=None, now=NOW)
    with pytest.raises(Invalid):
        team.invite(db, "nobody", Role.AGENT, [], by=None, now=NOW)
    with pytest.raises(NotFound):
        team.invite(db, BRAM.email, Role.AGENT, [DepartmentId(new_id())], by=None, now=NOW)


def test_a_short_password_leaves_the_invitation_open(db: Db):
    made = team.invite(db, BRAM.email, Role.AGENT, [], by=None, now=NOW)
    with pytest.raises(Invalid):
        team.accept(db, made.token, ("Bram", "short"), now=NOW)
    assert team.accept(db, made.token, NEW, now=NOW)
