"""Reading a conversation, by colleagues and by its customer."""

from dataclasses import replace

import pytest

from regulars import desk, people, team
from regulars.desk import Author, NewAttachment, NewReply
from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from tests.cast import NOW
from tests.desk.desk_cast import MALLORY, OMAR, ana, answering, bram, later, mail, mia, opened


def person(db: Db, address: str) -> PersonId:
    return people.root(db, people.find(db, Identity(IdentityKind.EMAIL, address)))


def test_a_thread_shows_what_was_said_in_order_with_files_and_delivery(db: Db):
    agent = ana(db)
    picture = NewAttachment("cat.png", "image/png", b"meow", "cat@1")
    (got,) = desk.receive(db, [mail("a", "Look at this", attachments=(picture,))], now=NOW)
    desk.write(db, got.conversation, NewReply("Nice"), by=agent, now=NOW)
    desk.note(db, got.conversation, "A cat lover", by=agent, now=NOW)
    seen = desk.thread(db, got.conversation, by=agent)
    assert [(m.author, m.text) for m in seen.messages] == [
        (Author.CUSTOMER, "Look at this"), (Author.AGENT, "Nice"), (Author.NOTE, "A cat lover"),
    ]  # fmt: skip
    assert [(f.name, f.size, f.inline_id) for f in seen.messages[0].attachments] == [("cat.png", 4, "cat@1")]
    assert seen.messages[1].delivery == "queued"
    assert desk.attachment(db, seen.messages[0].attachments[0].id, by=agent)[1] == b"meow"
    assert [c.kind for c in seen.changes] == ["status", "assignee"]


def test_an_agent_sees_other_departments_conversations_only_when_named_following_or_assigned(db: Db):
    manager, agent, colleague = mia(db), ana(db), bram(db)
    orders = team.save_department(db, team.new_department("Orders"), now=NOW)
    conversation = opened(db)
    assert desk.thread(db, conversation, by=agent).id == conversation
    desk.move(db, conversation, orders.id, by=manager, now=NOW)
    for who in (agent, colleague):
        with pytest.raises(NotFound):
            desk.thread(db, conversation, by=who)
        with pytest.raises(NotFound):
            desk.set_status(db, conversation, desk.Status.SOLVED, by=who, now=NOW)
    desk.note(db, conversation, "@Ana, you know this", [agent.id], by=manager, now=NOW)
    assert desk.thread(db, conversation, by=agent).messages[-1].mentions == (agent.id,)
    desk.follow(db, conversation, colleague.id, by=manager, now=NOW)
    assert desk.thread(db, conversation, by=colleague).followers == (colleague.id,)


def test_a_customer_sees_their_conversation_without_notes_and_without_what_was_taken_back(db: Db):
    agent = ana(db)
    conversation = opened(db)
    desk.note(db, conversation, "Careful with this one", by=agent, now=NOW)
    oops = desk.write(db, conversation, NewReply("Oops"), by=agent, now=NOW)
    desk.unsend(db, oops.message, by=agent, now=NOW)
    omar = person(db, OMAR.address)
    seen = desk.thread_for_person(db, conversation, omar)
    assert [m.text for m in seen.messages] == ["Where is my order?"]
    assert (seen.changes, seen.row.assignee) == ((), None)
    assert [row.id for row in desk.for_person(db, omar)] == [conversation]


def test_what_a_customer_said_and_was_answered_is_handed_out_without_notes(db: Db):
    agent = ana(db)
    conversation = opened(db, attachments=(NewAttachment("a.txt", "text/plain", b"x"),))
    opened(db, "b", sender=MALLORY, text="Mine")
    desk.note(db, conversation, "Careful with this one", by=agent, now=NOW)
    desk.write(db, conversation, NewReply("On its way"), by=agent, now=NOW)
    [held] = desk.export(db, person(db, OMAR.address))
    assert isinstance(held, dict) and held["subject"] == desk.thread(db, conversation, by=agent).row.subject
    said = [(m["author"], m["text"], m["files"]) for m in held["messages"]]
    file = {"name": "a.txt", "type": "text/plain", "size": 1}
    assert said == [("customer", "Where is my order?", [file]), ("agent", "On its way", [])]


