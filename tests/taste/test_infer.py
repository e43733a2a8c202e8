"""Guesses: right, and honest about how sure they are."""

import json
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from regulars import taste
from regulars.catalog.model import Item
from regulars.kit.ids import ItemId
from regulars.people.model import Verb
from regulars.taste.guessing import FacetPrior, PricePrior, Priors, ValuePrior
from tests.taste.tasters import CITY, DIET, FAVOURITE, LANGUAGE, PRICE, TOPIC, shelf_of, town
from tests.taste.worlds import history_of

TOWN = town()
TOLD = range(1, 501)  # these people told us; the others are the test
OTHERS = range(501, 3001)
STATED = {
    "diet": {p: [TOWN.diet[p]] for p in TOLD if TOWN.diet[p]},
    "topics": {p: TOWN.topics[p] for p in TOLD},
}
PRIORS = taste.learn_priors(TOWN.log, TOWN.shelf, [DIET, TOPIC, PRICE, LANGUAGE], STATED)


def guesses(person, definition):
    return taste.infer(TOWN.history(person), TOWN.shelf, [definition], priors=PRIORS)


def one(history=None, *definitions, **how):
    got = taste.infer(history or history_of(), TOWN.shelf, definitions, **how)
    return got[0] if got else None


def judged(definition, right):
    """(confidence, share right) of every guess about the others."""
    made = [(g, p) for p in OTHERS for g in guesses(p, definition)]
    return np.array([g.confidence for g, _ in made]), np.array([right(g, p) for g, p in made])


def calibrated(confidence, right):
    """Right as often as said, as far as the number of guesses can tell; 70–90 % where they say 75–85 %."""
    for low in (0.35, 0.45, 0.55, 0.65, 0.75, 0.85):
        here = (confidence >= low) & (confidence < low + 0.1)
        chance = 2 * (0.25 / max(here.sum(), 1)) ** 0.5
        if here.sum() >= 30:
            assert abs(right[here].mean() - confidence[here].mean()) < 0.06 + chance, (low, here.sum())
    sure = (confidence >= 0.75) & (confidence <= 0.85)
    assert sure.sum() >= 30
    assert 0.7 <= right[sure].mean() <= 0.9


def test_a_guess_of_a_diet_is_as_often_right_as_it_says():
    confidence, right = judged(DIET, lambda g, p: g.value == [TOWN.diet[p]])
    assert len(confidence) > 100
    calibrated(confidence, right)


def test_a_guess_of_topics_is_as_often_right_as_it_says():
    confidence, right = judged(TOPIC, lambda g, p: np.mean([v in TOWN.topics[p] for v in g.value]))
    assert len(confidence) > 200
    calibrated(confidence, right)


def test_diets_are_found_when_there_is_enough_to_go_by():
    full = [p for p in OTHERS if TOWN.diet[p] == "vegan" and len(TOWN.history(p).items) > 20]
    found = [g.value for p in full for g in guesses(p, DIET)]
    assert found.count(["vegan"]) > 0.6 * len(full)


def test_someone_who_eats_everything_is_not_called_vegan():
    free = [p for p in OTHERS if not TOWN.diet[p]]
    sure = [p for p in free for g in guesses(p, DIET) if g.confidence > 0.8]
    assert len(sure) < 0.04 * len(free)


def test_a_price_band_is_as_often_right_as_it_says():
    thirds = np.quantile(list(TOWN.purse.values()), [1 / 3, 2 / 3])
    calibrated(
        *judged(PRICE, lambda g, p: g.value == ("low", "middle", "high")[np.searchsorted(thirds, TOWN.purse[p])])
    )


def test_a_price_band_follows_the_purse():
    made = [(g.value, TOWN.purse[p]) for p in OTHERS for g in guesses(p, PRICE)]
    low, high = (np.mean([purse for value, purse in made if value == v]) for v in ("low", "high"))
    assert low < -0.5 < 0.5 < high


def test_evidence_names_the_events_and_sums_to_at_most_one():
    vegan = next(p for p in OTHERS if TOWN.diet[p] == "vegan" and guesses(p, DIET))
    guess = guesses(vegan, DIET)[0]
    mine = {str(e) for e in TOWN.history(vegan).events}
    assert {e.ref for e in guess.evidence} <= mine
    assert 0 < sum(e.share for e in guess.evidence) <= 1 + 1e-9


def test_a_denied_value_is_never_guessed():
    for person in list(OTHERS)[:200]:
        got = taste.infer(
            TOWN.history(person),
            TOWN.shelf,
            [DIET, TOPIC],
            priors=PRIORS,
            denied={"diet": ["vegan"], "topics": ["coffee"]},
        )
        assert not any({"vegan", "coffee"} & set(map(str, cast(list[str], g.value))) for g in got)


