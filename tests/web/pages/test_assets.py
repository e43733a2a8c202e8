"""What browsers are sent: small, our own, and readable."""

import gzip
import json
import re
from pathlib import Path

import pytest

from regulars.choices.model import CorrectionKind
from regulars.kit.text import LANGUAGES
from regulars.web.pages.render import HERE, STATIC
from tests.web.conftest import Client

ROOT = Path(__file__).parents[3]
BUILT = STATIC / "built"
WITH_CHAT_MOST_BYTES = 40_000
SCRIPT_MOST_BYTES = 15_000

Rgb = tuple[float, float, float]


def test_the_script_for_sites_is_under_15_kilobytes_gzipped():
    script = len(gzip.compress((BUILT / "regulars.js").read_bytes(), 6))
    chat = len(gzip.compress((BUILT / "regulars-chat.js").read_bytes(), 6))
    assert script < SCRIPT_MOST_BYTES
    assert script + chat < WITH_CHAT_MOST_BYTES


def test_every_correction_can_be_pressed_where_a_thing_is_seen():
    script = (BUILT / "regulars.js").read_text()
    pressed = re.search(r'\["not_for_me"[^]]*\]', script)
    assert pressed and set(json.loads(pressed[0])) == set(CorrectionKind)
    for kind in CorrectionKind:
        assert len(re.findall(rf"\b{kind}:", script)) == len(LANGUAGES), kind


def test_the_script_is_sent_packed_and_only_once(client: Client):
    first = client.get("/regulars.js", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert "javascript" in first.headers["content-type"]
    again = client.get("/regulars.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("file", ["regulars.css", "pages.js", "icons.svg", "inter-latin.woff2", "swagger-ui-bundle.js"])
def test_what_pages_need_is_served_from_here(client: Client, file: str):
    answer = client.get(f"/static/built/{file}")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_nothing_comes_from_elsewhere():
    """No template, style or source of ours names another host (names of XML spaces and documents aside)."""
    files = [*HERE.rglob("*.html"), *STATIC.glob("css/*.css"), *(ROOT / "browser").glob("*.*")]
    for file in files:
        found = re.findall(r"https?://[\w.-]+", file.read_text())
        named = {url for url in found if not re.search(r"www\.w3\.org|YOUR-REGULARS|shop\.example", url)}
        assert named == set(), file.name


def test_every_icon_that_is_used_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (BUILT / "icons.svg").read_text()))
    used: set[str] = set()
    for file in [*HERE.rglob("*.html"), *HERE.rglob("*.py")]:
        text = file.read_text()
        used |= set(re.findall(r'icon\("([\w-]+)"', text)) | set(re.findall(r'ui\.empty\("([\w-]+)"', text))
        used |= set(re.findall(r'\("[^"]+", "/[\w/]*", "([\w-]+)"', text))
    assert used
    assert used <= sprite


PAIRS = [
    (text, ground)
    for ground in ("paper", "surface", "sunken")
    for text in ("ink", "ink-soft", "accent", "guess", "danger", "success")
] + [
    ("on-accent", "accent"),
    ("on-danger", "danger"),
    ("accent", "accent-wash"),
    ("ink", "accent-wash"),
    ("guess", "guess-wash"),
    ("danger", "danger-wash"),
    ("success", "success-wash"),
]
"""Every text colour on every ground it may stand on."""


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS, ids=str)
def test_text_can_be_read(text: str, ground: str, scheme: int):
    assert contrast(token(text, scheme), token(ground, scheme)) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_edges_of_controls_can_be_seen(ground: str, scheme: int):
    """WCAG 2.2, 1.4.11: 3 : 1 for what shows that something is a control."""
    assert contrast(token("line-strong", scheme), token(ground, scheme)) >= 3


def token(name: str, scheme: int) -> Rgb:
    """The value of a colour token in one scheme."""
    css = (STATIC / "css/tokens.css").read_text()
    found = re.search(rf"--{name}:.*?light-dark\((#\w{{6}}), (#\w{{6}})\)", css)
    assert found, name
    value = found[scheme + 1]
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2 contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Rgb) -> float:
    """WCAG 2.2 relative luminance."""
    parts = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
