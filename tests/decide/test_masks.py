"""Conditions about items: a mask over the shelf means the same as asking each item."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regulars.decide import ITEM_WORDS, ItemSubject
from regulars.decide.masks import Masks
from regulars.kit.conditions import And, Condition, Not, Operator, Or, Test, dump, holds, parse
from tests.cast import NOW
from tests.decide.shop import item, shelf

one = st.sampled_from([Operator.IS, Operator.IS_NOT])
several = st.sampled_from([Operator.ONE_OF, Operator.NONE_OF])
order = st.sampled_from([Operator.LESS_THAN, Operator.AT_MOST, Operator.AT_LEAST, Operator.MORE_THAN])
there = st.sampled_from([Operator.KNOWN, Operator.UNKNOWN])
fields = st.sampled_from(["item", "kind", "category", "diet", "topics", "price", "published", "nothing"])
questions = st.one_of(
    st.builds(Test, st.just("diet"), one, st.sampled_from(["vegan", "halal", "none"])),
    st.builds(Test, st.just("category"), several, st.just(("wraps", "reading"))),
    st.builds(Test, st.just("kind"), one, st.sampled_from(["product", "article"])),
    st.builds(Test, st.just("item"), several, st.just(("cola", "rye", "gone"))),
    st.builds(Test, st.just("price"), order, st.sampled_from([2.5, 5, 6.5, 9.5, 100])),
    st.builds(Test, st.just("price"), one, st.sampled_from([6.5, 5])),
    st.builds(Test, st.just("published"), order, st.just(NOW.isoformat())),
    st.builds(Test, st.just("topics"), st.just(Operator.CONTAINS), st.sampled_from(["BRE", "x"])),
    st.builds(Test, fields, there),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    questions,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)


@given(conditions)
def test_a_mask_means_what_each_item_says(condition):
    mask = Masks(shelf()).of(condition)
    for i, thing in shelf().items.items():
        assert mask[i] == holds(condition, ItemSubject(thing)), (thing.external_id, condition)


@given(conditions)
def test_what_can_be_asked_of_items_can_be_written(condition):
    assert parse(dump(condition), ITEM_WORDS) == condition


def test_masks_are_remembered_and_cannot_be_written_to():
    masks = Masks(shelf())
    first = masks.of(Test("diet", Operator.IS, "vegan"))
    assert masks.of(Test("diet", Operator.IS, "vegan")) is first
    assert not first.flags.writeable


def test_a_price_is_compared_as_it_is_written():
    mask = Masks(shelf()).of(Test("price", Operator.AT_MOST, 9.5))
    assert mask[item("beef-burger")]
    assert not np.any(mask[[i for i, thing in shelf().items.items() if thing.kind == "article"]])
