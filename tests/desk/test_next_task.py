"""The next task: by priority, due time and age, and never the same one for two."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from regulars import desk, team
from regulars.desk import ConversationId, Priority, Status
from regulars.desk.change import assign, move, set_priority, set_status, snooze
from regulars.desk.next_task import NextTask, next_task
from regulars.kit.errors import Forbidden
from regulars.store import Database, Db
from regulars.team import Agent, NewAgent, Role
from tests.cast import ANA, NOW
from tests.desk.desk_cast import ana, bram, colleague, later, mail, mia, opened


def waiting(db: Db, key: str, hours: float = 0) -> ConversationId:
    """A conversation somebody has waited in for so many hours."""
    return opened(db, key, now=later(hours=-hours))


def got(found: NextTask | None) -> ConversationId | None:
    """Which one was handed out."""
    return found.task.id if found else None


def test_who_waits_longest_is_next_and_the_urgent_before_them(db: Db):
    agent = ana(db)
    young, old, urgent = (waiting(db, key, hours) for key, hours in (("young", 1), ("old", 5), ("urgent", 0.1)))
    set_priority(db, urgent, Priority.URGENT, by=agent, now=NOW)
    assert [got(next_task(db, bram(db), now=NOW))] == [urgent]
    assert [got(next_task(db, agent, now=NOW)) for _ in range(1)] == [old]
    assert got(next_task(db, agent, now=NOW, without=[old])) == young


def test_it_is_the_agents_from_then_on_and_history_says_so(db: Db):
    agent, one = ana(db), waiting(db, "a")
    found = next_task(db, agent, now=NOW)
    assert found is not None and [(c.kind, c.after) for c in found.changes] == [("assignee", str(agent.id))]
    again = next_task(db, agent, now=NOW)
    assert again is not None and (again.task.id, again.task.mine, again.changes) == (one, True, ())
    assert next_task(db, bram(db), now=NOW) is None


@pytest.mark.parametrize("status", [Status.PENDING, Status.ON_HOLD, Status.SOLVED, Status.CLOSED, Status.SPAM])
def test_where_it_is_not_our_turn_nothing_is_to_be_done(db: Db, status: Status):
    agent = ana(db)
    set_status(db, waiting(db, "a"), status, by=agent, now=NOW)
    assert next_task(db, agent, now=NOW) is None


def test_what_sleeps_is_left_alone_until_it_wakes(db: Db):
    agent, one = ana(db), waiting(db, "a")
    snooze(db, one, later(hours=1), by=agent, now=NOW)
    assert next_task(db, agent, now=NOW) is None
    assert got(next_task(db, agent, now=later(hours=2))) == one


def test_another_departments_work_is_not_handed_out(db: Db):
    chief, agent = mia(db), ana(db)
    kitchen = team.save_department(db, team.new_department("Kitchen"), now=NOW)
    one = waiting(db, "a")
    move(db, one, kitchen.id, by=chief, now=NOW)
    assert next_task(db, agent, now=NOW) is None
    assign(db, one, agent.id, by=chief, now=NOW)  # but what was given to them is theirs
    assert got(next_task(db, agent, now=NOW)) == one


def test_who_has_as_many_as_they_take_on_gets_only_their_own(db: Db):
    agent = ana(db)
    team.set_capacity(db, agent.id, {"ticket": 1})
    first, second = waiting(db, "a", 2), waiting(db, "b", 1)
    assert got(next_task(db, agent, now=NOW)) == first
    assert got(next_task(db, agent, now=NOW, without=[first])) is None
    assert got(next_task(db, bram(db), now=NOW)) == second


def test_who_may_only_look_gets_none(db: Db):
    waiting(db, "a")
    with pytest.raises(Forbidden):
        next_task(db, colleague(db, ANA, Role.VIEWER), now=NOW)


def test_fit_decides_among_what_is_due(db: Db):
    agent = ana(db)
    waiting(db, "old", 5)
    young = waiting(db, "young", 1)
    assert got(next_task(db, agent, now=NOW, fit=lambda tasks, _: tasks[::-1])) == young


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Urgent · answer overdue by 4 hours · waiting for 5 hours"), ("nl", None), ("es", None)],
)
def test_the_reason_is_a_sentence_in_the_agents_language(db: Db, language: str, said: str | None):
    chief = mia(db)
    new = NewAgent("x@example.com", "X", Role.AGENT, "correct-horse-battery", language)
    agent = team.create_agent(db, new, now=NOW)
    set_priority(db, waiting(db, "a", 5), Priority.URGENT, by=chief, now=NOW)
    found = next_task(db, agent, now=NOW)
    assert found is not None and "5" in found.reason.text
    assert said is None or found.reason.text == said


def test_many_who_ask_at_once_all_get_something_else(database: Database):
    with database.begin() as db:
        agents = [_hired(db, n) for n in range(8)]
        desk.receive(db, [mail(f"m{n}") for n in range(60)], now=NOW)

    def ask(agent: Agent) -> list[ConversationId]:
        held: list[ConversationId] = []
        for _ in range(10):
            with database.begin() as db:
                found = next_task(db, agent, now=NOW, without=held)
            held += [found.task.id] if found else []
        return held

    with ThreadPoolExecutor(8) as threads:
        handed = [one for each in threads.map(ask, agents) for one in each]
    assert Counter(Counter(handed).values()) == {1: 60}


def _hired(db: Db, n: int) -> Agent:
    new = NewAgent(f"a{n}@example.com", f"A{n}", Role.AGENT, "correct-horse-battery")
    return team.create_agent(db, new, now=NOW)
