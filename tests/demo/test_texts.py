"""The shop's own words: complete in three languages, with the same blanks to fill."""

import re
from pathlib import Path

import msgspec

from regulars.demo.content.texts import FILE, texts
from regulars.kit.text import LANGUAGES

DEMO = FILE.parent.parent


def test_every_text_is_there_in_every_language_with_the_same_blanks():
    for key, said in msgspec.json.decode(FILE.read_bytes(), type=dict[str, dict[str, str]]).items():
        assert set(said) == set(LANGUAGES), key
        assert len({tuple(sorted(re.findall(r"\{\w+\}", text))) for text in said.values()}) == 1, key


def test_no_text_is_left_unused():
    used = "".join(p.read_text() for p in Path(DEMO / "templates").glob("*.html"))
    keys = msgspec.json.decode(FILE.read_bytes(), type=dict[str, object])
    heads = ("nav.", "block.", "consent.state.", "build.step.", "sign_in.")  # put together in templates
    assert [k for k in keys if k not in used and not k.startswith(heads)] == []


def test_a_text_is_filled_in():
    assert texts("nl")("nav.basket.count", n=3) == "Mandje, 3 erin"
