"""Names and the nodes they lead to."""

import pytest

from regulars import people
from regulars.kit.errors import Invalid, NotFound, TooLarge
from regulars.kit.ids import PersonId
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from tests.cast import NOW, VERA
from tests.people.people_cast import claimed, device, user


def test_a_name_always_leads_to_the_same_node(db: Db):
    first = people.resolve(db, [device("a"), user("a"), device("a")], now=NOW)
    assert len(set(first.values())) == 2
    assert people.resolve(db, iter([user("a"), device("a")]), now=NOW) == first
    assert people.resolve(db, [], now=NOW) == {}


def test_a_proven_a_claimed_and_a_device_of_one_name_are_three(db: Db):
    assert len(set(people.resolve(db, [user(VERA), claimed(VERA), device(VERA)], now=NOW).values())) == 3


@pytest.mark.long
def test_twenty_thousand_names_are_resolved_at_once(db: Db):
    names = [Identity(IdentityKind.EMAIL, f"{n}@example.com") for n in range(20_000)]
    found = people.resolve(db, names, now=NOW)
    assert len(set(found.values())) == 20_000
    assert people.resolve(db, names[::-1], now=NOW) == found


@pytest.mark.parametrize("value", ["é" * 512, "a\tb", "\\N", "{,}", '"', "😀", "' or 1=1"])
def test_any_text_may_be_a_name(db: Db, value: str):
    node = people.resolve(db, [device(value)], now=NOW)[device(value)]
    assert people.find(db, device(value)) == node == people.profile(db, device(value)).node


def test_a_name_no_database_holds_is_cleaned_and_still_found(db: Db):
    odd = device("a\x00\ud800")
    assert people.resolve(db, [odd], now=NOW)[odd] == people.find(db, odd) == people.profile(db, odd).node
    assert people.identities(db, people.find(db, odd)) == [device("a\ufffd\ufffd")]


@pytest.mark.parametrize("value", ["", "x" * 513])
def test_a_name_has_a_length(db: Db, value: str):
    for ask in (people.find, lambda db, i: people.resolve(db, [i], now=NOW), lambda db, i: people.known(db, [i])):
        with pytest.raises(Invalid):
            ask(db, device(value))


def test_looking_makes_nobody(db: Db):
    assert people.known(db, [device("a")]) == {}
    with pytest.raises(NotFound, match="user 'vera'"):
        people.find_user(db, VERA)
    assert people.nodes(db, PersonId(0)) == []
    assert people.identities(db, PersonId(0)) == []
    assert people.present(db, [PersonId(0)]) == set()


def test_traits_have_a_bound_and_what_is_held_stays(db: Db):
    node = people.resolve(db, [user(VERA)], now=NOW)[user(VERA)]
    people.set_traits(db, node, {"city": "Utrecht", "plan": "free"})
    with pytest.raises(TooLarge):
        people.set_traits(db, node, {"novel": "x" * 200_000})
    people.set_traits(db, node, {"plan": None, "n\x00": "\ud800"})
    assert people.profile_of(db, node).traits == {"city": "Utrecht", "n\ufffd": "\ufffd"}
