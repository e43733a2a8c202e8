"""Stating, clearing, denying, using; and taking each back."""

import pytest

from regulars import people
from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import PersonId
from regulars.people import Evidence, Facet, Guess
from regulars.store import Db
from tests.cast import NOW
from tests.people.people_cast import device, later, user

BY = "vera"


@pytest.fixture
def vera(db: Db) -> PersonId:
    return people.resolve(db, [user("vera")], now=NOW)[user("vera")]


@pytest.fixture
def phone(db: Db) -> PersonId:
    return people.resolve(db, [device("phone")], now=NOW)[device("phone")]


def held(db: Db, node: PersonId, name: str = "diet", scope: str = "") -> Facet:
    return people.profile_of(db, node).facet(name, scope)


def guess(value: str, confidence: float = 0.8) -> Guess:
    return Guess("diet", value, confidence, (Evidence("event", "7", 0.6),))


def test_what_is_stated_counts_at_once_and_clearing_goes_back_to_the_guess(db: Db, vera: PersonId):
    people.save_guesses(db, {vera: [guess("vegetarian")]}, now=NOW)
    assert held(db, vera).value == "vegetarian"
    people.state(db, vera, "diet", "vegan", by=BY, now=later(1))
    assert held(db, vera).value == "vegan"
    people.clear(db, vera, "diet", by=BY, now=later(2))
    assert held(db, vera).value == "vegetarian"
    assert held(db, vera).stated_at == later(2)


def test_a_scope_has_a_value_of_its_own(db: Db, vera: PersonId):
    people.state(db, vera, "mode", "i_choose", scope="home.for-you", by=BY, now=NOW)
    assert held(db, vera, "mode", "home.for-you").value == "i_choose"
    assert held(db, vera, "mode", "home.to-read").value is None


def test_a_denied_guess_does_not_act_and_undoing_brings_it_back(db: Db, vera: PersonId):
    people.save_guesses(db, {vera: [guess("vegetarian")]}, now=NOW)
    change = people.deny(db, vera, "diet", "vegetarian", by=BY, now=NOW)
    assert held(db, vera).value is None
    people.undo(db, vera, change.id, by=BY, now=later(1))
    assert held(db, vera).value == "vegetarian"


def test_a_guess_not_to_be_used_does_not_act(db: Db, vera: PersonId):
    people.save_guesses(db, {vera: [guess("vegetarian")]}, now=NOW)
    people.use(db, vera, "diet", False, by=BY, now=NOW)
    assert held(db, vera).value is None
    assert held(db, vera).inferred == "vegetarian"


def test_undoing_gives_back_exactly_what_was(db: Db, vera: PersonId):
    people.state(db, vera, "diet", ["vegan"], by=BY, now=NOW)
    before = held(db, vera)
    change = people.state(db, vera, "diet", ["none"], by="omar", now=later(1))
    assert (change.before["stated"], change.after["stated"]) == (["vegan"], ["none"])
    people.undo(db, vera, change.id, by=BY, now=later(2))
    assert held(db, vera) == before
    assert [c.undone for c in people.changes(db, vera)] == [True, False]


def test_undoing_an_older_change_of_another_kind_keeps_what_came_since(db: Db, vera: PersonId):
    first = people.deny(db, vera, "diet", "a", by=BY, now=NOW)
    people.deny(db, vera, "diet", "b", by=BY, now=later(1))
    people.state(db, vera, "diet", "vegan", by=BY, now=later(2))
    people.undo(db, vera, first.id, by=BY, now=later(3))
    assert (held(db, vera).denied, held(db, vera).stated) == (("b",), "vegan")


def test_what_changed_again_since_cannot_be_undone_nor_anything_twice(db: Db, vera: PersonId):
    first = people.state(db, vera, "diet", "vegan", by=BY, now=NOW)
    second = people.state(db, vera, "diet", "none", by=BY, now=later(1))
    with pytest.raises(Conflict, match="newer"):
        people.undo(db, vera, first.id, by=BY, now=later(2))
    people.undo(db, vera, second.id, by=BY, now=later(2))
    with pytest.raises(Conflict, match="already"):
        people.undo(db, vera, second.id, by=BY, now=later(3))
    people.undo(db, vera, first.id, by=BY, now=later(3))
    assert held(db, vera).stated_at is None


