"""What holds whatever people choose, do and are guessed to be, and whatever the shop wants."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.choices import Mode, texts
from regulars.decide import Asked, Effect, ReasonKind, ShopRule, decide
from regulars.kit.conditions import Operator, Test
from regulars.kit.ids import DecisionId
from regulars.people.model import Purpose, Verb
from tests.cast import NOW
from tests.decide.shop import MENU, READING, model, names, person, shelf, slot, world

model()  # learned before hypothesis looks at the clock
NAMES = [row[0] for row in MENU] + [row[0] for row in READING]
some_items = st.lists(st.sampled_from(NAMES), unique=True, max_size=4)
verbs = st.sampled_from([Verb.VIEWED, Verb.BOUGHT, Verb.READ, Verb.MORE, Verb.BOUNCED])
deeds = st.lists(st.tuples(verbs, st.sampled_from(NAMES)), max_size=8)
chosen = st.fixed_dictionaries(
    {},
    optional={
        "diet": st.lists(st.sampled_from(["vegan", "halal"]), unique=True, max_size=2),
        "allergens": st.lists(st.sampled_from(["gluten", "milk", "soy"]), unique=True, max_size=2),
        "hidden_items": some_items,
        "hidden_categories": st.lists(st.sampled_from(["wraps", "sweets", "reading"]), unique=True, max_size=2),
        "less_like": some_items,
        "favourite_categories": st.lists(st.sampled_from(["wraps", "bowls", "reading"]), unique=True, max_size=2),
        "topics": st.lists(st.sampled_from(["bread", "travel"]), unique=True, max_size=2),
        ("pinned", "home.for-you"): some_items,
        ("mode", "home.for-you"): st.sampled_from([m.value for m in Mode]),
        "pause": st.booleans(),
    },
)
guesses = st.fixed_dictionaries(
    {},
    optional={
        "diet": st.tuples(st.just(["vegan"]), st.floats(0.1, 1)),
        "topics": st.tuples(st.just(["bread"]), st.floats(0.1, 1)),
        "city": st.tuples(st.just("Utrecht"), st.floats(0.1, 1)),
    },
)
consents = st.sampled_from([{}, {Purpose.PERSONALISATION: True}, {Purpose.PERSONALISATION: False}])
people = st.builds(lambda did, c, g, k: person(*did, chose=c, guess=g, consents=k), deeds, chosen, guesses, consents)
rules = st.lists(
    st.builds(
        lambda n, effect, names, position, factor: ShopRule(
            UUID(int=n), "rule", effect, Test("item", Operator.ONE_OF, tuple(names)), position=position, factor=factor
        ),
        st.integers(1, 1000),
        st.sampled_from(list(Effect)),
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
        st.integers(1, 6),
        st.floats(0.1, 50),
    ),
    max_size=3,
    unique_by=lambda rule: rule.id,
)
sizes = st.integers(1, 16)
chances = st.integers(1, 2**64)
EVERYTHING = slot(items=Test("kind", Operator.KNOWN), explore=0.3)


def ask(profile, shop_rules, size, chance, learned=True):
    asked = Asked("home.for-you", profile, size=size)
    of = world(EVERYTHING, rules=shop_rules, learned=learned)
    return decide(asked, of, now=NOW, id=DecisionId(UUID(int=chance)))


def stated(profile, facet, scope=""):
    held = profile.facets.get((facet, scope))
    return texts(held.stated) if held else ()


def refused(profile) -> set[str]:
    """What this person said no to, worked out item by item."""
    out = set(stated(profile, "hidden_items"))
    for thing in shelf().items.values():
        diet, allergens = texts(thing.attributes.get("diet")), texts(thing.attributes.get("allergens"))
        if "diet" in thing.attributes and not set(stated(profile, "diet")) <= set(diet):
            out.add(thing.external_id)
        if set(stated(profile, "allergens")) & set(allergens):
            out.add(thing.external_id)
        if set(stated(profile, "hidden_categories")) & set(thing.category):
            out.add(thing.external_id)
    return out


@given(people, rules, sizes, chances, st.booleans())
@settings(max_examples=150)
def test_what_was_refused_never_appears(profile, shop_rules, size, chance, learned):
    assert not refused(profile) & set(names(ask(profile, shop_rules, size, chance, learned)))


@given(people, rules, sizes, chances)
def test_nothing_stands_twice_and_nothing_more_than_asked(profile, shop_rules, size, chance):
    decision = ask(profile, shop_rules, size, chance)
    assert len({c.item for c in decision.items}) == len(decision.items) <= size


@given(people, rules, sizes, chances)
def test_what_they_chose_stands_before_every_guess_and_every_rule(profile, shop_rules, size, chance):
    kinds = [c.reason.kind is ReasonKind.CHOSEN for c in ask(profile, shop_rules, size, chance).items]
    assert kinds == sorted(kinds, reverse=True)


@given(people, rules, sizes, chances)
def test_pinned_items_keep_their_order(profile, shop_rules, size, chance):
    decision = ask(profile, shop_rules, size, chance)
    banned = {n for r in shop_rules if r.effect is Effect.BAN for n in r.items.value}
    wanted = [n for n in stated(profile, "pinned", "home.for-you") if n not in refused(profile) | banned]
    if decision.personal:
        assert names(decision)[: len(wanted)] == wanted[:size]


@given(people, rules, sizes, chances)
def test_propensities_are_probabilities_and_shares_sum_to_at_most_one(profile, shop_rules, size, chance):
    for outcome in ask(profile, shop_rules, size, chance).items:
        assert 0 < outcome.propensity <= 1
        assert sum(b.share for b in outcome.reason.because) <= 1 + 1e-6
        assert outcome.reason.text
        assert "{" not in outcome.reason.text


@given(people, rules, sizes, chances)
def test_the_same_chance_decides_the_same(profile, shop_rules, size, chance):
    assert ask(profile, shop_rules, size, chance) == ask(profile, shop_rules, size, chance)


@given(people, rules, sizes, chances)
def test_nothing_personal_where_they_said_no(profile, shop_rules, size, chance):
    decision = ask(profile, shop_rules, size, chance)
    if not decision.personal:
        for outcome in decision.items:
            assert outcome.reason.kind in (ReasonKind.POPULAR, ReasonKind.RULE, ReasonKind.TRYING)
            assert all(b.rule for b in outcome.reason.because)


@given(people, rules, sizes, chances)
def test_a_guess_takes_nothing_away(profile, shop_rules, size, chance):
    """Whatever is guessed, the same items may stand there."""
    from dataclasses import replace

    certain = {k: replace(f, inferred=None, confidence=0.0) for k, f in profile.facets.items()}
    bare = replace(profile, facets=certain)
    with_guess, without = (ask(who, shop_rules, size, chance) for who in (profile, bare))
    assert with_guess.candidates_hash == without.candidates_hash
    assert len(with_guess.items) == len(without.items)


@given(people, rules, sizes, chances)
def test_i_choose_rests_on_no_guess(profile, shop_rules, size, chance):
    decision = ask(profile, shop_rules, size, chance)
    if decision.mode is not Mode.CHOOSE_FOR_ME:
        assert not any(b.event or (b.guess and b.share) for c in decision.items for b in c.reason.because)
        assert all(c.propensity == 1 for c in decision.items)


def test_the_logged_propensity_is_how_often_it_happens():
    """Over many chances, each item stands at each place as often as its propensity says."""
    profile, n, times = person((Verb.BOUGHT, "falafel-wrap")), 5, 3000
    seen: dict[tuple[int, int], list[float]] = {}
    for chance in range(times):
        decision = ask(profile, [], n, chance + 1)
        for place, outcome in enumerate(decision.items):
            seen.setdefault((place, outcome.item), []).append(outcome.propensity)
    for (place, _), propensities in seen.items():
        assert len(set(propensities)) == 1
        expected = propensities[0]
        error = 4 * (expected * (1 - expected) / times) ** 0.5 + 1e-9
        assert abs(len(propensities) / times - expected) <= error, place


def test_the_first_place_is_never_given_away():
    profile = person((Verb.BOUGHT, "falafel-wrap"))
    assert {ask(profile, [], 5, chance).items[0].item for chance in range(1, 200)} == {
        ask(profile, [], 1, 1).items[0].item
    }
