"""A ready answer is filled in whole, or refused with what is missing."""

import pytest

from regulars.desk.answers.filling import About, files_of, preview, render
from regulars.desk.answers.keeping import add_file, save_answer
from regulars.desk.answers.model import AnswerText, NewAnswer, Scope
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import PersonId
from regulars.store import Db
from tests.cast import NOW
from tests.desk.answers.conftest import House, saved


def test_the_placeholders_are_what_we_know(db: Db, house: House, vera: PersonId):
    text = (
        "{{ customer.first_name }} {{ customer.last_name }} {{ customer.traits.allergy }} {{ conversation.number }} "
        "{{ agent.name }} {{ department.name }} {{ today | date: 'medium' }}"
    )
    about = About(house.ana, vera, number=12, department=house.orders)
    assert preview(db, text, about, language="en", now=NOW) == "Vera Blum nuts #12 Ana Orders Nov 20, 2026"


def test_an_answer_is_given_in_the_customers_language(db: Db, house: House, vera: PersonId):
    texts = {"en": AnswerText("Hi", "Hello {{ customer.name }}"), "nl": AnswerText("Hoi", "Hallo {{ customer.name }}")}
    held = save_answer(db, NewAnswer(texts), by=house.ana, now=NOW)
    filled = render(db, held.id, About(house.ana, vera), language="nl", now=NOW)
    assert (filled.text, filled.language) == ("Hallo Vera Blum", "nl")


def test_what_is_missing_is_named_and_nothing_is_made(db: Db, house: House):
    held = saved(db, house.ana, "Hello {{ customer.first_name }}")
    with pytest.raises(Invalid) as refused:
        render(db, held.id, About(house.ana), language="en", now=NOW)
    assert list(refused.value.fields) == ["customer.first_name"]
    assert "customer.first_name" in refused.value.detail


def test_an_address_is_no_first_name(db: Db, house: House):
    held = saved(db, house.ana, "Hello {{ customer.first_name | default: 'there' }}")
    about = About(house.ana, name="vera@example.com", address="vera@example.com")
    assert render(db, held.id, about, language="en", now=NOW).text == "Hello there"


def test_what_a_customer_calls_themselves_is_text_and_no_template(db: Db, house: House):
    held = saved(db, house.ana, "Hello {{ customer.name }}")
    about = About(house.ana, name="{{ agent.email }}{% for i in (1..9) %}x{% endfor %}")
    assert render(db, held.id, about, language="en", now=NOW).text == f"Hello {about.name}"


def test_another_agents_answer_is_not_filled_in(db: Db, house: House, vera: PersonId):
    held = saved(db, house.ana, scope=Scope.TEAM, department=house.orders)
    for other in (house.bram, house.mallory):
        with pytest.raises(NotFound):
            render(db, held.id, About(other, vera), language="en", now=NOW)


def test_files_go_along_in_their_language(db: Db, house: House):
    held = saved(db, house.ana)
    add_file(db, held.id, "menu.pdf", b"all", by=house.ana)
    add_file(db, held.id, "kaart.pdf", b"nl", by=house.ana, language="nl")
    filled = render(db, held.id, About(house.ana), language="en", now=NOW)
    assert files_of(db, filled) == [("menu.pdf", "application/pdf", b"all")]
