"""Conversations brought in from elsewhere: whole, once, as they stood."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from regulars import desk
from regulars.desk import Author, Channel, Sender, Status
from regulars.kit.errors import Invalid
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from tests.cast import utc
from tests.desk.desk_cast import mia

NOW = utc(2026, 11, 22, 12)
ASKED = NOW - timedelta(days=9)


def said(author: Author, hours: int, text: str) -> desk.PastMessage:
    return desk.PastMessage(author, ASKED + timedelta(hours=hours), text, name="Ana" if author is Author.AGENT else "")


def past(key: str = "old-1", status: Status = Status.SOLVED, **more: object) -> desk.PastConversation:
    sender = Sender(Identity(IdentityKind.USER, "vera"), "Vera@Example.com", "Vera")
    messages = (
        said(Author.CUSTOMER, 0, "Is the soup vegan?"),
        said(Author.NOTE, 1, "ask the kitchen"),
        said(Author.AGENT, 2, "It is."),
    )
    given = {"messages": messages, "tags": ("diet",)} | more
    return desk.PastConversation(key, Channel.CHAT, sender, "Soup", status, **given)  # type: ignore[arg-type]


def row(db: Db) -> sa.Row[tuple[object, ...]]:
    return db.execute(sa.text("select * from conversations")).one()


def test_a_conversation_is_there_as_it_stood_with_all_that_was_said(db: Db):
    assert desk.bring_in(db, [past()], now=NOW) == 1
    kept = row(db)
    assert (kept.status, kept.messages, kept.tags, kept.address) == ("solved", 3, ["diet"], "vera@example.com")
    assert kept.last_at == kept.solved_at == kept.first_reply_at == ASKED + timedelta(hours=2)
    assert kept.preview == "It is."
    assert kept.waiting_since is None
    told = db.execute(sa.text("select author, text from conversation_messages order by id")).all()
    assert [tuple(t) for t in told] == [
        ("customer", "Is the soup vegan?"), ("note", "ask the kitchen"), ("agent", "It is."),
    ]  # fmt: skip


def test_it_is_found_by_its_tags(db: Db):
    desk.bring_in(db, [past(tags=("complaint",))], now=NOW)
    (hit,) = desk.search(db, "complaint", agent=mia(db), now=NOW).hits
    assert hit.tags == ("complaint",)


def test_bringing_it_in_again_changes_nothing(db: Db):
    desk.bring_in(db, [past()], now=NOW)
    assert desk.bring_in(db, [past(), past("old-2")], now=NOW) == 1
    assert db.execute(sa.text("select count(*) from conversation_messages")).scalar_one() == 6


def test_who_still_waits_is_waiting_since_they_asked(db: Db):
    asked = (said(Author.CUSTOMER, 0, "Hello?"), said(Author.CUSTOMER, 5, "Anybody?"))
    desk.bring_in(db, [past(status=Status.NEW, messages=asked)], now=NOW)
    assert row(db).waiting_since == ASKED
    assert row(db).due_at == ASKED + timedelta(days=1)


def test_nothing_is_sent(db: Db):
    desk.bring_in(
        db, [past(), past("just-now", messages=(said(Author.CUSTOMER, 0, "?"), said(Author.AGENT, 215, "!")))], now=NOW
    )
    assert desk.mail_unseen(db, now=NOW) == 0
    assert db.execute(sa.text("select count(*) from ledger")).scalar_one() == 0


def test_the_next_mail_of_the_customer_finds_it(db: Db):
    desk.bring_in(db, [past()], now=NOW)
    arrival = desk.Arrival(
        "chat:1", Channel.CHAT, Sender(Identity(IdentityKind.USER, "vera")), NOW, text="And the bread?",
        thread=desk.Thread(past().id),
    )  # fmt: skip
    (received,) = desk.receive(db, [arrival], now=NOW)
    assert received.conversation == past().id
    assert row(db).status == "open"


@pytest.mark.parametrize("bad", [past(key=""), past(messages=())])
def test_one_without_a_key_or_without_words_is_refused(db: Db, bad: desk.PastConversation):
    with pytest.raises(Invalid, match="key of its own"):
        desk.bring_in(db, [bad], now=NOW)
