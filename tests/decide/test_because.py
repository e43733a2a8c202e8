"""Reasons that sum: thing by thing, with the rest, and never a thing because of itself."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.decide import Asked, decide
from regulars.decide.log import as_json
from regulars.decide.model import ReasonKind
from regulars.kit.ids import DecisionId
from regulars.people import History, Verb
from regulars.taste.model import Blend
from tests.cast import NOW
from tests.decide.shop import MEAT_EATERS, VEGANS, item, person, slot, world

NO_CHANCE = slot(explore=0.0, variety=0.0)
DID = st.lists(
    st.tuples(st.sampled_from([Verb.VIEWED, Verb.ADDED, Verb.BOUGHT]), st.sampled_from([*VEGANS, *MEAT_EATERS])),
    min_size=1,
    max_size=12,
)


def again(of=None):
    """The shop where known things come again."""
    found = world(NO_CHANCE)
    assert found.model is not None
    blends = {place: replace(blend, repeats=True, again=0.5) for place, blend in found.model.blends.items()}
    found.model = replace(found.model, blends=blends)
    return found


AGAIN = again()


def ask(profile, of=AGAIN, language="en"):
    asked = Asked("home.for-you", profile, {"language": language}, 8)
    return decide(asked, of, now=NOW, id=DecisionId(UUID(int=1)))


@settings(max_examples=60)
@given(DID)
def test_what_is_named_and_the_rest_sum_to_one_and_no_thing_is_named_twice(did):
    for chosen in ask(person(*did)).items:
        events = [b for b in chosen.reason.because if b.event is not None]
        if events:
            assert sum(b.share for b in chosen.reason.because) + chosen.reason.rest == pytest.approx(1, abs=1e-6)
            assert len({b.item for b in events}) == len(events)
            assert all(b.share > 0 and b.text for b in events)


@settings(max_examples=60)
@given(DID)
def test_no_thing_is_shown_because_of_itself(did):
    for chosen in ask(person(*did)).items:
        first = next((b for b in chosen.reason.because if b.event is not None), None)
        if first is not None and first.item == chosen.item:
            assert not chosen.reason.text.startswith("Because")


def test_a_thing_they_looked_at_says_that_they_did():
    found = ask(person((Verb.VIEWED, "lentil-soup"))).items
    itself = next(c for c in found if c.item == item("lentil-soup"))
    assert itself.reason.kind is ReasonKind.BECAUSE
    assert itself.reason.text == "You looked at this before"
    assert itself.reason.because[0].text == "You looked at this before"
    other = next(c for c in found if c.item == item("hummus-bowl"))
    assert other.reason.because[0].text == "You looked at the lentil soup"


def bought_every(days: float, times: int):
    """Somebody who had lentil soup so often."""
    profile = person(*[(Verb.BOUGHT, "lentil-soup")] * times)
    at = (NOW.timestamp() - 86_400 * days * np.arange(1, times + 1)).astype(np.float64)
    history = profile.history
    return replace(profile, history=History(history.events, history.items, history.verbs, at))


@pytest.mark.parametrize(
    ("days", "times", "language", "text"),
    [
        (21, 4, "en", "You have this about every 3 weeks"),
        (7, 4, "en", "You have this about every week"),
        (2, 3, "en", "You have this about every 2 days"),
        (90, 5, "en", "You have this about every 3 months"),
        (21, 4, "nl", "Je neemt dit ongeveer elke 3 weken"),
        (21, 4, "es", "Tomas esto más o menos cada 3 semanas"),
        (21, 1, "en", "You had this before"),
    ],
)
def test_what_is_had_again_and_again_says_how_often(days, times, language, text):
    found = ask(bought_every(days, times), language=language).items
    assert next(c for c in found if c.item == item("lentil-soup")).reason.text == text


def test_where_they_had_it_once_everybodys_usual_interval_is_said():
    shop = again()
    assert shop.model is not None
    interval = shop.model.interval.copy()
    interval[item("lentil-soup")] = 20.0
    shop.model = replace(shop.model, interval=interval)
    found = ask(bought_every(21, 1), shop).items
    reason = next(c for c in found if c.item == item("lentil-soup")).reason
    assert reason.text == "You had this before: usually every 3 weeks"


def test_values_of_facets_are_named_and_not_their_ids():
    profile = person((Verb.BOUGHT, "hummus-bowl"), chose={"topics": ["bread"]})
    reading = slot("home.to-read", explore=0.0)
    asked = Asked("home.to-read", profile, {"language": "en"}, 4)
    decision = decide(asked, world(reading), now=NOW, id=DecisionId(UUID(int=1)))
    texts = {b.text for c in decision.items for b in c.reason.because if b.facet == "topics"}
    assert texts == {"bread"}


def test_the_rest_is_said_only_where_there_is_some():
    one = ask(person((Verb.VIEWED, "lentil-soup"))).items[1]
    assert "rest" not in as_json(one.reason)
    many = ask(person(*[(Verb.BOUGHT, name) for name in VEGANS])).items
    assert any("rest" in as_json(c.reason) and c.reason.rest > 0 for c in many)


def test_a_place_without_any_blend_says_nothing_wrong():
    shop = world(NO_CHANCE)
    assert shop.model is not None
    shop.model = replace(shop.model, blends={"home": Blend({})})
    for chosen in ask(person((Verb.BOUGHT, "hummus-bowl")), shop).items:
        assert chosen.reason.kind is not ReasonKind.BECAUSE and chosen.reason.rest == 0


def beside(external, profile=None, of=None, name="item.next", language="en"):
    """What stands on the page of an item."""
    asked = Asked(name, profile or person(), {"language": language, "item": external}, 8)
    return decide(asked, of or world(slot("item.next", explore=0.0)), now=NOW, id=DecisionId(UUID(int=1))).items


@pytest.mark.parametrize("learned", [True, False])
def test_what_stands_beside_an_item_names_that_item_as_the_ground(learned):
    reason = beside("falafel-wrap", of=world(slot("item.next", explore=0.0), learned=learned))[0].reason
    text = "You are looking at the falafel wrap"
    assert [(b.item, b.event, b.text) for b in reason.because] == [(item("falafel-wrap"), None, text)]
    assert reason.because[0].share + reason.rest == pytest.approx(1, abs=1e-6)
    assert as_json(reason)["because"] == [{"share": 1.0, "item": item("falafel-wrap"), "text": text}]


@settings(max_examples=60)
@given(DID, st.sampled_from([*VEGANS, *MEAT_EATERS]), st.sampled_from(["item", "basket", "article"]))
def test_on_the_page_of_an_item_shares_sum_to_one_with_the_item_named(did, page, place):
    shop = world(slot("item.next", explore=0.0, place=place))
    for chosen in beside(page, person(*did), of=shop):
        ground = [b for b in chosen.reason.because if b.item is not None]
        if ground:
            assert sum(b.share for b in chosen.reason.because) + chosen.reason.rest == pytest.approx(1, abs=1e-6)
            assert len({b.item for b in ground}) == len(ground)
            assert all((b.event is None) == (b.item == item(page)) for b in ground)
        if ground and ground[0].item == item(page):
            assert chosen.reason.text == f"Goes well with the {page.replace('-', ' ')}"


def test_the_item_of_the_page_speaks_as_loud_as_all_they_ever_did():
    regular = person(*[(Verb.BOUGHT, name) for name in MEAT_EATERS] * 8)
    first, *_ = beside("falafel-wrap", regular)
    assert first.item in [item(name) for name in VEGANS]
    assert first.reason.because[0].item == item("falafel-wrap")


def test_what_stands_beside_an_item_follows_the_visit_and_what_they_are_let_to_guess():
    alone = [c.item for c in beside("cola")]
    visitor = person((Verb.VIEWED, "oat-latte"), (Verb.VIEWED, "lentil-soup"))
    assert [c.item for c in beside("cola", visitor)] != alone
    names = {b.item for c in beside("cola", visitor) for b in c.reason.because}
    assert {item("cola"), item("oat-latte")} <= names
    chooses = replace(visitor, facets=person(chose={"mode": "i_choose"}).facets)
    assert [c.item for c in beside("cola", chooses)] == alone


def test_the_place_says_which_blend_stands_beside_an_item():
    shop = world(slot("item.next", explore=0.0, place="basket"))
    assert shop.model is not None
    assert beside("cola", of=shop)[0].reason.kind is ReasonKind.BECAUSE
    shop.model = replace(shop.model, blends={**shop.model.blends, "basket": Blend({})})
    assert beside("cola", of=shop)[0].reason.kind is ReasonKind.POPULAR


def test_a_basket_looks_at_this_visit_alone_and_never_offers_what_is_in_it():
    shop = world(slot("item.next", explore=0.0, place="basket"))
    did = person((Verb.ADDED, "brownie"), (Verb.REMOVED, "cola"), (Verb.ADDED, "cola"), (Verb.VIEWED, "tuna-salad"))
    found = beside("beef-burger", did, of=shop)
    shown = [c.item for c in found]
    assert item("brownie") not in shown and {item("cola"), item("tuna-salad")} <= set(shown)
    assert "You put the beef burger in your basket" in {b.text for b in found[0].reason.because if b.event is None}
    before = replace(did, history=replace(did.history, at=did.history.at - 3_600))
    assert [c.item for c in beside("beef-burger", before, of=shop)] == [c.item for c in beside("beef-burger", of=shop)]
