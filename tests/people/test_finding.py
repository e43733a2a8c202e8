"""Finding people for the company's eyes."""

from datetime import timedelta

from regulars import people
from regulars.kit.ids import PersonId
from regulars.people.model import Event, EventType, Identity, IdentityKind
from regulars.store import Db
from tests.cast import ANON, NOW, OMAR, VERA


def known(db: Db, *names: tuple[IdentityKind, str]) -> list[PersonId]:
    made = people.resolve(db, [Identity(k, v) for k, v in names], now=NOW)
    return [made[Identity(k, v)] for k, v in names]


def did_something(db: Db, person: PersonId, message: str) -> None:
    people.record(db, [Event(message, person, EventType.PAGE, "home", NOW)], now=NOW)


def test_people_are_found_by_the_beginning_of_any_name_the_exact_one_first(db: Db):
    known(db, (IdentityKind.USER, VERA + "-2"), (IdentityKind.USER, VERA), (IdentityKind.USER, OMAR))
    found = people.search(db, VERA)
    assert [f.identities[0].value for f in found] == [VERA, VERA + "-2"]


def test_a_merged_person_is_found_once_with_every_name(db: Db):
    anon, vera = known(db, (IdentityKind.ANONYMOUS, ANON), (IdentityKind.USER, VERA))
    people.join(db, anon, vera, source="test", by="test", now=NOW)
    found = people.search(db, VERA)
    assert [{i.value for i in f.identities} for f in found] == [{ANON, VERA}]


def test_a_percent_sign_is_a_letter_like_any_other(db: Db):
    known(db, (IdentityKind.USER, VERA))
    assert people.search(db, "%") == []
    assert people.search(db, "_era") == []


def test_without_a_name_those_who_did_something_last_come_first(db: Db):
    omar, vera = known(db, (IdentityKind.USER, OMAR), (IdentityKind.USER, VERA))
    did_something(db, vera, "m-1")
    did_something(db, omar, "m-2")
    found = people.search(db)
    assert [f.root for f in found] == [omar, vera]
    assert found[0].last_seen == NOW


def test_the_tally_counts_people_and_events_and_what_came_lately(db: Db):
    (vera,) = known(db, (IdentityKind.USER, VERA))
    did_something(db, vera, "m-1")
    found = people.tally(db, since=NOW - timedelta(days=1))
    assert (found.people, found.events, found.lately) == (1, 1, 1)
    assert people.tally(db, since=NOW + timedelta(days=1)).lately == 0
