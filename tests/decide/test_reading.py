"""A publisher's slot: languages, local news, topics."""

from datetime import timedelta

import pytest

from regulars.catalog.model import Item
from regulars.decide import Asked, World, decide, default_slots
from regulars.kit.ids import ItemId
from regulars.kit.json import Json
from tests.cast import NOW
from tests.decide.shop import DEFINITIONS, person, shelf_of, slot

NEWS: tuple[tuple[str, dict[str, Json]], ...] = (
    ("noticias", {"languages": ["es"], "topics": ["travel"]}),
    ("nieuws", {"languages": ["nl-NL"], "topics": ["bread"]}),
    ("pictures", {"topics": ["travel"]}),
    ("utrecht", {"languages": ["nl", "en"], "place": "Utrecht", "topics": ["bread"]}),
    ("delft", {"languages": ["nl", "en"], "place": "Delft", "topics": ["bread"]}),
)


@pytest.fixture(scope="module")
def press():
    items = [
        Item(name, "article", {"en": name}, attributes=about, id=ItemId(i), published_at=NOW - timedelta(days=i))
        for i, (name, about) in enumerate(NEWS, 1)
    ]
    slots = default_slots() | {"home.to-read": slot("home.to-read", explore=0.0, variety=0.0)}
    return World(shelf_of(items), slots, DEFINITIONS)


def read(world, profile, **context):
    decision = decide(Asked("home.to-read", profile, context), world, now=NOW)
    return [world.shelf.items[c.item].external_id for c in decision.items], decision


def test_what_they_can_read_comes_first_and_the_rest_is_not_lost(press):
    order, _ = read(press, person(chose={"language": "nl"}))
    assert order == ["nieuws", "pictures", "utrecht", "delft", "noticias"]
    assert read(press, person(), language="es-MX")[0][:2] == ["noticias", "pictures"]


def test_local_news_is_lifted_and_says_why(press):
    order, decision = read(press, person(chose={"city": "Delft"}), language="nl")
    assert order.index("delft") < order.index("utrecht")
    lifted = decision.items[order.index("delft")].reason
    assert [(b.facet, b.value, b.guess) for b in lifted.because] == [("city", "Delft", False)]


def test_a_guessed_city_lifts_less_and_can_be_put_right(press):
    _, decision = read(press, person(guess={"city": ("Utrecht", 0.9)}), language="nl")
    lifted = next(c for c in decision.items if press.shelf.items[c.item].external_id == "utrecht")
    assert [(b.facet, b.guess) for b in lifted.reason.because] == [("city", True)]


def test_topics_they_chose_come_before_all_others(press):
    order, decision = read(press, person(chose={"topics": ["travel"]}), language="en")
    assert set(order[:2]) == {"noticias", "pictures"}
    assert decision.items[0].reason.text == "You chose travel"


def test_the_newest_come_first_where_the_slot_says_so(press):
    newest = slot("home.to-read", source="newest", explore=0.0, variety=0.0)
    world = World(press.shelf, {"home.to-read": newest}, DEFINITIONS)
    order, decision = read(world, person(), language="en")
    assert order[0] == "pictures"
    assert decision.items[0].reason.text == "New"
