"""Agents of two departments, and a customer with a past."""

from dataclasses import dataclass

import pytest

from regulars import people, team
from regulars.desk.answers.keeping import save_answer
from regulars.desk.answers.model import AnswerText, NewAnswer, ReadyAnswer, Scope
from regulars.kit.ids import PersonId
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from regulars.team import Agent, DepartmentId, NewAgent, Role
from tests.cast import ANA, BRAM, MALLORY, MIA, NOW, VERA

VERA_USER = Identity(IdentityKind.USER, VERA)


@dataclass
class House:
    """Ana answers orders, Bram catering, Mia manages, Mallory only looks."""

    ana: Agent
    bram: Agent
    mia: Agent
    mallory: Agent
    orders: DepartmentId
    catering: DepartmentId


@pytest.fixture
def house(db: Db) -> House:
    """Two departments and their people."""
    orders = team.save_department(db, team.new_department("Orders"), now=NOW).id
    catering = team.save_department(db, team.new_department("Catering"), now=NOW).id
    made = {}
    for who, role, departments in (
        (ANA, Role.AGENT, [orders]),
        (BRAM, Role.AGENT, [catering]),
        (MIA, Role.MANAGER, []),
    ):
        agent = team.create_agent(db, NewAgent(who.email, who.name, role, who.password, who.language), now=NOW)
        team.set_departments(db, agent.id, departments)
        made[who.name] = team.agent(db, agent.id)
    viewer = NewAgent("mallory@example.com", MALLORY, Role.VIEWER, "correct-horse-battery")
    mallory = team.create_agent(db, viewer, now=NOW)
    return House(made["Ana"], made["Bram"], made["Mia"], mallory, orders, catering)


@pytest.fixture
def vera(db: Db) -> PersonId:
    """Vera, who told us her name and her diet."""
    node = people.resolve(db, [VERA_USER], now=NOW)[VERA_USER]
    people.set_traits(db, node, {"firstName": "Vera", "lastName": "Blum", "allergy": "nuts"})
    return node


def saved(db: Db, by: Agent, text: str = "Hello", *, title: str = "Greeting", **more: object) -> ReadyAnswer:
    """A ready answer in English."""
    scope = more.pop("scope", Scope.PERSONAL)
    new = NewAnswer({"en": AnswerText(title, text)}, scope, **more)  # type: ignore[arg-type]
    return save_answer(db, new, by=by, now=NOW)
