"""The made-up half year: repeatable, honest, and true to its own truth."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from regulars.demo.content import load
from regulars.demo.simulator import Simulation, simulate
from tests.cast import NOW, OMAR, VERA


@pytest.fixture(scope="module")
def made() -> Simulation:
    return simulate(load(), seed=7, now=NOW, people=600)


def test_the_same_seed_makes_the_same_half_year(made: Simulation):
    again = simulate(load(), seed=7, now=NOW, people=600)
    assert again.rows == made.rows


def test_another_seed_makes_another(made: Simulation):
    assert simulate(load(), seed=8, now=NOW, people=600).rows != made.rows


def test_message_ids_are_unique(made: Simulation):
    assert len({r.message_id for r in made.rows}) == len(made.rows)


def test_everything_happened_before_now_and_within_about_half_a_year(made: Simulation):
    assert max(r.at for r in made.rows) <= NOW
    assert min(r.at for r in made.rows) > NOW - timedelta(days=185)


def test_nobody_orders_what_breaks_their_diet_or_has_their_allergen(made: Simulation):
    products = {p.id: p.attributes for p in load().products}
    for row in made.rows:
        if row.event != "Order Completed":
            continue
        person = made.people[row.person]
        for product in row.products:
            assert not person.diet or person.diet in products[product].diet
            assert not set(person.allergens) & set(products[product].allergens)


def test_now_and_then_somebody_looks_at_what_they_would_never_eat(made: Simulation):
    products = {p.id: p.attributes for p in load().products}
    looks = [r for r in made.rows if r.event == "Product Viewed" and made.people[r.person].diet == "vegan"]
    odd = [r for r in looks if "vegan" not in products[r.products[0]].diet]
    assert 0 < len(odd) < 0.05 * len(looks)


def test_people_have_a_usual(made: Simulation):
    """Of the orders after the first five, most mains were ordered before by the same person."""
    before: dict[int, set[str]] = {}
    repeated = []
    for row in made.rows:
        if row.event == "Order Completed":
            known = before.setdefault(row.person, set())
            if len(known) > 8:
                repeated.append(bool(known & set(row.products)))
            known.update(row.products)
    assert np.mean(repeated) > 0.4


def test_the_cast_comes_first_with_rich_histories(made: Simulation):
    assert [p.user_id for p in made.people[:2]] == [VERA, OMAR]
    counts = Counter(r.person for r in made.rows)
    assert min(counts[0], counts[1]) > 100


def test_some_are_anonymous_first_and_identified_later(made: Simulation):
    identified = {r.person for r in made.rows if r.type == "identify"}
    before = {r.person for r in made.rows if r.user_id is None}
    assert len(identified & before) > 50
    assert len(before - identified) > 30  # and some never say who they are


def test_about_one_in_five_states_a_diet(made: Simulation):
    stated = sum("diet" in p.states for p in made.people)
    assert 0.13 < stated / len(made.people) < 0.27


def test_what_is_stated_is_true(made: Simulation):
    assert all(p.states["diet"] == [p.diet] for p in made.people if "diet" in p.states)
