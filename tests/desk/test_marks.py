"""Seen marks, drafts, who looks, snoozes."""

import pytest

from regulars import desk
from regulars.desk import Author, ConversationId, Status
from regulars.desk.chores import CHORES, close_old, wake_up
from regulars.kit.errors import Invalid
from regulars.store import Database, Db
from tests.cast import NOW
from tests.desk.desk_cast import ana, answering, bram, later, mail, opened


def test_a_draft_is_the_same_on_every_device_until_it_is_sent(db: Db):
    agent, colleague = ana(db), bram(db)
    conversation = opened(db)
    desk.save_draft(db, conversation, "Dear O", by=agent, now=NOW, channel="email")
    kept = desk.draft(db, conversation, by=agent)
    assert kept is not None and (kept.text, kept.more) == ("Dear O", {"channel": "email"})
    assert desk.draft(db, conversation, by=colleague) is None
    desk.write(db, conversation, desk.NewReply("Dear Omar"), by=agent, now=NOW)
    assert desk.draft(db, conversation, by=agent) is None


def test_colleagues_see_who_looks_and_who_types(db: Db):
    agent, colleague = ana(db), bram(db)
    conversation = opened(db)
    assert desk.look(db, conversation, by=agent, now=NOW) == []
    (there,) = desk.look(db, conversation, by=colleague, typing=True, now=later(seconds=5))
    assert (there.agent, there.typing) == (agent.id, False)
    (other,) = desk.look(db, conversation, by=agent, now=later(seconds=6))
    assert (other.agent, other.typing) == (colleague.id, True)
    assert [x.typing for x in desk.looking(db, conversation, now=later(seconds=20))] == [False, False]
    assert desk.looking(db, conversation, now=later(seconds=60)) == []
    desk.look_away(db, conversation, by=colleague)
    assert [x.agent for x in desk.looking(db, conversation, now=later(seconds=6))] == [agent.id]


def test_seen_marks_only_move_forward(db: Db):
    agent = ana(db)
    first, second = desk.receive(db, [mail("a"), answering("b", "a")], now=NOW)
    desk.mark_seen(db, first.conversation, second.message, by=agent, now=NOW)
    desk.mark_seen(db, first.conversation, first.message, by=agent, now=NOW)
    desk.seen_by_customer(db, first.conversation, first.message, now=NOW)
    seen = desk.thread(db, first.conversation, by=agent)
    assert (seen.seen, seen.seen_by_customer) == ({agent.id: second.message}, first.message)
    desk.mark_unseen(db, first.conversation, by=agent)
    assert desk.thread(db, first.conversation, by=agent).row.unread


def test_a_snooze_ends_in_the_future(db: Db):
    with pytest.raises(Invalid, match="future"):
        desk.snooze(db, opened(db), NOW, by=ana(db), now=NOW)


def test_a_customers_word_ends_a_snooze_and_an_automatic_one_does_not(db: Db):
    agent = ana(db)
    conversation = opened(db)
    desk.snooze(db, conversation, later(days=2), by=agent, now=NOW)
    desk.receive(db, [mail("b", thread=desk.Thread(in_reply_to="<a@example>"), automatic="reply")], now=NOW)
    seen = desk.thread(db, conversation, by=agent)
    assert (seen.messages[-1].author, seen.row.snoozed_until) == (Author.AUTOMATIC, later(days=2))
    desk.receive(db, [answering("c", "a")], now=NOW)
    assert desk.thread(db, conversation, by=agent).row.snoozed_until is None


def test_the_job_wakes_what_is_due_and_nothing_else(database: Database):
    with database.begin() as db:
        agent = ana(db)
        conversation = opened(db)
        desk.snooze(db, conversation, later(days=2), by=agent, now=NOW)
    args = {"conversation": str(conversation)}

    def snoozed() -> bool:
        with database.begin() as db:
            return desk.thread(db, conversation, by=agent).row.snoozed_until is not None

    wake_up(database, args, later(days=1))
    assert snoozed()
    CHORES["desk.wake"](database, args, later(days=2))
    assert not snoozed()


def test_what_was_solved_four_weeks_ago_is_closed_and_an_answer_then_follows_it_up(database: Database):
    with database.begin() as db:
        agent = ana(db)
        conversation = opened(db)
        desk.set_status(db, conversation, Status.SOLVED, by=agent, now=NOW)
    close_old(database, {}, later(days=27))
    with database.begin() as db:
        assert desk.thread(db, conversation, by=agent).row.status is Status.SOLVED
    close_old(database, {}, later(days=29))
    with database.begin() as db:
        assert desk.thread(db, conversation, by=agent).row.status is Status.CLOSED
        one, two = desk.receive(db, [answering("b", "a"), answering("c", "a")], now=later(days=30))
        (three,) = desk.receive(db, [answering("d", "a")], now=later(days=30))
        assert one.opened and {two.conversation, three.conversation} == {one.conversation}
        links = desk.thread(db, ConversationId(one.conversation), by=agent).links
        assert [(link.conversation, link.kind) for link in links] == [(conversation, "follow_up")]