def test_a_customer_sees_nobody_elses_conversation(db: Db):
    conversation = opened(db, attachments=(NewAttachment("a.txt", "text/plain", b"x"),))
    opened(db, "b", sender=MALLORY)
    mallory = person(db, MALLORY.address)
    with pytest.raises(NotFound):
        desk.thread_for_person(db, conversation, mallory)
    file = desk.thread(db, conversation, by=ana(db)).messages[0].attachments[0]
    with pytest.raises(NotFound):
        desk.attachment_for_person(db, file.id, mallory)
    assert desk.attachment_for_person(db, file.id, person(db, OMAR.address))[1] == b"x"


def test_links_to_what_somebody_may_not_see_are_not_shown(db: Db):
    manager, agent = mia(db), ana(db)
    here, hidden, joined = (opened(db, key, subject=key) for key in ("here", "hidden", "joined"))
    orders = team.save_department(db, team.new_department("Orders"), now=NOW)
    desk.relate(db, here, hidden, by=manager, now=NOW)
    desk.merge(db, joined, here, by=manager, now=NOW)
    assert [link.subject for link in desk.thread(db, here, by=agent).links] == ["hidden"]
    desk.move(db, hidden, orders.id, by=manager, now=NOW)
    assert desk.thread(db, here, by=agent).links == ()
    assert [link.subject for link in desk.thread(db, here, by=manager).links] == ["hidden"]
    assert [link.subject for link in desk.thread(db, here, by=agent).merged] == ["joined"]


def test_of_two_customers_who_were_joined_each_reads_their_own_words_and_what_was_answered_since(db: Db):
    agent = ana(db)
    theirs = opened(db, "a", text="My secret address", attachments=(NewAttachment("a.txt", "text/plain", b"x"),))
    desk.write(db, theirs, NewReply("For Omar only"), by=agent, now=NOW)
    own = opened(db, "b", text="And I am Mallory", subject="Mine", sender=MALLORY)
    omar, mallory = person(db, OMAR.address), person(db, MALLORY.address)
    desk.merge(db, own, theirs, by=agent, now=later(seconds=1))
    desk.write(db, theirs, NewReply("To both"), by=agent, now=later(seconds=2))
    again = replace(answering("c", "b", "Thanks", sender=MALLORY), thread=desk.Thread(theirs))
    desk.receive(db, [again, answering("d", "a", "Secret too")], now=later(seconds=3))

    def read(who: PersonId) -> list[str]:
        return [m.text for m in desk.thread_for_person(db, own, who).messages]

    assert read(mallory) == ["And I am Mallory", "To both", "Thanks"]
    assert read(omar) == ["My secret address", "For Omar only", "To both", "Secret too"]
    seen = desk.thread_for_person(db, own, mallory)
    (row,) = desk.for_person(db, mallory)
    for shown in (seen.row, row):
        assert (shown.subject, shown.name, shown.address) == ("Mine", "Mallory", MALLORY.address)
        assert "ecret" not in shown.preview
    assert OMAR.address not in {p.address for p in seen.participants}
    file = desk.thread(db, theirs, by=agent).messages[0].attachments[0]
    assert desk.attachment_for_person(db, file.id, omar)
    with pytest.raises(NotFound):
        desk.attachment_for_person(db, file.id, mallory)
    desk.unmerge(db, own, by=agent, now=later(seconds=4))
    assert "Secret too" in words_for(db, theirs, omar)


def words_for(db: Db, conversation: desk.ConversationId, who: PersonId) -> list[str]:
    return [m.text for m in desk.thread_for_person(db, conversation, who).messages]
