"""The world of a process: always new enough, never broken by a broken file."""

import threading
from datetime import timedelta

import pytest

from regulars import catalog, choices, people
from regulars.decide import Asked, Worlds, decide, keep, models, save_slot
from regulars.decide.store import versions
from regulars.kit.ids import new_id
from regulars.people import Verb
from tests.cast import NOW, VERA
from tests.decide.counter import did, read, someone, stock, teach
from tests.decide.shop import ALLERGENS, DIET, model, slot


@pytest.fixture
def worlds(database, tmp_path):
    with database.begin() as db:
        stock(db)
    kept = Worlds(database, tmp_path)
    yield kept
    kept.close()


def counters(database):
    with database.begin() as db:
        return versions(db)


def current(worlds, database):
    return worlds.current(counters(database), NOW)


def test_the_same_world_serves_while_nothing_changes(worlds, database):
    assert current(worlds, database) is current(worlds, database)


def test_a_change_counts_for_who_saw_its_number(worlds, database):
    before = current(worlds, database)
    with database.begin() as db:
        save_slot(db, slot(size=3), by="mia", now=NOW)
        choices.remove(db, ALLERGENS.name)
        catalog.upsert(db, [catalog.NewItem("new-bun", title={"en": "New bun"})], now=NOW)
    after = current(worlds, database)
    assert after is not before
    assert after.slots["home.for-you"].size == 3
    assert ALLERGENS.name not in after.definitions
    assert DIET.name in after.definitions
    assert "new-bun" in after.shelf.by_external


def test_what_has_no_news_is_taken_over(worlds, database, tmp_path):
    with database.begin() as db:
        teach(db, tmp_path)
    before = current(worlds, database)
    with database.begin() as db:
        save_slot(db, slot(size=3), by="mia", now=NOW)
    after = current(worlds, database)
    assert after.model is before.model is not None
    assert after.shelf is before.shelf


def test_without_a_model_the_last_thirty_days_are_counted(worlds, database):
    with database.begin() as db:
        vera = someone(db, VERA)
        did(db, vera, Verb.BOUGHT, current(worlds, database).shelf.by_external["cola"], message="1")
    later = NOW + timedelta(minutes=2)  # counts are a minute old at most
    world = worlds.current(counters(database), later)
    assert world.shelf.items[int(world.popular({}).items[0])].external_id == "cola"


def test_a_new_model_serves_from_its_commit_on(worlds, database, tmp_path):
    assert current(worlds, database).model is None
    with database.begin() as db:
        teach(db, tmp_path)
    assert current(worlds, database).model_id == model().id


@pytest.mark.parametrize("fault", ["cut", "changed", "gone", "other"])
def test_a_corrupt_model_is_refused_and_the_one_before_serves_on(worlds, database, tmp_path, fault):
    with database.begin() as db:
        teach(db, tmp_path)
    good = current(worlds, database).model
    path, id_ = tmp_path / "models" / "bad.taste", new_id()
    content = bytearray((tmp_path / "models" / "small.taste").read_bytes())
    if fault == "changed":
        content[-100] ^= 1
    if fault != "gone":
        path.write_bytes(content[:-50] if fault == "cut" else content)
    with database.begin() as db:
        keep(db, id_, path, digest="not this one", report={}, now=NOW + timedelta(hours=1))
    assert current(worlds, database).model is good
    fresh = Worlds(database, tmp_path)  # another process, which never had the good one in memory
    assert current(fresh, database).model_id == model().id
    fresh.close()
    with database.begin() as db:
        bad = next(m for m in models(db) if m.id == id_)
    assert bad.refused


def test_many_threads_refresh_once(worlds, database):
    counted = counters(database)
    found = []
    threads = [threading.Thread(target=lambda: found.append(worlds.current(counted, NOW))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(w) for w in found}) == 1


def test_a_decision_from_the_database_uses_what_was_just_done(worlds, database, tmp_path):
    with database.begin() as db:
        teach(db, tmp_path)
        vera = someone(db, VERA)
    world = current(worlds, database)
    with database.begin() as db:
        did(db, vera, Verb.BOUGHT, world.shelf.by_external["falafel-wrap"], message="1")
        decision = decide(Asked("home.for-you", read(db, vera)), world, now=NOW)
    assert decision.items[0].reason.text == "Because you had the falafel wrap"
    assert people.Verb.BOUGHT == Verb.BOUGHT
