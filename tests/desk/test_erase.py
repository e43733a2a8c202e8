"""Who asks to be forgotten is forgotten at the desk too."""

import sqlalchemy as sa

from regulars import desk, messages, people
from regulars.desk import ConversationId, NewAttachment, NewReply
from regulars.desk.erase import sweep
from regulars.people import Identity, IdentityKind, PersonErased
from regulars.store import Db
from tests.cast import NOW
from tests.desk.desk_cast import MALLORY, OMAR, ana, answering, mail, opened

HOUSE = desk.Machine("test")


def forgotten(db: Db, address: str) -> PersonErased:
    node = people.find(db, Identity(IdentityKind.EMAIL, address))
    return people.erase(db, people.root(db, node))


def everything(db: Db) -> str:
    """All that the desk and the ledger hold, as text."""
    tables = ("conversations", "conversation_messages", "conversation_people", "conversation_changes", "attachments",
              "attachment_contents", "drafts")  # fmt: skip
    return "".join(str(db.execute(sa.text(f"select * from {table}")).all()) for table in tables)


def test_the_words_of_an_erased_person_are_gone_and_the_figures_stay(db: Db):
    agent = ana(db)
    secret = NewAttachment("zebra.txt", "text/plain", b"zebra")
    conversation = opened(db, text="my zebra", subject="zebra", attachments=(secret,))
    written = desk.write(db, conversation, NewReply("Dear zebra"), by=agent, now=NOW)
    desk.set_field(db, conversation, "animal", "zebra", by=agent, now=NOW)
    desk.save_draft(db, conversation, "another zebra", by=agent, now=NOW)
    assert desk.erase(db, forgotten(db, OMAR.address).nodes, now=NOW) == 2
    left = everything(db)
    assert "zebra" not in left and OMAR.address not in left and OMAR.name not in left
    seen = desk.thread(db, conversation, by=HOUSE)
    assert [(m.author, m.erased is not None) for m in seen.messages] == [("customer", True), ("agent", True)]
    assert seen.row.messages == 2
    assert written.ledger is None or written.ledger not in messages.states(db, [])


def test_in_another_persons_conversation_only_their_own_words_go(db: Db):
    conversation = opened(db, text="mine", copies=(MALLORY,))
    desk.receive(db, [answering("b", "a", "hers", sender=MALLORY)], now=NOW)
    desk.erase(db, forgotten(db, MALLORY.address).nodes, now=NOW)
    seen = desk.thread(db, conversation, by=HOUSE)
    assert [m.text for m in seen.messages] == ["mine", ""]
    assert seen.row.subject == "My order"


def test_who_was_erased_while_nobody_listened_is_swept_up(db: Db):
    conversation = opened(db, text="my zebra")
    forgotten(db, OMAR.address)
    assert sweep(db, now=NOW) == 1
    assert desk.thread(db, ConversationId(conversation), by=HOUSE).messages[0].text == ""
    assert sweep(db, now=NOW) == 0


def test_the_same_message_does_not_come_back_after_erasing(db: Db):
    opened(db, text="my zebra")
    desk.erase(db, forgotten(db, OMAR.address).nodes, now=NOW)
    (again,) = desk.receive(db, [mail("a", "my zebra")], now=NOW)
    assert not again.fresh
