"""Conditions about conversations mean the same in memory and in SQL."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars import desk
from regulars.desk import Change, Priority, Status
from regulars.desk.filters import FIELDS, subject_of
from regulars.desk.store.filtering import Sql
from regulars.kit.conditions import ALLOWED, LISTS, And, Condition, Kind, Not, Operator, Or, Test, holds, read
from regulars.kit.json import Json
from regulars.store import Db
from regulars.team import Agent
from tests.cast import NOW
from tests.desk.desk_cast import MALLORY, ana, chat, later, opened

TEXTS = st.sampled_from(
    [
        "new",
        "solved",
        "urgent",
        "normal",
        "chat",
        "email",
        "me",
        "my order",
        "Ördér",
        "STRASSE",
        "straße",
        "late",
        "e",
        "es",
    ]
)
NUMBERS = st.sampled_from([0, 1, 2, 0.5, 24, 1.0, -3])
MOMENTS = st.sampled_from([(NOW + timedelta(hours=n)).isoformat() for n in (-30, 0, 1, 30)])
VALUES: dict[Kind, st.SearchStrategy[Json]] = {
    Kind.TEXT: TEXTS,
    Kind.NUMBER: NUMBERS,
    Kind.FLAG: st.booleans(),
    Kind.MOMENT: MOMENTS,
}


@st.composite
def asked(draw: st.DrawFn) -> Test:
    name = draw(st.sampled_from([*FIELDS.fields, "field.size", "field.colour", "field.paid", "field.none"]))
    known = FIELDS.fields.get(name)
    kind = known.kind if known else draw(st.sampled_from(list(Kind)))
    operator = draw(st.sampled_from(sorted(ALLOWED[kind])))
    if operator in (Operator.KNOWN, Operator.UNKNOWN):
        return Test(name, operator)
    if operator in LISTS:
        return Test(name, operator, tuple(draw(st.lists(VALUES[kind], min_size=1, max_size=3))))
    return Test(name, operator, draw(VALUES[kind]))


CONDITIONS = st.recursive(
    asked(),
    lambda part: st.one_of(
        st.lists(part, max_size=3).map(lambda p: And(tuple(p))),
        st.lists(part, max_size=3).map(lambda p: Or(tuple(p))),
        part.map(Not),
    ),
    max_leaves=5,
)


@pytest.fixture
def agent(db: Db) -> Agent:
    """Four conversations that differ in everything that can be asked, and who asks."""
    agent = ana(db)
    opened(db, "a", subject="Ördér in der Straße", language="es")
    two = opened(db, "b", sender=MALLORY, now=later(hours=-30))
    paid: dict[str, Json] = {"size": 2, "colour": "Röd late", "paid": True}
    what = Change(Status.SOLVED, Priority.URGENT, agent.id, tag=("late", "Ördér"), fields=paid)
    desk.change(db, two, what, by=agent, now=NOW)
    three = desk.receive(db, [chat("c", desk.ConversationId(UUID(int=7)))], now=NOW)[0].conversation
    soon = Change(fields={"size": "2026-11-21T00:00:00+00:00", "colour": ""}, snoozed_until=later(hours=2))
    desk.change(db, three, soon, by=agent, now=NOW)
    opened(db, "d", subject="", text="")
    return agent


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=CONDITIONS)
def test_memory_and_sql_agree(db: Db, agent: Agent, condition: Condition):
    now = later(hours=1)
    sql = Sql()
    used = "cast(:me as uuid) is not null and cast(:now as timestamptz) is not null"
    query = f"select c.id from conversations c where {read(condition, sql)} and {used}"
    there = set(db.execute(sa.text(query), {"me": agent.id, "now": now, **sql.params}).scalars())
    expected = set()
    for id in db.execute(sa.text("select id from conversations")).scalars().all():
        found = desk.thread(db, id, by=desk.Machine("test"))
        if holds(condition, subject_of(found.row, found.fields, agent.id, now)):
            expected.add(id)
    assert there == expected
