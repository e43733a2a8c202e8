"""The simulator knows what people truly like: what is decided for them has to be closer to it than what is popular."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from regulars import decide, people
from regulars.decide import Asked, World, read_world
from regulars.demo.content import load
from regulars.demo.simulator import Simulation, simulate
from regulars.kit.ids import ItemId
from regulars.main.learning import learn
from regulars.people import Identity, IdentityKind
from tests.cast import NOW
from tests.demo.conftest import Shop

SOME = 60


@pytest.fixture(scope="module")
def world(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> World:
    var = Path(tmp_path_factory.mktemp("var"))
    learn(shop.database, var, now=NOW, budget_seconds=5)
    with shop.database.begin() as db:
        return read_world(db, NOW, var=var)


@pytest.fixture(scope="module")
def made() -> Simulation:
    return simulate(load(), seed=7, now=NOW)


@pytest.mark.long
def test_for_you_is_truer_than_what_is_popular(shop: Shop, world: World, made: Simulation):
    products = [p.id for p in load().products]
    place = {world.shelf.by_external[external]: k for k, external in enumerate(products)}
    known = {row.person for row in made.rows if row.user_id}
    regulars = [p for p in made.people if p.index in known and p.personalise and p.visits_a_month > 1.5][:SOME]
    gains = []
    for person in regulars:
        mine = _liking(made, person.index, place, _decided(shop, world, person.user_id, "home.for-you"))
        popular = _liking(made, person.index, place, _decided(shop, world, person.user_id, "home.popular"))
        gains.append(mine - popular)
    assert np.mean(gains) > 0.25
    assert np.mean(np.array(gains) > 0) > 0.6


def test_nobody_is_shown_what_breaks_the_diet_they_stated(shop: Shop, world: World, made: Simulation):
    products = {p.id: p for p in load().products}
    known = {row.person for row in made.rows if row.user_id}
    said = [p for p in made.people if "diet" in p.states and p.index in known][:SOME]
    assert len(said) == SOME
    for person in said:
        for slot in ("home.for-you", "home.popular", "home.because"):
            for item in _decided(shop, world, person.user_id, slot):
                assert person.diet in products[world.shelf.items[item].external_id].attributes.diet


def _decided(shop: Shop, world: World, user: str, slot: str) -> Sequence[ItemId]:
    with shop.database.begin() as db:
        profile = people.profile(db, Identity(IdentityKind.USER, user))
    return [chosen.item for chosen in decide.decide(Asked(slot, profile, size=4), world, now=NOW).items]


def _liking(made: Simulation, person: int, place: dict[ItemId, int], items: Sequence[ItemId]) -> float:
    """The mean utility of `items`; what they would never eat counts as strongly disliked."""
    return float(np.mean([max(-5.0, float(made.truth.products[person, place[item]])) for item in items]))
