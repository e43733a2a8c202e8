"""Merging, parting and splitting: in any order, every message is there exactly once."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from regulars import desk
from regulars.desk import ConversationId, MessageId, Status
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.store import Db
from regulars.team import Agent
from tests.cast import NOW
from tests.desk.desk_cast import OMAR, ana, answering, later, mail, opened

HOUSE = desk.Machine("test")


@pytest.fixture
def agent(db: Db) -> Agent:
    return ana(db)


def texts(db: Db, conversation: ConversationId) -> list[str]:
    return [m.text for m in desk.thread(db, conversation, by=HOUSE).messages]


def test_what_is_written_to_a_merged_conversation_later_lands_in_the_joined_one(db: Db, agent: Agent):
    one, other = opened(db, "a", text="one"), opened(db, "b", text="other")
    desk.merge(db, one, other, by=agent, now=NOW)
    (got,) = desk.receive(db, [answering("c", "a", "more")], now=NOW)
    assert got.conversation == other
    assert texts(db, other) == texts(db, one) == ["one", "other", "more"]
    desk.unmerge(db, one, by=agent, now=NOW)
    assert (texts(db, one), texts(db, other)) == (["one", "more"], ["other"])


def test_a_merge_that_opened_a_solved_conversation_solves_it_again_when_undone(db: Db, agent: Agent):
    one, other = opened(db, "a"), opened(db, "b")
    desk.set_status(db, other, Status.SOLVED, by=agent, now=NOW)
    desk.merge(db, one, other, by=agent, now=NOW)
    joined = desk.thread(db, other, by=agent).row
    assert (joined.status, joined.waiting_since is not None) == (Status.OPEN, True)
    desk.unmerge(db, one, by=agent, now=NOW)
    assert desk.thread(db, other, by=agent).row.status is Status.SOLVED
    assert desk.thread(db, one, by=agent).row.status is Status.NEW


def test_nothing_is_merged_with_itself_or_in_a_circle(db: Db, agent: Agent):
    one, other, third = opened(db, "a"), opened(db, "b"), opened(db, "c")
    with pytest.raises(Conflict):
        desk.merge(db, one, one, by=agent, now=NOW)
    desk.merge(db, one, other, by=agent, now=NOW)
    desk.merge(db, other, third, by=agent, now=NOW)
    for a, b in ((third, one), (one, third), (other, one)):
        with pytest.raises(Conflict, match="one conversation already"):
            desk.merge(db, a, b, by=agent, now=NOW)
    with pytest.raises(Conflict, match="not merged"):
        desk.unmerge(db, third, by=agent, now=NOW)


def test_splitting_needs_some_messages_but_not_all(db: Db, agent: Agent):
    (first,) = desk.receive(db, [mail("a")], now=NOW)
    elsewhere = desk.receive(db, [mail("x")], now=NOW)[0].message
    for wrong in ([], [first.message], [elsewhere], [first.message, elsewhere]):
        with pytest.raises(Invalid, match="some of the messages"):
            desk.split(db, first.conversation, wrong, by=agent, now=NOW)


def test_a_split_conversation_is_its_writers_own_and_linked(db: Db, agent: Agent):
    first, second = desk.receive(db, [mail("a", "one"), answering("b", "a", "two")], now=NOW)
    new = desk.split(db, first.conversation, [second.message], by=agent, now=NOW, subject="Another matter")
    seen = desk.thread(db, new, by=agent)
    assert (seen.row.subject, [m.text for m in seen.messages]) == ("Another matter", ["two"])
    assert [(link.conversation, link.kind, link.later) for link in seen.links] == [(first.conversation, "split", False)]
    (third,) = desk.receive(db, [answering("c", "b", "three", sender=OMAR)], now=NOW)
    assert third.conversation == new


def test_who_may_not_see_both_merges_nothing(db: Db, agent: Agent):
    one = opened(db, "a")
    with pytest.raises(NotFound):
        desk.merge(db, one, ConversationId(UUID(int=5)), by=agent, now=NOW)


@dataclass
class Model:
    """What should be: each message's origin, and who was merged into whom."""

    origin: dict[MessageId, int] = field(default_factory=dict)
    parent: dict[int, int | None] = field(default_factory=dict)
    ids: list[ConversationId] = field(default_factory=list)

    def root(self, n: int) -> int:
        while (up := self.parent[n]) is not None:
            n = up
        return n

    def read_in(self, root: int) -> list[MessageId]:
        return sorted(m for m, n in self.origin.items() if self.root(n) == root)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "unmerge", "split", "mail", "open"]), st.integers(0, 9), st.integers(0, 9)
    ),
    max_size=14,
)


@example(steps=[("merge", 0, 1), ("merge", 1, 2), ("mail", 0, 0), ("unmerge", 1, 0), ("mail", 0, 0), ("unmerge", 0, 0)])
@example(
    steps=[("merge", 0, 1), ("split", 0, 1), ("merge", 3, 2), ("unmerge", 0, 0), ("mail", 3, 0), ("unmerge", 3, 0)]
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_keeps_every_message_once_and_parts_exactly(
    db: Db, agent: Agent, steps: list[tuple[str, int, int]]
):
    attempt = db.begin_nested()
    try:
        model = Model()
        for n in range(3):
            _open(db, model, f"start{n}")
        for n, (what, a, b) in enumerate(steps):
            _step(db, agent, model, (what, a % len(model.ids), b % len(model.ids), n))
            _check(db, model)
    finally:
        attempt.rollback()


def _open(db: Db, model: Model, key: str) -> None:
    (got,) = desk.receive(db, [mail(key)], now=NOW)
    model.parent[len(model.ids)] = None
    model.origin[got.message] = len(model.ids)
    model.ids.append(got.conversation)


def _step(db: Db, agent: Agent, model: Model, step: tuple[str, int, int, int]) -> None:
    what, a, b, n = step
    now = later(minutes=n)
    if what == "open":
        _open(db, model, f"open{n}")
    elif what == "mail":  # by token: to whichever conversation it was written to
        letter = mail(f"mail{n}", thread=desk.Thread(conversation=model.ids[a]))
        (got,) = desk.receive(db, [letter], now=now)
        assert got.conversation == model.ids[model.root(a)]
        model.origin[got.message] = a
    elif what == "merge":
        if model.root(a) == model.root(b):
            with pytest.raises(Conflict):
                desk.merge(db, model.ids[a], model.ids[b], by=agent, now=now)
        else:
            desk.merge(db, model.ids[a], model.ids[b], by=agent, now=now)
            model.parent[model.root(a)] = model.root(b)
    elif what == "unmerge":
        if model.parent[a] is None:
            with pytest.raises(Conflict):
                desk.unmerge(db, model.ids[a], by=agent, now=now)
        else:
            desk.unmerge(db, model.ids[a], by=agent, now=now)
            model.parent[a] = None
    elif len(there := model.read_in(model.root(a))) > 1:
        taken = there[b % len(there)]
        new = desk.split(db, model.ids[a], [taken], by=agent, now=now)
        model.parent[len(model.ids)] = None
        model.origin[taken] = len(model.ids)
        model.ids.append(new)


def _check(db: Db, model: Model) -> None:
    for n, id in enumerate(model.ids):
        seen = desk.thread(db, id, by=HOUSE)
        expected = model.read_in(model.root(n))
        assert (seen.id, [m.id for m in seen.messages]) == (model.ids[model.root(n)], expected)
        assert seen.row.messages == len(expected)
    listed = db.execute(sa.text("select id from conversations where merged_into is null")).scalars()
    assert set(listed) >= {model.ids[n] for n, up in model.parent.items() if up is None}
