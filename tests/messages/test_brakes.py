"""Automatic answers stop before two machines write to each other for ever."""

from datetime import timedelta

from regulars import messages
from tests.cast import NOW


def test_one_conversation_gets_one_automatic_answer_a_day(db):
    assert messages.may_answer(db, "vera@example.com", "one", now=NOW)
    assert not messages.may_answer(db, "VERA@example.com ", "one", now=NOW + timedelta(hours=23))
    assert messages.may_answer(db, "vera@example.com", "one", now=NOW + timedelta(hours=25))


def test_one_address_gets_five_an_hour_whatever_they_are_about(db):
    went = [messages.may_answer(db, "loop@example.com", f"c{n}", now=NOW + timedelta(minutes=n)) for n in range(20)]
    assert went == [True] * 5 + [False] * 15
    assert messages.may_answer(db, "loop@example.com", "later", now=NOW + timedelta(hours=2))
    assert messages.may_answer(db, "omar@example.com", "c1", now=NOW)
