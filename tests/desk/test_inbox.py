"""Lists of conversations, page by page."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from regulars import desk, team
from regulars.desk import Change, ConversationId, Cursor, NewReply, Priority, Status, View, ViewKind
from regulars.kit.errors import Forbidden, Invalid, NotFound
from regulars.store import Db
from regulars.team import Agent
from tests.cast import NOW
from tests.desk.desk_cast import ana, answering, bram, later, mail, mia, opened


def listed(db: Db, kind: ViewKind, agent: Agent, *, at: timedelta = timedelta(0), **more: object) -> list[int]:
    page = desk.inbox(db, View(kind, **more), agent=agent, now=NOW + at)  # type: ignore[arg-type]
    return [row.number for row in page.rows]


def numbers(db: Db, agent: Agent, conversations: Sequence[ConversationId]) -> list[int]:
    return [desk.thread(db, c, by=agent).row.number for c in conversations]


def test_pages_show_everything_once_even_while_more_arrives(db: Db):
    agent = mia(db)
    there = [opened(db, f"m{n}", now=later(minutes=n // 2)) for n in range(7)]
    seen: list[ConversationId] = []
    after: Cursor | None = None
    while True:
        page = desk.inbox(db, View(ViewKind.ALL), agent=agent, after=after, most=3, now=NOW)
        seen += [row.id for row in page.rows]
        opened(db, f"late{len(seen)}", now=later(hours=1, minutes=len(seen)))
        if page.next is None:
            break
        after = Cursor.read(str(page.next))
    assert seen == sorted(there, key=lambda c: (there.index(c) // 2, c), reverse=True)


def test_a_broken_cursor_is_refused():
    for broken in ("x", "####", "A" * 200):
        with pytest.raises(Invalid):
            Cursor.read(broken)


def test_each_list_shows_what_its_name_says(db: Db):
    agent = ana(db)
    free, mine, held = opened(db, "free"), opened(db, "mine"), opened(db, "held")
    spam, over = opened(db, "spam"), opened(db, "over")
    desk.assign(db, mine, agent.id, by=agent, now=NOW)
    desk.change(db, held, Change(assignee=agent.id, snoozed_until=later(days=1)), by=agent, now=NOW)
    desk.set_status(db, spam, Status.SPAM, by=agent, now=NOW)
    desk.set_status(db, over, Status.SOLVED, by=agent, now=NOW)
    expected = {
        ViewKind.MINE: [mine], ViewKind.UNASSIGNED: [free], ViewKind.SNOOZED: [held], ViewKind.SPAM: [spam],
        ViewKind.ALL: [over, held, mine, free], ViewKind.WAITING: [free, mine], ViewKind.DEPARTMENT: [mine, free],
        ViewKind.BREACHING: [], ViewKind.MENTIONED: [], ViewKind.FOLLOWED: [],
    }  # fmt: skip
    for kind, conversations in expected.items():
        assert listed(db, kind, agent) == numbers(db, agent, conversations), kind
    counted = desk.counts(db, agent, now=NOW)
    assert {k: counted[k] for k in ("mine", "unassigned", "waiting", "spam", "snoozed", "breaching")} == {
        "mine": 1, "unassigned": 1, "waiting": 2, "spam": 1, "snoozed": 1, "breaching": 0,
    }  # fmt: skip


def test_what_is_owed_within_two_hours_is_breaching_soon(db: Db):
    agent = ana(db)
    conversation = opened(db)
    assert listed(db, ViewKind.BREACHING, agent, at=timedelta(hours=21)) == []
    assert listed(db, ViewKind.BREACHING, agent, at=timedelta(hours=23)) == numbers(db, agent, [conversation])
    desk.set_priority(db, conversation, Priority.URGENT, by=agent, now=NOW)
    assert listed(db, ViewKind.BREACHING, agent) == numbers(db, agent, [conversation])
    desk.write(db, conversation, NewReply("Here it is"), by=agent, now=NOW)
    assert listed(db, ViewKind.BREACHING, agent, at=timedelta(days=9)) == []


def test_an_agent_lists_own_departments_and_what_concerns_them(db: Db):
    manager, agent = mia(db), ana(db)
    orders = team.save_department(db, team.new_department("Orders"), now=NOW)
    hidden, named, followed, assigned = (opened(db, k, now=later(minutes=n)) for n, k in enumerate("abcd"))
    for one in (hidden, named, followed, assigned):
        desk.move(db, one, orders.id, by=manager, now=NOW)
    desk.note(db, named, "@Ana", [agent.id], by=manager, now=NOW)
    desk.follow(db, followed, agent.id, by=manager, now=NOW)
    desk.assign(db, assigned, agent.id, by=manager, now=NOW)
    public = opened(db, "e", now=later(minutes=9))
    assert listed(db, ViewKind.ALL, agent) == numbers(db, agent, [public, assigned, followed, named])
    assert listed(db, ViewKind.MENTIONED, agent) == numbers(db, agent, [named])
    assert listed(db, ViewKind.FOLLOWED, agent) == numbers(db, agent, [followed])
    assert len(listed(db, ViewKind.ALL, manager)) == 5
    with pytest.raises(NotFound):
        listed(db, ViewKind.DEPARTMENT, agent, department=orders.id)
    assert len(listed(db, ViewKind.DEPARTMENT, manager, department=orders.id)) == 4


def test_unread_is_what_the_customer_said_and_this_agent_has_not_seen(db: Db):
    agent, colleague = ana(db), bram(db)
    (got,) = desk.receive(db, [mail("a")], now=NOW)

    def unread(who: Agent) -> bool:
        return desk.inbox(db, View(ViewKind.ALL), agent=who, now=NOW).rows[0].unread

    assert unread(agent)
    desk.mark_seen(db, got.conversation, got.message, by=agent, now=NOW)
    assert (unread(agent), unread(colleague)) == (False, True)
    desk.receive(db, [answering("b", "a")], now=NOW)
    assert unread(agent)


def test_a_saved_view_lists_by_its_condition_for_whoever_asks(db: Db):
    manager, agent = mia(db), ana(db)
    one, other = opened(db, "a"), opened(db, "b")
    desk.tag(db, one, "Late Delivery", by=agent, now=NOW)
    desk.assign(db, other, agent.id, by=agent, now=NOW)
    condition = {"or": [{"field": "tag", "operator": "contains", "value": "DELIV"},
                        {"field": "assignee", "operator": "is", "value": "me"}]}  # fmt: skip
    view = desk.save_view(db, "Watch", condition, shared=True, by=manager, now=NOW)
    assert listed(db, ViewKind.SAVED, agent, saved=view.id) == numbers(db, agent, [other, one])
    assert listed(db, ViewKind.SAVED, manager, saved=view.id) == numbers(db, manager, [one])
    with pytest.raises(Forbidden):
        desk.remove_view(db, view.id, by=agent)
    own = desk.save_view(db, "Own", condition, by=agent, now=NOW)
    with pytest.raises(NotFound):
        listed(db, ViewKind.SAVED, manager, saved=own.id)
    desk.remove_view(db, own.id, by=agent)
    assert [v.name for v in desk.saved_views(db, agent=agent)] == ["Watch"]
