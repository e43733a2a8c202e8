"""Slots and rules of the company, and how a person arranges a page."""

from dataclasses import replace
from uuid import UUID

import pytest

from regulars.decide import (
    Effect,
    ShopRule,
    blocks,
    default_slots,
    delete_rule,
    delete_slot,
    rules,
    save_rule,
    save_slot,
    slots,
)
from regulars.kit.conditions import Operator, Test
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.text import LANGUAGES
from tests.cast import NOW
from tests.decide.shop import person, slot


def test_every_site_begins_with_slots_that_have_titles(db):
    found = slots(db)
    assert {"home.for-you", "home.because", "home.popular", "home.to-read", "item.next"} <= set(found)
    assert all(found[name].title[code] for name in found for code in LANGUAGES)


def test_a_saved_slot_overrules_the_default_until_it_is_deleted(db):
    save_slot(db, slot(size=3), by="mia", now=NOW)
    assert slots(db)["home.for-you"].size == 3
    delete_slot(db, "home.for-you")
    assert slots(db)["home.for-you"] == default_slots()["home.for-you"]
    with pytest.raises(NotFound):
        delete_slot(db, "home.for-you")


def test_a_slot_without_sense_is_not_saved(db):
    with pytest.raises(Invalid):
        save_slot(db, slot(size=1000), by="mia", now=NOW)


def test_rules_are_kept_in_their_order(db):
    first = ShopRule(UUID(int=1), "a", Effect.PIN, Test("item", Operator.IS, "soup"))
    second = replace(first, id=UUID(int=2), name="b")
    save_rule(db, second, by="mia", now=NOW, order=1)
    save_rule(db, first, by="mia", now=NOW, order=2)
    assert rules(db) == [second, first]
    delete_rule(db, second.id)
    assert rules(db) == [first]
    with pytest.raises(NotFound):
        delete_rule(db, second.id)


def of_home(profile):
    return [s.name for s in blocks(list(default_slots().values()), "home", profile)]


def test_blocks_stand_as_the_company_placed_them():
    assert of_home(person()) == ["home.for-you", "home.because", "home.popular", "home.to-read"]


def test_a_person_moves_and_hides_blocks_of_a_page():
    moved = person(chose={("layout", "home"): ["home.to-read", "home.for-you"], "hidden_blocks": ["home.popular"]})
    assert of_home(moved) == ["home.to-read", "home.for-you", "home.because"]