def test_nobody_undoes_what_another_person_changed(db: Db, vera: PersonId, phone: PersonId):
    change = people.state(db, vera, "diet", "vegan", by=BY, now=NOW)
    with pytest.raises(NotFound):
        people.undo(db, phone, change.id, by="mallory", now=NOW)
    assert held(db, vera).value == "vegan"


def test_clearing_on_another_node_of_the_same_person_clears(db: Db, vera: PersonId, phone: PersonId):
    people.state(db, phone, "diet", "vegan", by=BY, now=NOW)
    people.join(db, phone, vera, source="test", by="test", now=later(1))
    people.clear(db, vera, "diet", by=BY, now=later(2))
    assert held(db, phone).value is None


def test_what_was_hidden_on_either_side_stays_hidden_until_said_otherwise(db: Db, vera: PersonId, phone: PersonId):
    for node, items in ((vera, ["beef"]), (phone, ["cake"])):
        people.state(db, node, "hidden_items", items, by=BY, now=NOW, gathers=True)
    people.join(db, phone, vera, source="test", by="test", now=later(1))
    assert sorted(held(db, vera, "hidden_items").value) == ["beef", "cake"]  # type: ignore[type-var,arg-type]
    people.state(db, phone, "hidden_items", ["cake"], by=BY, now=later(2), gathers=True)
    assert held(db, vera, "hidden_items").value == ["cake"]


def test_a_new_set_of_guesses_replaces_the_old_one(db: Db, vera: PersonId):
    people.save_guesses(db, {vera: [guess("vegan"), Guess("city", "Utrecht", 0.5, ())]}, now=NOW)
    people.save_guesses(db, {vera: [guess("none")]}, now=later(1))
    assert held(db, vera).inferred == "none"
    assert held(db, vera).evidence == (Evidence("event", "7", 0.6),)
    assert held(db, vera, "city").inferred is None
    people.save_guesses(db, {vera: []}, now=later(2))
    assert held(db, vera).value is None


def test_guesses_for_someone_erased_meanwhile_are_passed_over(db: Db, vera: PersonId):
    people.save_guesses(db, {PersonId(vera + 1000): [guess("vegan")], vera: [guess("vegan")]}, now=NOW)
    assert held(db, vera).inferred == "vegan"


def test_an_empty_statement_is_refused(db: Db, vera: PersonId):
    with pytest.raises(Invalid):
        people.state(db, vera, "diet", None, by=BY, now=NOW)
    with pytest.raises(NotFound):
        people.state(db, PersonId(0), "diet", "vegan", by=BY, now=NOW)


def test_values_that_no_database_holds_are_cleaned(db: Db, vera: PersonId):
    people.state(db, vera, "diet", {"a\x00": ["\ud800", float("nan")]}, by=BY, now=NOW)
    assert held(db, vera).value == {"a�": ["\ufffd", None]}


def test_the_list_of_facets_says_what_the_profile_says(db: Db, vera: PersonId, phone: PersonId):
    people.state(db, vera, "diet", "vegan", by=BY, now=NOW)
    people.deny(db, phone, "city", "Utrecht", by=BY, now=NOW)
    people.join(db, phone, vera, source="test", by="test", now=later(1))
    assert {(f.name, f.scope): f for f in people.facets(db, vera)} == people.profile_of(db, vera).facets


def test_the_last_word_counts_whatever_the_clocks_of_the_servers_say(db: Db, vera: PersonId, phone: PersonId):
    people.join(db, phone, vera, source="test", by="test", now=NOW)
    people.state(db, vera, "diet", "vegan", by=BY, now=later(5))
    people.state(db, phone, "diet", "none", by=BY, now=later(3))
    assert held(db, vera).value == "none"
    people.clear(db, vera, "diet", by=BY, now=later(1))
    assert held(db, vera).value is None
