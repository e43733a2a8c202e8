"""Choosing, clearing, saying right and wrong."""

import pytest

from regulars import choices, people
from regulars.choices.model import Acts, FacetDefinition, Many, Value
from regulars.kit.errors import Invalid
from regulars.people import Guess, Identity, IdentityKind
from tests.cast import NOW, VERA, utc

LATER = utc(2026, 11, 20, 13)
CITY = Guess("city", "Utrecht", 0.8, ())


@pytest.fixture
def vera(db):
    who = Identity(IdentityKind.USER, VERA)
    return people.resolve(db, [who], now=NOW)[who]


def held(db, node, facet):
    return choices.held_facet(db, node, facet)


def test_what_is_chosen_is_stated_until_it_is_cleared(db, vera):
    people.save_guesses(db, {vera: [CITY]}, now=NOW)
    choices.choose(db, vera, "city", "Delft", by="vera", now=NOW)
    assert held(db, vera, "city").value == "Delft"
    choices.clear(db, vera, "city", by="vera", now=LATER)
    assert held(db, vera, "city").value == "Utrecht"  # the guess kept learning beside it


def test_right_makes_a_fact_of_the_guess(db, vera):
    people.save_guesses(db, {vera: [CITY]}, now=NOW)
    choices.right(db, vera, "city", by="vera", now=NOW)
    assert held(db, vera, "city").stated == "Utrecht"
    with pytest.raises(Invalid):
        choices.right(db, vera, "region", by="vera", now=NOW)


def test_wrong_denies_what_is_guessed(db, vera):
    people.save_guesses(db, {vera: [CITY]}, now=NOW)
    choices.deny(db, vera, "city", by="vera", now=NOW)
    assert held(db, vera, "city").value is None
    with pytest.raises(Invalid):
        choices.deny(db, vera, "region", by="vera", now=NOW)


def test_a_guess_may_be_switched_off(db, vera):
    people.save_guesses(db, {vera: [CITY]}, now=NOW)
    choices.use(db, vera, "city", False, by="vera", now=NOW)
    assert held(db, vera, "city").value is None


def test_a_list_grows_and_shrinks_by_one(db, vera):
    assert choices.add(db, vera, "hidden_items", "cola", by="vera", now=NOW)
    assert choices.add(db, vera, "hidden_items", "cola", by="vera", now=NOW) is None
    choices.add(db, vera, "hidden_items", "tea", by="vera", now=LATER)
    choices.take(db, vera, "hidden_items", "cola", by="vera", now=LATER)
    assert held(db, vera, "hidden_items").stated == ["tea"]


def test_both_sides_of_a_merge_keep_their_nos(db, vera):
    phone = Identity(IdentityKind.ANONYMOUS, "phone")
    other = people.resolve(db, [phone], now=NOW)[phone]
    choices.add(db, vera, "hidden_items", "cola", by="vera", now=NOW)
    choices.add(db, other, "hidden_items", "tea", by="vera", now=LATER)
    people.join(db, vera, other, source="sign-in", by="test", now=LATER)
    assert set(held(db, vera, "hidden_items").stated) == {"cola", "tea"}


def test_of_a_diet_the_newer_word_counts_when_two_become_one(db, vera):
    diet = FacetDefinition(
        "diet", Many.SEVERAL, Acts.REQUIRE, values=(Value("vegan"), Value("halal")), attribute="diet"
    )
    choices.define(db, diet, now=NOW)
    other = people.resolve(db, [Identity(IdentityKind.ANONYMOUS, "laptop")], now=NOW)
    laptop = next(iter(other.values()))
    choices.choose(db, laptop, "diet", ["vegan"], by="vera", now=NOW)
    choices.choose(db, vera, "diet", ["halal"], by="vera", now=LATER)
    people.join(db, vera, laptop, source="sign-in", by="test", now=LATER)
    assert held(db, vera, "diet").stated == ["halal"]  # both at once would leave nearly nothing to eat
