"""Agents: who they are and what is asked of them."""

from dataclasses import replace
from uuid import uuid4

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from regulars import team
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.store import Db
from regulars.team import AgentId, NewAgent, Role
from tests.cast import ANA, MIA, NOW, Colleague
from tests.conftest import STRONG


def hire(db: Db, who: Colleague) -> team.Agent:
    return team.create_agent(db, new(who), now=NOW)


def new(who: Colleague) -> NewAgent:
    return NewAgent(who.email, who.name, Role(who.role), who.password, who.language)


def test_an_agent_is_made_and_listed(db: Db):
    ana = hire(db, ANA)
    assert team.agents(db) == [ana]
    assert (ana.role, ana.language) == (Role.AGENT, "es")


def test_an_address_is_taken_once_whatever_its_case(db: Db):
    hire(db, ANA)
    with pytest.raises(Conflict):
        team.create_agent(db, replace(new(ANA), email="ANA@Example.com "), now=NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ana"}, "email"),
        ({"email": "a\x00na@example.com"}, "email"),
        ({"name": "  "}, "name"),
        ({"role": "owner"}, "role"),
        ({"language": "fr"}, "language"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 2000}, "password"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(db: Db, change: dict[str, str], field: str):
    with pytest.raises(Invalid) as refused:
        team.create_agent(db, replace(new(ANA), **change), now=NOW)  # type: ignore[arg-type]  # wrong on purpose
    assert list(refused.value.fields) == [field]


def test_a_password_never_shows(db: Db):
    assert ANA.password not in repr(new(ANA))


def test_a_password_is_hashed_as_the_standard_advises():
    assert extract_parameters(STRONG.hash("correct-horse-battery")) == RFC_9106_LOW_MEMORY


def test_a_disabled_agent_is_out_at_once(db: Db):
    ana = hire(db, ANA)
    session = team.sign_in(db, ANA.email, ANA.password, address="10.0.0.1", now=NOW)
    assert isinstance(session, team.SignedIn)
    team.disable_agent(db, ana.id, now=NOW)
    assert team.agent_of(db, session.token, now=NOW) is None
    assert team.sign_in(db, ANA.email, ANA.password, address="10.0.0.1", now=NOW) is None


def test_a_new_password_ends_every_session(db: Db):
    mia = hire(db, MIA)
    session = team.sign_in(db, MIA.email, MIA.password, address="10.0.0.1", now=NOW)
    assert isinstance(session, team.SignedIn)
    team.change_password(db, mia.id, "another-long-one")
    assert team.agent_of(db, session.token, now=NOW) is None
    assert team.sign_in(db, MIA.email, "another-long-one", address="10.0.0.1", now=NOW)


def test_nobody_cannot_be_changed(db: Db):
    nobody = AgentId(uuid4())
    with pytest.raises(NotFound):
        team.change_password(db, nobody, "long-enough-this")
    with pytest.raises(NotFound):
        team.disable_agent(db, nobody, now=NOW)


def test_a_role_may_what_the_ones_below_it_may():
    assert Role.ADMIN.may(Role.VIEWER)
    assert Role.AGENT.may(Role.AGENT)
    assert not Role.VIEWER.may(Role.AGENT)


def test_the_last_administrator_stays(db: Db):
    root = team.create_agent(db, NewAgent("root@example.com", "Root", Role.ADMIN, ANA.password), now=NOW)
    for leave in (
        lambda: team.change_role(db, root.id, Role.VIEWER),
        lambda: team.disable_agent(db, root.id, now=NOW),
    ):
        with pytest.raises(Conflict):
            leave()
    ana = hire(db, ANA)
    team.change_role(db, ana.id, Role.ADMIN)
    team.change_role(db, root.id, Role.VIEWER)
    assert team.agent(db, root.id).role is Role.VIEWER


def test_a_disabled_agent_can_be_let_in_again(db: Db):
    ana = hire(db, ANA)
    team.disable_agent(db, ana.id, now=NOW)
    team.enable_agent(db, ana.id)
    assert team.sign_in(db, ANA.email, ANA.password, address="10.0.0.1", now=NOW)
    with pytest.raises(NotFound):
        team.enable_agent(db, ana.id)


def test_a_profile_is_kept_and_checked(db: Db):
    ana = hire(db, ANA)
    team.change_profile(db, replace(ana, name=" Ana M. ", languages=("es", "en", "es"), signature={"es": "Un saludo"}))
    found = team.agent(db, ana.id)
    assert (found.name, found.languages, found.signature) == ("Ana M.", ("es", "en"), {"es": "Un saludo"})
    for wrong in ({"name": ""}, {"language": "tlh"}, {"languages": ("no language",)}):
        with pytest.raises(Invalid):
            team.change_profile(db, replace(ana, **wrong))
