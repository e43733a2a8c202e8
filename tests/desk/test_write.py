"""What agents say: replies, notes, taking them back."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from regulars import desk, messages
from regulars.desk import Change, Channel, NewReply, Sender, Status
from regulars.kit.errors import Conflict, Forbidden, Invalid, NotFound
from regulars.messages import State
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from regulars.team import Role
from tests.cast import BRAM, NOW
from tests.desk.desk_cast import ana, bram, chat, colleague, later, mail, mia, opened


def test_a_reply_waits_ten_seconds_in_the_ledger(db: Db):
    conversation = opened(db)
    written = desk.write(db, conversation, NewReply("It is on its way."), by=ana(db), now=NOW)
    assert written.undo_until == NOW + timedelta(seconds=10)
    assert written.ledger is not None
    assert messages.states(db, [written.ledger])[written.ledger].state is State.QUEUED


def test_a_reply_taken_back_in_time_never_goes_out(db: Db):
    conversation = opened(db)
    agent = ana(db)
    written = desk.write(db, conversation, NewReply("Oops"), by=agent, now=NOW)
    assert desk.unsend(db, written.message, by=agent, now=later(seconds=9)) == "Oops"
    assert written.ledger is not None
    assert messages.states(db, [written.ledger])[written.ledger].state is State.CANCELLED
    with pytest.raises(Conflict, match="taken back already"):
        desk.unsend(db, written.message, by=agent, now=later(seconds=9))


def test_a_reply_cannot_be_taken_back_after_ten_seconds(db: Db):
    conversation = opened(db)
    agent = ana(db)
    written = desk.write(db, conversation, NewReply("Fine"), by=agent, now=NOW)
    with pytest.raises(Conflict, match="too late"):
        desk.unsend(db, written.message, by=agent, now=later(seconds=11))


def test_a_viewer_may_not_answer(db: Db):
    conversation = opened(db)
    with pytest.raises(Forbidden):
        desk.write(db, conversation, NewReply("Hi"), by=colleague(db, BRAM, Role.VIEWER), now=NOW)


def test_an_empty_reply_is_refused(db: Db):
    with pytest.raises(Invalid, match="write something"):
        desk.write(db, opened(db), NewReply("  "), by=ana(db), now=NOW)


def test_nobody_answers_what_is_not_there(db: Db):
    nowhere = desk.ConversationId(UUID(int=1))
    with pytest.raises(NotFound):
        desk.write(db, nowhere, NewReply("Hi"), by=ana(db), now=NOW)


def test_an_answer_by_chat_needs_no_address(db: Db):
    conversation = opened(db)
    written = desk.write(db, conversation, NewReply("Hi", channel=Channel.CHAT), by=ana(db), now=NOW)
    assert written.ledger is not None
    assert messages.states(db, [written.ledger])[written.ledger].state is State.ACCEPTED


def test_a_mass_change_is_undone_as_one_and_leaves_what_others_changed_since(db: Db):
    agent = ana(db)
    one, other = opened(db, "a"), opened(db, "b")
    mass, changes = desk.change_many(db, [one, other], Change(status=Status.SOLVED, tag=("late",)), by=agent, now=NOW)
    assert len(changes) == 4
    desk.set_status(db, other, Status.OPEN, by=agent, now=NOW)
    back = desk.undo(db, mass, by=agent, now=NOW)
    assert sorted((c.conversation, c.kind, str(c.after)) for c in back) == sorted(
        [(one, "status", "new"), (one, "tags", "[]"), (other, "tags", "[]")]
    )


def test_a_mass_change_is_undone_by_who_made_it_or_a_manager_and_marked_only_when_it_was(db: Db):
    manager, agent, stranger = mia(db), ana(db), bram(db)
    conversation = opened(db)
    mass, _ = desk.change_many(db, [conversation], Change(status=Status.SOLVED), by=manager, now=NOW)
    with pytest.raises(NotFound):
        desk.undo(db, mass, by=stranger, now=NOW)
    assert desk.undo(db, mass, by=manager, now=NOW)
    mass, _ = desk.change_many(db, [conversation], Change(status=Status.SOLVED), by=agent, now=NOW)
    desk.set_status(db, conversation, Status.OPEN, by=stranger, now=NOW)
    with pytest.raises(Conflict, match="nothing"):
        desk.undo(db, mass, by=agent, now=NOW)
    desk.set_status(db, conversation, Status.SOLVED, by=stranger, now=NOW)
    assert desk.undo(db, mass, by=manager, now=NOW)


def test_of_two_who_answer_at_once_the_second_is_told_first(db: Db):
    one, other = ana(db), bram(db)
    (got,) = desk.receive(db, [mail("a")], now=NOW)
    reply = NewReply("Hello", seen=got.message)
    first = desk.write(db, got.conversation, reply, by=one, now=NOW)
    with pytest.raises(Conflict, match="Ana has answered meanwhile"):
        desk.write(db, got.conversation, reply, by=other, now=NOW)
    desk.write(db, got.conversation, NewReply("Hello too", seen=first.message), by=other, now=NOW)


@pytest.mark.parametrize("after", [None, Status.SOLVED, Status.ON_HOLD, Status.OPEN])
def test_what_was_taken_back_leaves_the_conversation_as_it_stood(db: Db, after: Status | None):
    agent = ana(db)
    conversation = opened(db)
    desk.snooze(db, conversation, later(days=1), by=agent, now=NOW)
    before = desk.thread(db, conversation, by=agent).row
    written = desk.write(db, conversation, NewReply("Oops", close_with=after), by=agent, now=NOW)
    desk.unsend(db, written.message, by=agent, now=NOW)
    assert desk.thread(db, conversation, by=agent).row == before


def test_taking_back_leaves_what_somebody_else_changed_since(db: Db):
    agent, colleague = ana(db), bram(db)
    conversation = opened(db)
    written = desk.write(db, conversation, NewReply("Oops"), by=agent, now=NOW)
    desk.change(db, conversation, Change(status=Status.SPAM, assignee=colleague.id), by=colleague, now=NOW)
    desk.unsend(db, written.message, by=agent, now=NOW)
    row = desk.thread(db, conversation, by=agent).row
    assert (row.status, row.assignee) == (Status.SPAM, colleague.id)


def test_an_answer_by_chat_adds_nobody_to_the_conversation(db: Db):
    conversation = desk.ConversationId(UUID(int=3))
    desk.receive(db, [chat("1", conversation, sender=Sender(Identity(IdentityKind.ANONYMOUS, "a1")))], now=NOW)
    desk.write(db, conversation, NewReply("Hi"), by=ana(db), now=NOW)
    (only,) = desk.thread(db, conversation, by=desk.Machine("test")).participants
    assert only.person is not None


def test_an_answer_to_a_form_goes_out_as_mail_and_its_receiver_then_belongs(db: Db):
    person = Sender(Identity(IdentityKind.USER, "vera"))
    arrival = desk.Arrival("form:1", Channel.FORM, Sender(None, "vera@example.org", "Vera"), NOW, "Hello")
    (got,) = desk.receive(db, [arrival], now=NOW)
    written = desk.write(db, got.conversation, NewReply("Hi"), by=ana(db), now=NOW)
    assert written.ledger is not None
    seen = desk.thread(db, got.conversation, by=desk.Machine("test"))
    assert (seen.messages[-1].channel, seen.messages[-1].address) == (Channel.EMAIL, "vera@example.org")
    (chatting,) = desk.receive(db, [chat("1", desk.ConversationId(UUID(int=3)), sender=person)], now=NOW)
    with pytest.raises(Invalid, match="no e-mail address"):
        desk.write(db, chatting.conversation, NewReply("Hi", channel=Channel.EMAIL), by=bram(db), now=NOW)


def letter(db: Db, written: desk.Written) -> str:
    """The text that goes out."""
    query = sa.text("select payload ->> 'markdown' from ledger where id = :id")
    return str(db.execute(query, {"id": written.ledger}).scalar_one())


def test_a_signature_stands_under_a_mail_and_nowhere_else(db: Db):
    agent, conversation = ana(db), opened(db)
    by_mail = desk.write(db, conversation, NewReply("Here.", signature="Ana\nOrders"), by=agent, now=NOW)
    assert letter(db, by_mail) == "Here.\n\n-- \nAna\nOrders"
    plain = desk.write(db, conversation, NewReply("There."), by=agent, now=NOW)
    assert letter(db, plain) == "There."
    desk.write(db, conversation, NewReply("Hi", Channel.CHAT, signature="Ana"), by=agent, now=NOW)
    assert [m.text for m in desk.thread(db, conversation, by=agent).messages][1:] == ["Here.", "There.", "Hi"]


def test_the_same_key_is_one_reply_and_one_note(db: Db):
    agent, conversation = ana(db), opened(db)
    first, again = (desk.write(db, conversation, NewReply("Hi", key="k"), by=agent, now=NOW) for _ in range(2))
    assert (first.fresh, again) == (True, replace(first, fresh=False))
    notes = {desk.note(db, conversation, "Hm", by=agent, now=NOW, key="k") for _ in range(2)}
    assert len(notes) == 1 and len(desk.thread(db, conversation, by=agent).messages) == 3
    desk.unsend(db, first.message, by=agent, now=NOW)
    with pytest.raises(Conflict, match="taken back"):
        desk.write(db, conversation, NewReply("Hi", key="k"), by=agent, now=NOW)


def test_placeholders_are_filled_in_or_refused_by_name(db: Db):
    agent, conversation = ana(db), opened(db)
    desk.write(db, conversation, NewReply("Hi {{ customer.name }}, {{ agent.first_name }}"), by=agent, now=NOW)
    assert desk.thread(db, conversation, by=agent).messages[-1].text == "Hi Omar, Ana"
    for broken in ("Hi {{ customer.city }}", "Hi {{ customer", "{% if %}"):
        with pytest.raises(Invalid):
            desk.write(db, conversation, NewReply(broken), by=agent, now=NOW)
    with pytest.raises(Invalid, match=r"agent\.name"):
        desk.write(db, conversation, NewReply("{{ agent.name }}"), by=desk.Machine("program"), now=NOW)
