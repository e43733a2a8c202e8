"""Colours: contrast (WCAG 2.2), and the shade of a brand's colour that can be read on a ground."""

import re
from colorsys import hls_to_rgb, rgb_to_hls

from regulars.kit.errors import Invalid

READABLE = 4.5
"""The contrast text needs (WCAG 2.2, 1.4.3)."""
STEPS = 200
_HEX = re.compile(r"#[0-9a-f]{6}")

Rgb = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""


def checked(text: str) -> str:
    """A colour as #rrggbb in small letters. Raises Invalid."""
    colour = text.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", colour):
        colour = "#" + "".join(c * 2 for c in colour[1:])
    if not _HEX.fullmatch(colour):
        raise Invalid(f"a colour is written like #a23b1e, not {text.strip()[:20]!r}", fields={"colour": "is no colour"})
    return colour


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(rgb(one)), _luminance(rgb(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, grounds: tuple[str, ...], *, least: float = READABLE) -> str:
    """`colour`, made darker or lighter as little as needed until it can be read on every one of `grounds`."""
    hue, lightness, saturation = rgb_to_hls(*rgb(colour))
    for step in range(STEPS + 1):
        for moved in (lightness - step / STEPS, lightness + step / STEPS):
            tried = _hex(hls_to_rgb(hue, min(1.0, max(0.0, moved)), saturation))
            if all(contrast(tried, ground) >= least for ground in grounds):
                return tried
    return max(("#000000", "#ffffff"), key=lambda c: min(contrast(c, ground) for ground in grounds))


def on(colour: str) -> str:
    """Black or white, whichever is read better on `colour`."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, colour))


def rgb(colour: str) -> Rgb:
    """#rrggbb as numbers."""
    return tuple(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))  # type: ignore[return-value]  # three of them


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
