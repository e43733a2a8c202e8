"""Departments: made, changed, archived; who works where."""

from dataclasses import replace

import pytest

from regulars import team
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.store import Db
from regulars.team import AgentId, DepartmentId
from tests.cast import ANA, NOW
from tests.team.test_agents import hire


def test_a_department_is_kept_as_it_was_saved(db: Db):
    orders = replace(
        team.new_department(" Orders "), address="Orders@Example.com", languages=("nl", "en", "nl"),
        signature={"nl": "Groet", "en": " "},
    )  # fmt: skip
    kept = team.save_department(db, orders, now=NOW)
    assert (kept.name, kept.address, kept.languages, kept.signature) == (
        "Orders", "orders@example.com", ("nl", "en"), {"nl": "Groet"},
    )  # fmt: skip
    assert team.departments(db) == [kept]
    assert team.department(db, kept.id) == kept


def test_two_departments_cannot_have_one_name(db: Db):
    first = team.save_department(db, team.new_department("Orders"), now=NOW)
    with pytest.raises(Conflict):
        team.save_department(db, team.new_department("ORDERS"), now=NOW)
    team.archive_department(db, first.id, now=NOW)
    team.save_department(db, team.new_department("ORDERS"), now=NOW)
    with pytest.raises(Conflict):
        team.save_department(db, first, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"address": "no address"}, {"languages": ("english!",)}, {"signature": {"en": "x" * 3_000}}],
)
def test_a_department_that_makes_no_sense_is_refused(db: Db, wrong: dict[str, object]):
    with pytest.raises(Invalid):
        team.save_department(db, replace(team.new_department("Orders"), **wrong), now=NOW)  # type: ignore[arg-type]


def test_an_archived_department_is_not_offered_but_keeps_its_agents(db: Db):
    orders = team.save_department(db, team.new_department("Orders"), now=NOW)
    ana = hire(db, ANA)
    team.set_departments(db, ana.id, [orders.id])
    team.archive_department(db, orders.id, now=NOW)
    assert team.departments(db) == []
    assert [d.archived_at for d in team.departments(db, archived=True)] == [NOW]
    assert team.agents(db)[0].departments == (orders.id,)
    with pytest.raises(NotFound):
        team.archive_department(db, orders.id, now=NOW)


def test_who_works_where_is_replaced_as_a_whole(db: Db):
    ana = hire(db, ANA)
    orders = team.save_department(db, team.new_department("Orders"), now=NOW)
    sweets = team.save_department(db, team.new_department("Sweets"), now=NOW)
    team.set_departments(db, ana.id, [orders.id, sweets.id])
    team.set_departments(db, ana.id, [sweets.id])
    assert team.agents(db)[0].departments == (sweets.id,)
    with pytest.raises(NotFound):
        team.set_departments(db, ana.id, [DepartmentId(new_id())])
    with pytest.raises(NotFound):
        team.set_departments(db, AgentId(new_id()), [])
