"""Between two learnings: what is recorded counts within seconds, for what is popular, tried, and goes together."""

import time
from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from regulars import catalog, people, taste
from regulars.catalog import NewItem
from regulars.decide import Asked, Worlds, decide
from regulars.decide.model import ReasonKind
from regulars.decide.slots import save_slot
from regulars.kit.ids import ItemId
from regulars.people import Event, EventType, Identity, IdentityKind, Verb
from regulars.people.model import Consent, Purpose
from regulars.store import Database, bump
from tests.cast import NOW
from tests.decide.counter import did, read, someone, stock, teach
from tests.decide.shop import VEGANS, item, slot


@pytest.fixture
def worlds(database: Database, tmp_path):
    """The small shop with a model, and this process's view of it."""
    with database.begin() as db:
        stock(db)
        teach(db, tmp_path)
        save_slot(db, slot("home.popular", explore=0.0, variety=0.0), by="mia", now=NOW)
        save_slot(db, slot(explore=0.0, variety=0.0), by="mia", now=NOW)
    made = Worlds(database, tmp_path)
    made.current({}, NOW)
    yield made
    made.close()


def record(database: Database, verb: Verb, *rows: tuple[str, int], at=NOW) -> None:
    """Events of (person, item)."""
    with database.begin() as db:
        who = [Identity(IdentityKind.USER, name) for name, _ in rows]
        nodes = people.resolve(db, who, now=at)
        made = [
            Event(f"{verb}-{name}-{i}-{n}", nodes[one], EventType.TRACK, verb.name, at, verb, (ItemId(i),))
            for n, (one, (name, i)) in enumerate(zip(who, rows, strict=True))
        ]
        people.record(db, made, now=at)


def popular(worlds: Worlds, size: int = 3):
    world = worlds.current({}, NOW)
    asked = Asked("home.popular", people.Profile(None, None, (), {}, {}, {}, EMPTY), {}, size)
    return decide(asked, world, now=NOW).items


EMPTY = people.History(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0))


def test_what_many_do_now_is_popular_within_one_reading_and_says_so(database: Database, worlds: Worlds):
    quiet = item("tuna-salad")
    assert popular(worlds)[0].item != quiet
    record(database, Verb.BOUGHT, *((f"p{n}", quiet) for n in range(300)))
    assert worlds.freshen(NOW)
    first = popular(worlds)[0]
    assert first.item == quiet
    assert (first.reason.kind, first.reason.text) == (ReasonKind.POPULAR, "Popular right now")
    assert not worlds.freshen(NOW)


def test_a_new_item_moves_from_its_words_to_its_people(database: Database, worlds: Worlds):
    with database.begin() as db:
        catalog.upsert(db, [NewItem("new-pie", title={"en": "New pie"})], now=NOW)
        vera = someone(db, "vera")
        did(db, vera, Verb.BOUGHT, item("hummus-bowl"), message="v1")
        versions = people.profile_of(db, vera).versions
    world = worlds.current(versions, NOW)
    pie = world.shelf.by_external["new-pie"]
    rows = [(f"q{n}", item(name)) for n in range(30) for name in VEGANS[:3]] + [(f"q{n}", pie) for n in range(30)]
    record(database, Verb.BOUGHT, *rows, at=NOW)
    worlds.freshen(NOW)
    fresh = worlds.current(versions, NOW)
    with database.begin() as db:
        history = read(db, someone(db, "vera")).history
    assert fresh.model is not None
    names, parts = taste.by_part(fresh.model, history, [pie], now_seconds=NOW.timestamp())
    given = dict(zip(names, parts[0], strict=True))
    assert sum(given.values()) - given["content"] > given["content"]
    assert fresh.learned is world.learned and fresh.model is not world.model


def test_what_they_refused_to_be_learned_from_counts_for_nothing(database: Database, worlds: Worlds):
    quiet = item("tuna-salad")
    record(database, Verb.BOUGHT, *(("mallory", quiet) for _ in range(1)))
    with database.begin() as db:
        no = Consent(Purpose.PERSONALISATION, False, "w", "en", "test", NOW)
        people.consent(db, someone(db, "mallory"), no)
    record(database, Verb.VIEWED, *(("mallory", quiet) for _ in range(200)))
    worlds.freshen(NOW)
    world = worlds.current({}, NOW)
    assert quiet not in (world.pulse.counts if world.pulse else {})


def test_showings_and_answers_reach_what_trying_goes_by(database: Database, worlds: Worlds):
    record(database, Verb.SHOWN, *((f"p{n}", item("cola")) for n in range(50)))
    record(database, Verb.CLICKED, *((f"p{n}", item("cola")) for n in range(10)))
    worlds.freshen(NOW)
    tallies = worlds.current({}, NOW).tallies
    assert (tallies.shown[item("cola")], tallies.answered[item("cola")]) == (50, 10)


def test_an_event_that_commits_late_is_found(database: Database, worlds: Worlds):
    """Ids are given before the commit: a slow transaction's come after higher ones were read."""
    record(database, Verb.VIEWED, ("a", item("cola")))
    worlds.freshen(NOW)
    with database.begin() as slow:
        node = someone(slow, "slow")
        did(slow, node, Verb.SHOWN, item("brownie"), message="late")
        record(database, Verb.SHOWN, ("b", item("cola")))
        worlds.freshen(NOW)
    worlds.freshen(NOW)
    tallies = worlds.current({}, NOW).tallies
    assert (tallies.shown[item("brownie")], tallies.shown[item("cola")]) == (1, 1)


def test_a_newer_world_keeps_what_happened(database: Database, worlds: Worlds):
    record(database, Verb.BOUGHT, *((f"p{n}", item("tuna-salad")) for n in range(300)))
    worlds.freshen(NOW)
    with database.begin() as db:
        bump(db, "slots")
        number = db.execute(sa.text("select value from versions where name = 'slots'")).scalar_one()
    world = worlds.current({"slots": number}, NOW)
    assert world.versions["slots"] == number
    assert popular(worlds)[0].item == item("tuna-salad")


def test_the_background_does_it_by_itself_and_stops(database: Database, worlds: Worlds):
    record(database, Verb.BOUGHT, *((f"p{n}", item("tuna-salad")) for n in range(300)), at=NOW + timedelta(days=900))
    worlds.keep_fresh(0.02)
    until = time.monotonic() + 20
    while worlds.current({}, NOW).pulse is None and time.monotonic() < until:
        time.sleep(0.02)
    assert worlds.current({}, NOW).pulse is not None
    worlds.close()
    assert worlds._thread is not None and not worlds._thread.is_alive()
