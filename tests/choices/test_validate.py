"""Which value fits which facet."""

import pytest

from regulars.choices import Acts, FacetDefinition, Many, Value, built_in, definition_of, validate
from regulars.kit.errors import Invalid, NotFound

DIET = FacetDefinition("diet", Many.SEVERAL, Acts.REQUIRE, values=(Value("vegan"), Value("halal")), attribute="diet")
BUILT_IN = built_in()


@pytest.mark.parametrize(
    ("definition", "value", "kept"),
    [
        (DIET, ["vegan", "vegan", "halal"], ["vegan", "halal"]),
        (DIET, [], []),
        (BUILT_IN["language"], "nl", "nl"),
        (BUILT_IN["city"], "Utrecht", "Utrecht"),
        (BUILT_IN["pause"], True, True),
        (BUILT_IN["hidden_items"], ["anything"], ["anything"]),
        (BUILT_IN["pinned"], ["b", "a"], ["b", "a"]),
        (BUILT_IN["city"], "Utr\x00echt", "Utr�echt"),
    ],
)
def test_a_value_that_fits_is_kept(definition, value, kept):
    assert validate(definition, value) == kept


@pytest.mark.parametrize(
    ("definition", "value", "field"),
    [
        (DIET, "vegan", "diet"),
        (DIET, ["vegan", "meat"], "diet[1]"),
        (DIET, [3], "diet[0]"),
        (DIET, None, "diet"),
        (BUILT_IN["language"], "xx", "language"),
        (BUILT_IN["language"], ["nl"], "language"),
        (BUILT_IN["city"], " ", "city"),
        (BUILT_IN["city"], "x" * 513, "city"),
        (BUILT_IN["pause"], 1, "pause"),
        (BUILT_IN["hidden_items"], ["x"] * 10_001, "hidden_items"),
    ],
)
def test_a_value_that_does_not_is_named(definition, value, field):
    with pytest.raises(Invalid) as fault:
        validate(definition, value)
    assert list(fault.value.fields) == [field]


def test_only_some_facets_are_chosen_per_slot():
    assert validate(BUILT_IN["mode"], "i_choose", scope="home.for-you") == "i_choose"
    with pytest.raises(Invalid):
        validate(BUILT_IN["language"], "nl", scope="home.for-you")


def test_an_unknown_facet_is_answered_with_the_known_ones():
    with pytest.raises(NotFound, match="language"):
        definition_of(BUILT_IN, "colour")
