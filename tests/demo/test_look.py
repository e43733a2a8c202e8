"""The shop's colour on Regulars' paper: readable, light and dark (WCAG 2.2, 1.4.3)."""

import re

import pytest

from regulars.demo.render import HERE

PAIR = re.compile(r"--([\w-]+):\s*light-dark\((#\w{6}), (#\w{6})\)")
TOKENS = HERE.parent / "web/static/css/tokens.css"


def _colours() -> dict[str, tuple[str, str]]:
    said = TOKENS.read_text() + (HERE / "static/site.css").read_text()
    return {name: (light, dark) for name, light, dark in PAIR.findall(said)}


def _luminance(colour: str) -> float:
    parts = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a: str, b: str) -> float:
    """Of two colours, from 1 to 21."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("brand", "paper"),
        ("brand", "surface"),
        ("brand", "sunken"),
        ("brand", "accent-wash"),
        ("brand-ink", "brand"),
        ("ink", "accent-wash"),
        ("ink-soft", "sunken"),
    ],
)
def test_every_pair_of_text_and_ground_is_readable(ink: str, ground: str, theme: int):
    colours = _colours()
    assert contrast(colours[ink][theme], colours[ground][theme]) >= 4.5
