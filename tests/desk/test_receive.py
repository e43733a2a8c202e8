"""The one door in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from regulars import desk
from regulars.desk.times import EARLIEST
from regulars.store import Db
from tests.cast import NOW
from tests.desk.desk_cast import answering, mail


def test_the_same_message_arrives_once(db: Db):
    (first,) = desk.receive(db, [mail("a")], now=NOW)
    (again,) = desk.receive(db, [mail("a")], now=NOW)
    assert (first.fresh, first.opened) == (True, True)
    assert (again.fresh, again.opened) == (False, False)
    assert (again.message, again.conversation) == (first.message, first.conversation)


def test_the_same_message_twice_in_a_batch_arrives_once(db: Db):
    first, again = desk.receive(db, [mail("a"), mail("a")], now=NOW)
    assert again == desk.Received(first.message, first.conversation, fresh=False, opened=False)


def test_an_answer_lands_in_the_conversation_it_answers(db: Db):
    (first,) = desk.receive(db, [mail("a")], now=NOW)
    (answer,) = desk.receive(db, [answering("b", "a")], now=NOW)
    assert (answer.conversation, answer.opened) == (first.conversation, False)


@pytest.mark.parametrize(("said", "kept"), [
    (datetime.max.replace(tzinfo=UTC), NOW), (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), EARLIEST),
    (NOW + timedelta(minutes=1), NOW), (NOW - timedelta(days=1), NOW - timedelta(days=1)),
])  # fmt: skip
def test_a_clock_that_is_wrong_breaks_no_list(db: Db, said: datetime, kept: datetime):
    (got,) = desk.receive(db, [replace(mail("a"), at=said)], now=NOW)
    assert desk.thread(db, got.conversation, by=desk.Machine("test")).messages[0].at == kept
