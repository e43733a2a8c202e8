"""Who left the chat gets the answer by mail, once, and answers from there."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from regulars import desk
from regulars.desk import ConversationId, NewReply
from regulars.desk.unseen import AFTER, mail_unseen
from regulars.kit.ids import new_id
from regulars.store import Db
from regulars.team import Agent
from tests.cast import NOW
from tests.desk.desk_cast import VERA, ana, chat, later, mail

SOON = NOW + AFTER + timedelta(seconds=30)


def asked(db: Db, key: str = "1") -> ConversationId:
    return desk.receive(db, [chat(key, ConversationId(new_id()))], now=NOW)[0].conversation


def answered(
    db: Db, agent: Agent, conversation: ConversationId, text: str = "It is on its way.", *, at: datetime = NOW
):
    return desk.write(db, conversation, NewReply(text), by=agent, now=at)


def mails(db: Db) -> list[str]:
    rows = db.execute(sa.text("select payload ->> 'markdown' from ledger where channel = 'email' order by id"))
    return [str(text) for text in rows.scalars()]


def test_an_answer_nobody_saw_is_mailed_once(db: Db):
    answered(db, ana(db), asked(db))
    assert mail_unseen(db, now=later(seconds=30)) == 0
    assert mail_unseen(db, now=SOON) == 1
    assert mail_unseen(db, now=SOON) == 0
    (text,) = mails(db)
    assert text.startswith("It is on its way.")
    assert "You left our chat" in text


def test_several_answers_are_one_mail(db: Db):
    agent, conversation = ana(db), asked(db)
    answered(db, agent, conversation)
    answered(db, agent, conversation, "Ten minutes.", at=later(seconds=5))
    assert mail_unseen(db, now=SOON) == 1
    assert mails(db)[0].index("It is on its way.") < mails(db)[0].index("Ten minutes.")


def test_what_was_seen_is_not_mailed(db: Db):
    conversation = asked(db)
    said = answered(db, ana(db), conversation)
    desk.seen_by_customer(db, conversation, said.message, now=NOW)
    assert mail_unseen(db, now=SOON) == 0


def test_who_wrote_again_in_the_chat_is_there(db: Db):
    conversation = asked(db)
    answered(db, ana(db), conversation)
    desk.receive(db, [chat("2", conversation, "I am here")], now=later(seconds=40))
    assert mail_unseen(db, now=SOON) == 0


def test_what_was_taken_back_is_not_mailed(db: Db):
    agent = ana(db)
    said = answered(db, agent, asked(db))
    desk.unsend(db, said.message, by=agent, now=later(seconds=3))
    assert mail_unseen(db, now=SOON) == 0


def test_somebody_without_an_address_is_left_in_peace_and_not_asked_for_again(db: Db):
    nobody = desk.Sender(name="Anon")
    conversation = desk.receive(db, [chat("9", ConversationId(new_id()), sender=nobody)], now=NOW)[0].conversation
    answered(db, ana(db), conversation)
    assert mail_unseen(db, now=SOON) == 0
    assert mails(db) == []


def test_the_reply_to_the_mail_is_the_same_conversation(db: Db):
    conversation = asked(db)
    answered(db, ana(db), conversation)
    mail_unseen(db, now=SOON)
    proved = mail("reply", "Thank you!", sender=VERA, thread=desk.Thread(conversation))
    assert desk.receive(db, [proved], now=SOON)[0].conversation == conversation
