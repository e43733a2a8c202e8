"""What is decided, and why: one sentence each."""

from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest

from regulars.choices import Mode
from regulars.decide import Asked, Effect, ReasonKind, ShopRule, World, decide
from regulars.kit.conditions import Operator, Test
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import DecisionId
from regulars.people.model import Purpose, Verb
from tests.cast import NOW
from tests.decide.shop import DEFINITIONS, MEAT_EATERS, VEGANS, item, names, person, shelf, slot, world

BOUGHT, VIEWED = Verb.BOUGHT, Verb.VIEWED
ID = DecisionId(UUID(int=42))
NO_CHANCE = slot(explore=0.0)


def ask(profile, of=None, name="home.for-you", **asked):
    return decide(Asked(name, profile, **asked), of or world(NO_CHANCE), now=NOW, id=ID)


def rule(effect, **fields) -> ShopRule:
    given = {"items": Test("item", Operator.IS, "beef-burger"), "label": {"en": "Today's offer"}} | fields
    return ShopRule(UUID(int=1), "offer", effect, **given)  # type: ignore[arg-type]  # by field name


def test_a_vegan_history_leads_to_vegan_food_with_a_reason():
    decision = ask(person((BOUGHT, "falafel-wrap")), size=4)
    first = decision.items[0]
    assert shelf().items[first.item].external_id in VEGANS
    assert first.reason.kind is ReasonKind.BECAUSE
    assert first.reason.text == "Because you had the falafel wrap"
    assert (first.reason.because[0].event, first.reason.because[0].item) == (1000, item("falafel-wrap"))


def test_the_sentence_says_what_was_done():
    profile = person((VIEWED, "beef-burger"))
    assert ask(profile).items[0].reason.text == "Because you looked at the beef burger"


def test_articles_do_not_stand_among_products():
    assert not {"sourdough", "trains"} & set(names(ask(person(), size=12)))


def test_a_stated_diet_is_required_of_food():
    decision = ask(person((BOUGHT, "beef-burger"), chose={"diet": ["vegan"]}), size=12)
    assert set(names(decision)) <= {*VEGANS, "cola"}
    assert all("vegan" in {b.value for b in c.reason.because} for c in decision.items)


def test_a_stated_diet_leaves_articles_alone():
    profile = person(chose={"diet": ["vegan"]})
    assert len(ask(profile, name="home.to-read").items) == 4


def test_a_guessed_diet_nudges_and_never_filters():
    profile = person(guess={"diet": (["vegan"], 0.95)})
    decision = ask(profile, size=12)
    assert set(names(decision)) == {*VEGANS, *MEAT_EATERS}
    nudged = next(c for c in decision.items if c.item == item("lentil-soup"))
    assert any(b.guess and b.facet == "diet" and b.share > 0 for b in nudged.reason.because)


def test_a_denied_guess_does_nothing():
    from dataclasses import replace

    profile = person(guess={"diet": (["vegan"], 0.95)})
    facet = replace(profile.facets["diet", ""], denied=("vegan",))
    profile = replace(profile, facets={("diet", ""): facet})
    assert not any(b.guess for c in ask(profile, size=12).items for b in c.reason.because)


def test_an_allergen_excludes():
    decision = ask(person((BOUGHT, "beef-burger"), chose={"allergens": ["milk", "gluten"]}), size=12)
    assert not {"beef-burger", "cheese-toast", "brownie", "falafel-wrap"} & set(names(decision))


def test_hidden_items_and_categories_are_gone():
    profile = person((BOUGHT, "cola"), chose={"hidden_items": ["beef-burger", "gone"], "hidden_categories": ["sweets"]})
    assert not {"beef-burger", "brownie", "fruit-cup"} & set(names(ask(profile, size=12)))


def test_pinned_items_stand_first_in_their_order():
    profile = person((BOUGHT, "falafel-wrap"), chose={("pinned", "home.for-you"): ["cola", "brownie"]})
    decision = ask(profile, size=4)
    assert names(decision)[:2] == ["cola", "brownie"]
    assert decision.items[0].reason.kind is ReasonKind.CHOSEN
    assert decision.items[0].reason.text == "You pinned this"


def test_what_they_prefer_outranks_every_guess():
    profile = person((BOUGHT, "falafel-wrap"), chose={"favourite_categories": ["burgers"]})
    decision = ask(profile, size=4)
    assert names(decision)[0] == "beef-burger"
    assert decision.items[0].reason.text == "You chose burgers"
    assert decision.items[1].reason.kind is ReasonKind.BECAUSE


