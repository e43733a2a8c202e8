"""Filling a database with the demo."""

import time

import pytest

from regulars import catalog, people, team
from regulars.demo.fill import Filled, Keys, fill
from regulars.people import Identity, IdentityKind, Purpose
from regulars.store import Database
from tests.cast import ANA, MIA, NOW, OMAR, VERA

ALLOWED_SECONDS = 20


@pytest.fixture(scope="module")
def filled(make_database) -> tuple[Database, Filled, float]:
    database = Database(make_database("filled"))
    began = time.monotonic()
    done = fill(database, now=NOW)
    return database, done, time.monotonic() - began


def test_it_is_quick(filled: tuple[Database, Filled, float]):
    assert filled[2] < ALLOWED_SECONDS


def test_everything_on_the_menu_and_the_reading_table_is_in_the_catalogue(filled: tuple[Database, Filled, float]):
    with filled[0].begin() as db:
        assert dict(catalog.kinds(db)) == {"product": 105, "part": 45, "article": 80}


def test_vera_is_known_with_a_history_and_her_word(filled: tuple[Database, Filled, float]):
    with filled[0].begin() as db:
        vera = people.profile(db, Identity(IdentityKind.USER, VERA))
    assert len(vera.history.items) == 200
    assert vera.facet("diet").stated == ["vegan"]
    assert vera.consents[Purpose.PERSONALISATION] is True
    assert vera.traits["name"] == "Vera"


def test_what_vera_did_before_she_signed_in_is_hers_too(filled: tuple[Database, Filled, float]):
    with filled[0].begin() as db:
        vera = people.profile(db, Identity(IdentityKind.ANONYMOUS, "visitor-vera"))
        assert vera.person == people.profile(db, Identity(IdentityKind.USER, VERA)).person


def test_omar_stated_nothing(filled: tuple[Database, Filled, float]):
    with filled[0].begin() as db:
        assert people.profile(db, Identity(IdentityKind.USER, OMAR)).facet("diet").stated is None


def test_what_someone_did_who_refused_is_not_learned_from(filled: tuple[Database, Filled, float]):
    with filled[0].begin() as db:
        log = people.logs(db)
        for person in set(log.people.tolist()):
            assert people.allowed(db, person).get(Purpose.PERSONALISATION) is not False
            break


def test_filling_again_changes_nothing_and_keeps_the_keys(filled: tuple[Database, Filled, float]):
    database, first, _ = filled
    again = fill(database, now=NOW, keys=Keys(first.write_key, first.server_key))
    assert again == first


def test_lost_keys_are_replaced(filled: tuple[Database, Filled, float]):
    database, first, _ = filled
    again = fill(database, now=NOW)
    with database.begin() as db:
        assert team.key_of(db, first.write_key) is None
        assert team.key_of(db, again.write_key) is not None


def test_the_team_can_sign_in(filled: tuple[Database, Filled, float]):
    by_name = {s["name"]: s for s in filled[1].sign_ins}
    for colleague in (MIA, ANA):
        with filled[0].begin() as db:
            said = by_name[colleague.name]
            signed_in = team.sign_in(db, said["email"], said["password"], address="127.0.0.1", now=NOW)
            assert signed_in and signed_in.agent.name == colleague.name
