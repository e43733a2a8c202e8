"""The counterfactual of one deed is what really happens when it is forgotten."""

import pytest

from regulars import people
from regulars.decide import Asked, decide, read_world, without
from regulars.decide.corrections import again
from regulars.decide.log import write
from regulars.decide.slots import save_slot
from regulars.kit.errors import NotFound
from regulars.kit.ids import EventId
from regulars.people import Event, EventType, Verb
from tests.cast import NOW
from tests.decide.counter import did, read, someone, stock, teach
from tests.decide.shop import MEAT_EATERS, slot


@pytest.fixture
def vera(db, tmp_path):
    """Somebody who had a bowl, and once an order of three with meat."""
    ids = stock(db)
    teach(db, tmp_path)
    save_slot(db, slot(explore=0.0, variety=0.0), by="mia", now=NOW)
    node = someone(db, "vera")
    did(db, node, Verb.VIEWED, ids["hummus-bowl"], message="m1")
    order = tuple(ids[name] for name in MEAT_EATERS[:3])
    people.record(db, [Event("order", node, EventType.TRACK, "Order Completed", NOW, Verb.BOUGHT, order)], now=NOW)
    return node


@pytest.fixture
def shown(db, tmp_path, vera):
    """The order's event, and a logged decision."""
    world = read_world(db, NOW, var=tmp_path)
    profile = read(db, vera)
    decision = decide(Asked("home.for-you", profile, {}, 4), world, now=NOW)
    write(db, [decision])
    event = next(e for e, v in zip(profile.history.events, profile.history.verbs, strict=True) if v == Verb.BOUGHT)
    return world, decision, EventId(int(event))


def test_it_is_what_do_not_learn_from_this_brings(db, vera, shown):
    world, decision, event = shown
    found = without(db, decision.id, event, profile=read(db, vera), world=world, now=NOW)
    assert found.removed and found.added and len(found.about) == 3
    root = read(db, vera).person
    assert root is not None
    people.learn_from(db, root, [event], learn=False)
    really = again(decision, read(db, vera), world, now=NOW)
    assert [c.item for c in found.decision.items] == [c.item for c in really.items]
    assert [c.reason for c in found.decision.items] == [c.reason for c in really.items]


def test_on_the_page_of_an_item_what_was_not_done_counts_no_more(db, tmp_path, vera):
    save_slot(db, slot("item.next", explore=0.0, variety=0.0), by="mia", now=NOW)
    world, profile = read_world(db, NOW, var=tmp_path), read(db, vera)
    decision = decide(Asked("item.next", profile, {"item": "oat-latte"}, 4), world, now=NOW)
    write(db, [decision])
    event = EventId(int(profile.history.events[profile.history.verbs == Verb.BOUGHT][0]))
    assert event in {b.event for c in decision.items for b in c.reason.because}
    found = without(db, decision.id, event, profile=profile, world=world, now=NOW)
    grounds = [b for c in found.decision.items for b in c.reason.because]
    assert event not in {b.event for b in grounds}
    assert any(b.event is None and b.item == decision.about for b in grounds)


def test_nothing_is_changed_by_asking(db, vera, shown):
    world, decision, event = shown
    before = again(decision, read(db, vera), world, now=NOW)
    without(db, decision.id, event, profile=read(db, vera), world=world, now=NOW)
    assert again(decision, read(db, vera), world, now=NOW) == before


def test_nobody_asks_about_anothers_decision_or_a_deed_that_is_not_theirs(db, vera, shown):
    world, decision, event = shown
    mallory = someone(db, "mallory")
    with pytest.raises(NotFound, match="decision"):
        without(db, decision.id, event, profile=read(db, mallory), world=world, now=NOW)
    with pytest.raises(NotFound, match="event"):
        without(db, decision.id, EventId(1), profile=read(db, vera), world=world, now=NOW)