def test_a_facet_that_may_not_be_guessed_is_not():
    assert taste.infer(TOWN.history(700), TOWN.shelf, [replace(TOPIC, guessed=False)], priors=PRIORS) == []


def test_priors_survive_the_model_file(tmp_path):
    again = taste.Priors.of(json.loads(json.dumps(PRIORS.as_json())))
    assert again == PRIORS
    assert taste.Priors.of({}) == taste.Priors()


def test_nothing_known_gives_no_guess():
    assert one(None, DIET, TOPIC, LANGUAGE, CITY, PRICE) is None


@pytest.mark.parametrize(
    ("context", "traits", "value", "sure"),
    [
        ({"locale": "nl-BE"}, {}, "nl", 0.6),
        ({"acceptLanguage": "es-ES,es;q=0.9,en;q=0.8"}, {}, "es", 0.6),
        ({"locale": "nl_NL"}, {"language": "nl"}, "nl", 0.9),
        ({"locale": "en-US"}, {"language": "es"}, "es", 0.6),
    ],
)
def test_a_language_comes_from_the_browser_and_from_what_is_on_file(context, traits, value, sure):
    guess = one(None, LANGUAGE, context=context, traits=traits)
    assert guess.value == value
    assert guess.confidence > sure


def test_a_language_we_do_not_speak_is_no_guess():
    assert one(None, LANGUAGE, context={"locale": "fr"}) is None


@pytest.mark.parametrize("odd", [{"locale": 7}, {"locale": ""}, {"location": "Ede"}, {"location": {"city": None}}])
def test_odd_context_is_no_trouble(odd):
    assert one(None, LANGUAGE, CITY, context=odd, traits=odd) is None


def test_a_city_is_surer_when_address_and_network_agree():
    near = one(None, CITY, context={"location": {"city": "Utrecht"}})
    both = one(None, CITY, context={"location": {"city": "Utrecht"}}, traits={"address": {"city": "Utrecht"}})
    assert near.value == both.value == "Utrecht"
    assert near.confidence < both.confidence
    assert {e.what for e in both.evidence} == {"trait", "context"}


def test_without_enough_people_prices_use_the_usual_prior():
    few = taste.learn_priors(replace_log(40), TOWN.shelf, [PRICE], {})
    assert few.price == PricePrior()


def replace_log(most):
    log = TOWN.log
    return type(log)(log.people[:most], log.items[:most], log.verbs[:most], log.at[:most])


def test_what_was_bounced_tells_nothing():
    dish = int(np.flatnonzero(TOWN.shelf.mask("diet", "vegan"))[0])
    bounced = history_of((dish, Verb.BOUNCED, 0.0), (dish, Verb.VIEWED, 0.1))
    assert taste.infer(bounced, TOWN.shelf, [DIET], priors=PRIORS) == []


def with_help_pages():
    """The town with help pages nobody looked at, and cakes that three people had once."""
    top = max(TOWN.shelf.items)
    more = {top + i: Item(f"h{i}", "help", category=("Account",), id=ItemId(top + i)) for i in (1, 2, 3)}
    more[top + 4] = Item("cake", "product", category=("cakes",), id=ItemId(top + 4))
    log, some = TOWN.log, np.flatnonzero(np.diff(TOWN.log.people, prepend=0))[5:8]  # the first event of three people
    items = log.items.copy()
    items[some] = top + 4
    return shelf_of({**TOWN.shelf.items, **more}), replace(log, items=items)


def test_no_category_is_a_favourite_of_those_who_never_chose_it():
    shelf, log = with_help_pages()
    priors = taste.learn_priors(log, shelf, [FAVOURITE], {})
    told = priors.facets["favourite_categories"]
    assert "Account" not in told.values
    assert all(one.wanting > one.usual for one in told.values.values())
    for person in range(1, 200):
        assert all(g.evidence for g in taste.infer(TOWN.history(person), shelf, [FAVOURITE], priors=priors))


def test_nothing_is_guessed_without_a_deed_to_show_for_it():
    eager = FacetPrior({"coffee": ValuePrior(0.7, 0.1, 0.2), "bread": ValuePrior(0.3, 0.1, 0.6)})
    bread = int(np.flatnonzero(TOWN.shelf.mask("topics", "bread") & ~TOWN.shelf.mask("topics", "coffee"))[0])
    read = history_of((bread, Verb.READ, 0.0))
    got = one(read, TOPIC, priors=Priors({"topics": eager}))
    assert got.value == ["bread"]
    assert got.evidence
