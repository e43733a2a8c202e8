"""Filling a database with the demo."""

import pytest
import sqlalchemy as sa

from regulars import catalog, people, team
from regulars.demo.fill import fill
from regulars.demo.notes import Keys
from regulars.desk.answers.keeping import answers
from regulars.desk.help import pages
from regulars.kit.ids import PersonId
from regulars.people import Identity, IdentityKind, Purpose
from tests.cast import ANA, MIA, NOW, OMAR, VERA
from tests.demo.conftest import Shop

ALLOWED_SECONDS = 20


def test_it_is_quick(shop: Shop):
    assert shop.seconds < ALLOWED_SECONDS


def test_everything_on_the_menu_and_the_reading_table_is_in_the_catalogue(shop: Shop):
    with shop.database.begin() as db:
        assert dict(catalog.kinds(db)) == {"product": 105, "part": 45, "article": 80, "help": 40}


def test_the_desk_has_work_answers_and_help(shop: Shop):
    with shop.database.begin() as db:
        agents = team.agents(db)
        assert len(pages(db)) == 40
        assert len(answers(db, by=agents[0], most=100)) == 16
        assert db.execute(sa.text("select count(*) from conversations")).scalar_one() == 600
        assert len([a for a in agents if a.role is team.Role.AGENT and a.departments]) == 4


def test_what_vera_writes_by_mail_is_hers(shop: Shop):
    with shop.database.begin() as db:
        mail = people.find(db, Identity(IdentityKind.EMAIL, "vera@example.com"))
        assert people.root(db, mail) == people.root(db, people.find(db, Identity(IdentityKind.USER, VERA)))


def test_vera_is_known_with_a_history_and_her_word(shop: Shop):
    with shop.database.begin() as db:
        vera = people.profile(db, Identity(IdentityKind.USER, VERA))
    assert len(vera.history.items) == 200
    assert vera.facet("diet").stated == ["vegan"]
    assert vera.consents[Purpose.PERSONALISATION] is True
    assert vera.traits["name"] == "Vera"


def test_what_vera_did_before_she_signed_in_is_hers_too(shop: Shop):
    with shop.database.begin() as db:
        vera = people.profile(db, Identity(IdentityKind.ANONYMOUS, "visitor-vera"))
        assert vera.person == people.profile(db, Identity(IdentityKind.USER, VERA)).person


def test_omar_stated_nothing(shop: Shop):
    with shop.database.begin() as db:
        assert people.profile(db, Identity(IdentityKind.USER, OMAR)).facet("diet").stated is None


@pytest.mark.long
def test_who_refused_is_not_learned_from(shop: Shop):
    with shop.database.begin() as db:
        log = people.logs(db)
        learned_from = {PersonId(p) for p in set(log.people.tolist())}
        refused = [p for p in learned_from if people.allowed(db, p).get(Purpose.PERSONALISATION) is False]
    assert len(learned_from) > 1_500
    assert refused == []


def test_filling_again_changes_nothing_and_keeps_the_keys(shop: Shop):
    database, first = shop.database, shop.done
    again = fill(database, now=NOW, keys=Keys(first.write_key, first.server_key))
    assert again == first


def test_lost_keys_are_replaced(shop: Shop):
    database, first = shop.database, shop.done
    again = fill(database, now=NOW)
    with database.begin() as db:
        assert team.key_of(db, first.write_key) is None
        assert team.key_of(db, again.write_key) is not None


def test_the_key_of_the_pages_is_for_the_demos_own_address_wherever_it_is_served(shop: Shop):
    database = shop.database
    first = fill(database, now=NOW, url="http://127.0.0.1:8000")
    known = Keys(first.write_key, first.server_key)
    assert fill(database, now=NOW, keys=known, url="http://127.0.0.1:8000").write_key == first.write_key
    moved = fill(database, now=NOW, keys=known, url="http://127.0.0.1:8010")
    with database.begin() as db:
        assert team.key_of(db, first.write_key) is None
        key = team.key_of(db, moved.write_key)
    assert key and set(key.origins) == {"http://127.0.0.1:8010", "http://localhost:8010"}
    assert moved.server_key == first.server_key


def test_the_team_can_sign_in(shop: Shop):
    by_name = {s["name"]: s for s in shop.done.sign_ins}
    for colleague in (MIA, ANA):
        with shop.database.begin() as db:
            said = by_name[colleague.name]
            signed_in = team.sign_in(db, said["email"], said["password"], address="127.0.0.1", now=NOW)
            assert isinstance(signed_in, team.SignedIn)
            assert signed_in.agent.name == colleague.name
