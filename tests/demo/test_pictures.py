"""Every picture can be drawn, well-formed and the same every time."""

import pytest
from defusedxml.ElementTree import fromstring

from regulars.demo.content import Picture, load
from regulars.demo.pictures import SHAPES, draw


def test_everything_in_the_content_can_be_drawn():
    content = load()
    named: list[tuple[str, Picture]] = [(x.id, x.picture) for x in content.products]
    named += [(x.id, x.picture) for x in content.articles]
    for name, picture in named:
        fromstring(draw(name, picture.shape, picture.colours))


@pytest.mark.parametrize("form", sorted(SHAPES))
def test_a_shape_is_drawn_hot_and_cold_alone_and_filled(form: str):
    for name in (f"filling-{form}", f"{form}-of-the-day"):
        for colours in (("#c98f4e",), ("#c98f4e", "#e79c96", "#e8a93a", "#f3d778")):
            fromstring(draw(name, form, colours, hot=True))
            fromstring(draw(name, form, colours, to_read=True))


def test_the_same_thing_looks_the_same_every_time():
    first = draw("falafel-wrap", "wrap", ("#ecd3a0", "#9c6b2f", "#e4cb96", "#7a3a78"))
    draw.cache_clear()
    assert draw("falafel-wrap", "wrap", ("#ecd3a0", "#9c6b2f", "#e4cb96", "#7a3a78")) == first
