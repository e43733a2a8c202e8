"""A brand's colour can always be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.colour import READABLE, checked, contrast, on, readable
from regulars.kit.errors import Invalid

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
LIGHT, DARK = ("#fbfaf7", "#ffffff"), ("#171513", "#201d1a")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, ratio: float):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


@given(COLOURS)
def test_any_colour_becomes_readable_on_light_and_on_dark(colour: str):
    for grounds in (LIGHT, DARK):
        assert min(contrast(readable(colour, grounds), ground) for ground in grounds) >= READABLE


@given(COLOURS)
def test_what_is_written_on_a_colour_can_be_read(colour: str):
    assert contrast(on(colour), colour) >= READABLE


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert readable("#0f6e66", LIGHT) == "#0f6e66"


@pytest.mark.parametrize(("said", "kept"), [("#A23B1E", "#a23b1e"), (" #fa0 ", "#ffaa00")])
def test_colours_are_kept_in_one_way(said: str, kept: str):
    assert checked(said) == kept


@pytest.mark.parametrize("said", ["red", "#12", "#12345g", "a23b1e", "url(x)", ""])
def test_what_is_no_colour_is_refused(said: str):
    with pytest.raises(Invalid, match="written like"):
        checked(said)