def test_i_choose_means_no_guess_at_all():
    profile = person((BOUGHT, "falafel-wrap"), chose={("mode", "home.for-you"): "i_choose", "diet": ["vegan"]})
    decision = ask(profile, size=12)
    assert decision.mode is Mode.I_CHOOSE
    assert {c.reason.kind for c in decision.items} <= {ReasonKind.CHOSEN, ReasonKind.POPULAR, ReasonKind.TRYING}
    assert decision.items[0].reason.text == "You chose vegan"
    assert all(c.propensity == 1 for c in decision.items)


def test_only_what_i_chose_may_be_less_than_asked():
    profile = person((BOUGHT, "falafel-wrap"), chose={"mode": "only_what_i_chose", "favourite_categories": ["burgers"]})
    assert names(ask(profile, size=6)) == ["beef-burger"]
    assert not ask(person((BOUGHT, "cola"), chose={"mode": "only_what_i_chose"})).items


@pytest.mark.parametrize(
    "profile",
    [
        person((BOUGHT, "falafel-wrap"), chose={"pause": True, "pinned": ["cola"]}, guess={"city": ("Utrecht", 0.9)}),
        person((BOUGHT, "falafel-wrap"), consents={Purpose.PERSONALISATION: False}),
    ],
)
def test_paused_or_refused_means_only_what_is_popular(profile):
    decision = ask(profile, of=world(slot(explore=0.3)), size=6, context={"city": "Utrecht"})
    assert not decision.personal
    assert {c.reason.kind for c in decision.items} == {ReasonKind.POPULAR}
    assert not any(c.reason.because for c in decision.items)
    assert {c.propensity for c in decision.items} == {1.0}


def test_a_no_holds_even_while_paused():
    profile = person(chose={"pause": True, "allergens": ["gluten"], "hidden_items": ["cola"]})
    assert not {"cola", "falafel-wrap", "beef-burger"} & set(names(ask(profile, size=12)))


def test_nobody_in_particular_sees_what_is_popular():
    from regulars.decide.scene import NOBODY

    decision = ask(NOBODY)
    assert decision.person is None
    assert {c.reason.text for c in decision.items} == {"Popular this week"}


def test_without_a_model_what_was_done_lately_counts():
    counts = (np.array([item("cola"), item("brownie")], np.int32), np.array([3, 9], np.float32))
    bare = World(shelf(), {"home.for-you": slot(variety=0.0)}, DEFINITIONS, counts=counts)
    decision = ask(person((BOUGHT, "falafel-wrap")), of=bare, size=3)
    assert names(decision)[:2] == ["brownie", "cola"]
    assert decision.items[2].reason.kind is ReasonKind.TRYING  # nobody touched it: it is not called popular


def test_the_shop_pins_at_its_place_after_what_the_person_chose():
    pin = rule(Effect.PIN, position=2)
    decision = ask(person((BOUGHT, "lentil-soup"), chose={"pinned": ["cola"]}), of=world(NO_CHANCE, rules=[pin]))
    assert names(decision)[0] == "cola"
    assert names(decision)[2] == "beef-burger"
    assert decision.items[2].reason.text == "Today's offer"
    assert decision.items[2].reason.because[0].rule == pin.id


def test_the_shop_never_brings_back_what_they_refused():
    pin = rule(Effect.PIN, position=1)
    decision = ask(person(chose={"hidden_items": ["beef-burger"]}), of=world(NO_CHANCE, rules=[pin]), size=12)
    assert "beef-burger" not in names(decision)


def test_a_ban_takes_even_a_pinned_item_away():
    decision = ask(person(chose={"pinned": ["beef-burger"]}), of=world(NO_CHANCE, rules=[rule(Effect.BAN)]), size=12)
    assert "beef-burger" not in names(decision)


def test_a_boost_lifts_and_says_so():
    boost = rule(Effect.BOOST, factor=50.0)
    decision = ask(person((BOUGHT, "falafel-wrap")), of=world(NO_CHANCE, rules=[boost]), size=4)
    assert names(decision)[0] == "beef-burger"
    assert decision.items[0].reason.kind is ReasonKind.RULE
    assert decision.items[0].reason.text == "Today's offer"


