"""Whose a ready answer is decides who sees and changes it."""

from uuid import uuid4

import pytest

from regulars.desk.answers.keeping import (
    add_file,
    answer,
    answers,
    archive_answer,
    remove_file,
    restore_answer,
    save_answer,
)
from regulars.desk.answers.model import AnswerText, NewAnswer, Scope
from regulars.kit.errors import Forbidden, Invalid, NotFound, TooLarge
from regulars.store import Db
from tests.cast import NOW
from tests.desk.answers.conftest import House, saved


def test_a_personal_answer_is_nobody_elses(db: Db, house: House):
    mine = saved(db, house.ana)
    for other in (house.bram, house.mia, house.mallory):
        with pytest.raises(NotFound):
            answer(db, mine.id, by=other)
        with pytest.raises(NotFound):
            archive_answer(db, mine.id, by=other, now=NOW)
        assert answers(db, by=other) == []
    assert answer(db, mine.id, by=house.ana).texts["en"].text == "Hello"


def test_a_team_answer_is_its_departments(db: Db, house: House):
    team = saved(db, house.ana, scope=Scope.TEAM, department=house.orders)
    assert [a.id for a in answers(db, by=house.ana)] == [team.id]
    assert [a.id for a in answers(db, by=house.mia)] == [team.id]
    assert answers(db, by=house.bram) == answers(db, by=house.mallory) == []
    with pytest.raises(NotFound):
        save_answer(db, NewAnswer({"en": AnswerText("x", "y")}), by=house.bram, now=NOW, id=team.id)


def test_everybodys_answer_is_read_by_all_and_changed_by_managers(db: Db, house: House):
    shared = saved(db, house.mia, scope=Scope.GLOBAL)
    assert answer(db, shared.id, by=house.mallory).id == shared.id
    for other in (house.ana, house.mallory):
        with pytest.raises(Forbidden):
            archive_answer(db, shared.id, by=other, now=NOW)
        with pytest.raises(Forbidden):
            add_file(db, shared.id, "menu.pdf", b"%PDF", by=other)
    archive_answer(db, shared.id, by=house.mia, now=NOW)
    assert answers(db, by=house.ana) == []
    assert [a.id for a in answers(db, by=house.ana, archived=True)] == [shared.id]
    restore_answer(db, shared.id, by=house.mia, now=NOW)
    assert len(answers(db, by=house.ana)) == 1


@pytest.mark.parametrize("scope", [Scope.GLOBAL, Scope.TEAM])
def test_an_agent_writes_neither_for_everybody_nor_for_another_department(db: Db, house: House, scope: Scope):
    department = house.catering if scope is Scope.TEAM else None
    with pytest.raises(Forbidden):
        saved(db, house.ana, scope=scope, department=department)


def test_who_only_looks_writes_nothing(db: Db, house: House):
    with pytest.raises(Forbidden):
        saved(db, house.mallory)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewAnswer({}), "texts"),
        (NewAnswer({"en": AnswerText("", "x")}), "texts.en.title"),
        (NewAnswer({"en": AnswerText("x", " ")}), "texts.en.text"),
        (NewAnswer({"en": AnswerText("x", "{{ customer.name")}), "texts.en.text"),
        (NewAnswer({"en": AnswerText("x", "{{ custmer.name }}")}), "texts.en.text"),  # a slip of the pen
        (NewAnswer({"en": AnswerText("x", "{{ customer.frist_name | default: 'you' }}")}), "texts.en.text"),
        (NewAnswer({"en": AnswerText("x", "{{ customer.name | shout }}")}), "texts.en.text"),
        (NewAnswer({"en": AnswerText("x", "{% include 'x' %}")}), "texts.en.text"),
        (NewAnswer({"english!": AnswerText("x", "y")}), "texts.english!"),
        (NewAnswer({"en": AnswerText("x", "y")}, shortcut="a b"), "shortcut"),
        (NewAnswer({"en": AnswerText("x", "y")}, Scope.TEAM), "department"),
    ],
)
def test_a_fault_is_found_when_it_is_written(db: Db, house: House, new: NewAnswer, field: str):
    with pytest.raises(Invalid) as refused:
        save_answer(db, new, by=house.ana, now=NOW)
    assert list(refused.value.fields) == [field]


def test_an_unknown_department_is_refused(db: Db, house: House):
    with pytest.raises(Invalid):
        saved(db, house.mia, scope=Scope.TEAM, department=uuid4())


def test_answers_are_found_by_beginnings_of_words_without_accents(db: Db, house: House):
    texts = {"en": AnswerText("Refund sent", "Your money"), "es": AnswerText("Devolución enviada", "Tu dinero")}
    refund = save_answer(db, NewAnswer(texts, shortcut="refund"), by=house.ana, now=NOW)
    hello = saved(db, house.ana, "Hello there", title="Greeting")
    for typed in ("devolucion", "DEV", "mon", "/refund"[1:], "ref mon", "dinero"):
        assert [a.id for a in answers(db, typed, by=house.ana)] == [refund.id]
    assert answers(db, "nothing of the kind", by=house.ana) == []
    assert [a.id for a in answers(db, by=house.ana, language="es")] == [refund.id, hello.id]


def test_the_customers_language_comes_first_then_the_nearest(db: Db, house: House):
    texts = {"en": AnswerText("Hi", "Hello"), "nl": AnswerText("Hoi", "Hallo")}
    held = save_answer(db, NewAnswer(texts), by=house.ana, now=NOW)
    assert [held.text(code).text for code in ("nl", "nl-BE", "en", "fr")] == ["Hallo", "Hallo", "Hello", "Hello"]


def test_files_go_along_until_they_are_taken_away(db: Db, house: House):
    held = saved(db, house.ana)
    file = add_file(db, held.id, "../../etc/menu.pdf", b"%PDF", by=house.ana)
    assert (file.name, file.type) == ("menu.pdf", "application/pdf")
    assert answer(db, held.id, by=house.ana).files == (file,)
    with pytest.raises(TooLarge):
        add_file(db, held.id, "empty", b"", by=house.ana)
    remove_file(db, held.id, file.id, by=house.ana)
    with pytest.raises(NotFound):
        remove_file(db, held.id, file.id, by=house.ana)
