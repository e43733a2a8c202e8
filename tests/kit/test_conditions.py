"""The condition tree: one meaning in every reading."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.conditions import (
    ALWAYS,
    And,
    Condition,
    Field,
    Kind,
    Not,
    Operator,
    Or,
    Subject,
    Test,
    Vocabulary,
    dump,
    holds,
    judge,
    leaves,
    parse,
    read,
    say,
)
from regulars.kit.errors import Invalid
from regulars.kit.json import Json

DIET = Field("diet", Kind.TEXT, {"en": "diet", "nl": "dieet"}, {"vegan": {"en": "vegan", "nl": "veganistisch"}})
PRICE = Field("price", Kind.NUMBER, {"en": "price", "es": "precio", "nl": "prijs"})
NEW = Field("new", Kind.FLAG)
SINCE = Field("since", Kind.MOMENT)
FOOD = Vocabulary.of([DIET, PRICE, NEW, SINCE], open=("trait.",))


def about(values: Mapping[str, Sequence[Json]]):
    return lambda field: values.get(field, ())


FALAFEL = about({"diet": ["vegan", "halal"], "price": [6.5], "new": [True], "since": ["2026-01-02T00:00:00+00:00"]})


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("diet", "is", "vegan", True),  # one of several values
        ("diet", "is", "kosher", False),
        ("diet", "is_not", "vegan", False),
        ("allergens", "is_not", "milk", True),  # unknown is not milk
        ("allergens", "is", "milk", False),
        ("diet", "one_of", ["kosher", "halal"], True),
        ("diet", "none_of", ["kosher", "halal"], False),
        ("diet", "contains", "VÉG", True),  # case and accents aside
        ("price", "at_most", 6.5, True),
        ("price", "less_than", 6.5, False),
        ("price", "at_least", 6.5, True),
        ("price", "more_than", 6, True),
        ("weight", "more_than", 6, False),  # unknown compares with nothing
        ("new", "is", True, True),
        ("new", "is", 1, False),  # a flag is not a number
        ("since", "less_than", "2026-01-02T02:00:00+01:00", True),
        ("price", "known", None, True),
        ("allergens", "unknown", None, True),
    ],
)
def test_a_test_compares_with_any_of_the_values(field, operator, value, expected):
    assert holds(Test(field, Operator(operator), value), FALAFEL) is expected


def test_a_verdict_names_the_first_part_that_fails():
    wrap = And(
        (
            Test("diet", Operator.IS, "vegan"),
            Or((Test("price", Operator.LESS_THAN, 5), Test("new", Operator.IS, False))),
        )
    )
    verdict = judge(wrap, FALAFEL)
    assert not verdict.holds
    assert [d.path for d in verdict.because] == ["and[1].or[0]", "and[1].or[1]"]
    assert verdict.because[0].found == (6.5,)


def test_no_parts_means_always_for_and_and_never_for_or():
    assert holds(ALWAYS, FALAFEL)
    assert not holds(Or(), FALAFEL)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("vegan", "items"),
        ({"and": {}}, "items.and"),
        ({"and": [{"or": [{"field": "diet", "operator": "is", "value": "x"}, 3]}]}, "items.and[0].or[1]"),
        ({"and": [], "or": []}, "items.or"),
        ({"not": {"field": "colour", "operator": "is", "value": "red"}}, "items.not.field"),
        ({"operator": "is", "value": "red"}, "items.field"),
        ({"field": "diet", "operator": "like", "value": "red"}, "items.operator"),
        ({"field": "diet", "operator": "more_than", "value": 3}, "items.operator"),
        ({"field": "diet", "operator": "is", "value": 3}, "items.value"),
        ({"field": "diet", "operator": "is", "value": ""}, "items.value"),
        ({"field": "diet", "operator": "one_of", "value": []}, "items.value"),
        ({"field": "diet", "operator": "one_of", "value": ["vegan", None]}, "items.value[1]"),
        ({"field": "diet", "operator": "known", "value": "vegan"}, "items.value"),
        ({"field": "price", "operator": "is", "value": True}, "items.value"),
        ({"field": "price", "operator": "is", "value": float("nan")}, "items.value"),
        ({"field": "since", "operator": "more_than", "value": "2026-01-01"}, "items.value"),  # no zone
        ({"field": "diet", "operator": "is", "value": "vegan", "window": 3}, "items.window"),
        ({"field": "trait.age", "operator": "more_than", "value": []}, "items.value"),
        ({"field": "trait.", "operator": "known"}, "items.field"),
    ],
)
def test_a_fault_is_named_by_its_path(raw, path):
    with pytest.raises(Invalid) as fault:
        parse(raw, FOOD, path="items")
    assert list(fault.value.fields) == [path]


def test_a_tree_too_deep_or_too_wide_is_refused():
    deep: Json = {"field": "diet", "operator": "known"}
    for _ in range(20):
        deep = {"not": deep}
    with pytest.raises(Invalid, match="levels deep"):
        parse(deep, FOOD)
    with pytest.raises(Invalid, match="at most 200 parts"):
        parse({"and": [{"field": "diet", "operator": "known"}] * 300}, FOOD)


def test_a_condition_reads_as_a_sentence():
    condition = And(
        (
            Test("diet", Operator.IS, "vegan"),
            Or((Test("price", Operator.AT_MOST, 9.5), Not(Test("new", Operator.IS, True)))),
            Not(And((Test("diet", Operator.ONE_OF, ("halal", "kosher")), Test("since", Operator.KNOWN)))),
        )
    )
    assert say(condition, "en", FOOD) == (
        "diet is vegan and (price is at most 9.5 or new is not yes)"
        " and not (diet is one of halal or kosher and since is known)"
    )
    assert "veganistisch" in say(condition, "nl", FOOD)
    assert "9,5" in say(condition, "es", FOOD)
    assert say(ALWAYS, "en", FOOD) == "always"


# -- properties ---------------------------------------------------------------------------------

questions = st.one_of(
    st.builds(
        Test, st.just("diet"), st.sampled_from([Operator.IS, Operator.IS_NOT]), st.sampled_from(["vegan", "halal"])
    ),
    st.builds(Test, st.just("diet"), st.sampled_from([Operator.ONE_OF, Operator.NONE_OF]), st.just(("vegan", "halal"))),
    st.builds(Test, st.just("price"), st.sampled_from([Operator.AT_MOST, Operator.MORE_THAN]), st.integers(0, 4)),
    st.builds(Test, st.just("new"), st.just(Operator.IS), st.booleans()),
    st.builds(Test, st.sampled_from(["diet", "trait.age"]), st.sampled_from([Operator.KNOWN, Operator.UNKNOWN])),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    questions,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
subjects = st.fixed_dictionaries(
    {},
    optional={
        "diet": st.lists(st.sampled_from(["vegan", "halal", "kosher"]), max_size=2),
        "price": st.lists(st.integers(0, 4), max_size=1),
        "new": st.lists(st.booleans(), max_size=1),
        "trait.age": st.just([40]),
    },
)


@given(conditions)
def test_what_is_dumped_parses_to_the_same_condition(condition):
    assert parse(dump(condition), FOOD) == condition


class Truth:
    """A reading into plain truth values, as masks and SQL do it."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def test(self, test):
        return holds(test, self.subject)

    def every(self, parts):
        return all(parts)

    def some(self, parts):
        return any(parts)

    def no(self, part):
        return not part


@given(conditions, subjects)
def test_every_reading_agrees(condition, values):
    subject = about(values)
    assert judge(condition, subject).holds == holds(condition, subject) == read(condition, Truth(subject))


@given(conditions, subjects, st.randoms())
def test_the_tests_that_decided_settle_it_whatever_the_others_say(condition, values, random):
    verdict = judge(condition, about(values))
    decided = {d.path: d.held for d in verdict.because}

    def answer(node: Condition, path: str) -> bool:
        match node:
            case Test():
                return bool(decided.get(path, random.random() < 0.5))
            case Not(part):
                return not answer(part, f"{path}.not" if path else "not")
            case And(parts):
                head = f"{path}.and" if path else "and"
                return all(answer(p, f"{head}[{i}]") for i, p in enumerate(parts))
            case Or(parts):
                head = f"{path}.or" if path else "or"
                return any(answer(p, f"{head}[{i}]") for i, p in enumerate(parts))

    assert answer(condition, "") == verdict.holds


@given(conditions)
def test_everything_can_be_said_and_every_test_is_in_the_tree(condition):
    for language in ("en", "es", "nl"):
        assert say(condition, language, FOOD)
    assert all(isinstance(t, Test) for t in leaves(condition))