@pytest.mark.parametrize(
    ("fields", "acts"),
    [
        ({"starts": NOW, "ends": NOW + timedelta(hours=1)}, True),
        ({"ends": NOW}, False),
        ({"starts": NOW + timedelta(seconds=1)}, False),
        ({"slots": ("home.popular",)}, False),
        ({"people": Test("facet.diet", Operator.IS, "vegan")}, False),
        ({"people": Test("context.device", Operator.IS, "phone")}, True),
        ({"people": Test("hour", Operator.AT_LEAST, 12)}, True),
        ({"people": Test("purchases", Operator.AT_LEAST, 2)}, False),
    ],
)
def test_a_rule_counts_for_its_people_in_its_time(fields, acts):
    pinned = world(NO_CHANCE, rules=[rule(Effect.PIN, **fields)])
    decision = ask(person((BOUGHT, "lentil-soup")), of=pinned, size=1, context={"device": "phone"})
    assert (names(decision) == ["beef-burger"]) is acts


def test_the_hour_is_that_of_where_they_are():
    breakfast = rule(Effect.PIN, people=Test("hour", Operator.IS, 7))
    new_york = {"timezone": "America/New_York"}  # 12:00 UTC is 07:00 there
    assert names(ask(person(), of=world(NO_CHANCE, rules=[breakfast]), size=1, context=new_york)) == ["beef-burger"]
    assert names(ask(person(), of=world(NO_CHANCE, rules=[breakfast]), size=1)) != ["beef-burger"]


def test_a_because_slot_is_about_one_thing_they_did():
    decision = ask(person((VIEWED, "cola"), (BOUGHT, "falafel-wrap")), name="home.because")
    assert decision.about == item("falafel-wrap")
    assert decision.title == "Because you had the falafel wrap"
    assert "falafel-wrap" not in names(decision)
    assert {c.reason.text for c in decision.items} == {"Because you had the falafel wrap"}


def test_a_because_slot_stays_empty_where_they_did_nothing():
    decision = ask(person(), name="home.because")
    assert not decision.items
    assert decision.title == ""  # never a broken placeholder


def test_a_because_slot_does_not_speak_of_what_they_hid():
    profile = person((BOUGHT, "beef-burger"), (BOUGHT, "cola"), chose={"hidden_items": ["beef-burger"]})
    assert ask(profile, name="home.because").about == item("cola")


def test_what_goes_with_the_item_of_the_page():
    decision = ask(person(), name="item.next", context={"item": "falafel-wrap"})
    assert decision.title == "Goes well with the falafel wrap"
    assert decision.items[0].reason.text == "Goes well with the falafel wrap"
    assert "falafel-wrap" not in names(decision)


def test_what_was_read_lately_is_left_out_where_the_slot_says_so():
    decision = ask(person((Verb.READ, "rye")), name="home.to-read")
    assert "rye" not in names(decision)


def test_what_is_shown_elsewhere_is_left_out():
    first = ask(person((BOUGHT, "falafel-wrap")), size=4)
    taken = frozenset(c.item for c in first.items)
    second = ask(person((BOUGHT, "falafel-wrap")), size=4, exclude=taken)
    assert not taken & {c.item for c in second.items}


def test_less_like_this_pushes_its_like_down():
    wrap_fan = person((BOUGHT, "lentil-soup"))
    tired = person((BOUGHT, "lentil-soup"), chose={"less_like": ["falafel-wrap"]})
    flat = world(slot(explore=0.0, variety=0.0))
    before, after = (names(ask(who, of=flat, size=12)).index("tofu-banh-mi") for who in (wrap_fan, tired))
    assert after > before


def test_it_speaks_the_language_they_chose():
    decision = ask(person((BOUGHT, "falafel-wrap"), chose={"language": "nl"}), context={"language": "es"})
    assert decision.language == "nl"
    assert "de falafel wrap" in decision.items[0].reason.text


def test_a_strange_language_is_answered_in_english():
    assert ask(person(), context={"language": "x" * 1000}).language == "en"


def test_an_unknown_slot_and_a_size_without_sense_are_refused():
    with pytest.raises(NotFound, match=r"home\.for-you"):
        ask(person(), name="nowhere")
    for size in (0, 101):
        with pytest.raises(Invalid):
            ask(person(), size=size)


def test_the_log_says_who_could_have_stood_there():
    few, all_of_them = ask(person(chose={"diet": ["vegan"]})), ask(person())
    assert few.candidates == 7
    assert all_of_them.candidates == 12
    assert few.candidates_hash != all_of_them.candidates_hash
    assert ask(person(chose={"diet": ["vegan"]})).candidates_hash == few.candidates_hash


def test_a_pin_beyond_the_last_place_takes_no_item_away():
    decision = ask(person((BOUGHT, "cola")), of=world(NO_CHANCE, rules=[rule(Effect.PIN, position=50)]), size=12)
    assert "beef-burger" in names(decision)
