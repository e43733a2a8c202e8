"""Markdown of agents and editors becomes HTML that may stand in a page."""

import time

import pytest

from regulars.kit.markdown import to_html, to_text


def test_what_people_write_is_shaped():
    assert (
        to_html("# Soup\n\nwith **bread**\n- a")
        == "<h2>Soup</h2>\n<p>with <strong>bread</strong></p>\n<ul>\n<li>a</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "![x](javascript:alert(1))",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](vbscript:x)",
        "<style>*{display:none}</style>",
    ],
)
def test_nothing_that_acts_gets_through(bad: str):
    made = to_html(bad)
    assert "<script" not in made and "<style" not in made and "<img" not in made
    assert 'href="' not in made and 'src="' not in made


def test_links_to_the_web_do_not_tell_where_they_stood():
    assert 'rel="noopener noreferrer nofollow"' in to_html("[x](https://example.com)")


def test_pictures_can_be_left_out():
    assert "<img" in to_html("![x](https://example.com/a.png)")
    assert "<img" not in to_html("![x](https://example.com/a.png)", pictures=False)


def test_a_preview_has_no_marks():
    assert to_text("# Soup\n\n**very** hot & [good](https://x.example)") == "Soup very hot & good"


@pytest.mark.parametrize("bad", ["[" * 20_000, "> " * 9_000 + "a", "*a " * 9_000, "`" * 20_001, "![[" * 6_000])
def test_hostile_text_ends_at_once(bad: str):
    begun = time.process_time()
    to_html(bad)
    assert time.process_time() - begun < 3
