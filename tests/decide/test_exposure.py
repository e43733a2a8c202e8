"""What people were shown: figures of a made-up week, and from the log."""

from dataclasses import replace

import numpy as np
import pytest

from regulars import taste
from regulars.decide import Asked, by_characteristic, decide, exposure, read_world
from regulars.decide.exposure import of_shown
from regulars.decide.log import write
from regulars.decide.slots import save_slot
from regulars.people import Verb
from tests.cast import NOW
from tests.decide.counter import did, read, someone, stock, teach
from tests.decide.shop import item, model, shelf, slot

SECONDS = NOW.timestamp()


def counts(**times: int) -> np.ndarray:
    """(n,) how often each was shown, by name with _ for -."""
    shown = np.zeros(shelf().n)
    for name, n in times.items():
        shown[item(name.replace("_", "-"))] = n
    return shown


def seen(shown, **more):
    return of_shown(shown, shelf(), decisions=1, now_seconds=SECONDS, **more)


def test_all_alike_is_covered_and_not_concentrated():
    found = seen(np.r_[0.0, np.ones(shelf().n - 1)])
    assert found.coverage == 1
    assert found.gini == pytest.approx(0)


def test_one_item_alone_is_as_concentrated_as_can_be():
    found = seen(counts(cola=100))
    offered = int(shelf().offerable.sum())
    assert found.coverage == pytest.approx(1 / offered)
    assert found.gini == pytest.approx(1 - 1 / offered)
    assert found.most == ((item("cola"), 1.0),)


def test_new_items_are_those_of_the_last_sixty_days():
    found = seen(counts(sourdough=1, cola=3))
    assert found.new_shown == pytest.approx(0.25)
    assert 0 < found.new_offered < 1


def test_each_characteristic_is_shown_beside_what_people_do():
    done = np.zeros(shelf().n, np.float32)
    done[item("cola")], done[item("lentil-soup")] = 0.75, 0.25
    groups = {(g.characteristic, g.value): g for g in seen(counts(cola=1, lentil_soup=1), done=done).groups}
    drinks, soups = groups["category", "drinks"], groups["category", "soups"]
    assert drinks.done == pytest.approx(0.75) and drinks.ratio == pytest.approx(0.5 / 0.75)
    assert soups.ratio == pytest.approx(2)
    assert groups["diet", "vegan"].shown == 1
    assert groups["diet", "vegan"].offered < 1


def test_the_groups_of_a_characteristic_come_most_shown_first():
    for those in by_characteristic(seen(counts(cola=3, lentil_soup=1)).groups).values():
        assert [g.shown for g in those] == sorted((g.shown for g in those), reverse=True)


def test_nothing_shown_is_no_error():
    found = seen(np.zeros(shelf().n))
    assert (found.coverage, found.gini, found.most) == (0, 0, ())


def test_the_log_says_what_was_shown_and_what_drove_it(db, tmp_path):
    ids = stock(db)
    teach(db, tmp_path)
    save_slot(db, slot(explore=0.0, variety=0.0), by="mia", now=NOW)
    vera = someone(db, "vera")
    did(db, vera, Verb.BOUGHT, ids["hummus-bowl"], message="m1")
    world = read_world(db, NOW, var=tmp_path)
    made = [decide(Asked("home.for-you", read(db, vera), {}, 3), world, now=NOW) for _ in range(4)]
    write(db, made)
    found = exposure(db, world, now=NOW)
    assert (found.decisions, found.places) == (4, 12)
    assert found.drivers[0].item == ids["hummus-bowl"] and found.drivers[0].share == pytest.approx(1)
    assert found.pairs and all(p.item == ids["hummus-bowl"] != p.led for p in found.pairs)


def test_ties_go_both_ways_and_are_those_of_the_score():
    m, allowed = model(), shelf().offerable
    bowl, wrap = item("hummus-bowl"), item("falafel-wrap")
    leads = {t.item: t.weight for t in taste.leads_to(m, bowl, allowed, 20)}
    comes = {t.item: t.weight for t in taste.comes_from(m, wrap, allowed, 20)}
    assert leads[wrap] == pytest.approx(comes[bowl], rel=1e-6)
    assert item("beef-burger") not in leads
    for tie in taste.leads_to(m, bowl, allowed, 20):
        assert sum(tie.parts.values()) == pytest.approx(tie.weight, rel=1e-6)
    assert taste.leads_to(m, 10_000, allowed) == [] == taste.comes_from(replace(m), 0, allowed)
