"""The paint box: colours that mix, a hand that wobbles the same way for the same thing, and a few strokes."""

from dataclasses import dataclass
from random import Random

CREAM = "#fff9ee"
CERAMICS = ("#f3ead9", "#86aba0", "#d9926f", "#e2b956", "#8ea6c2", "#c98a96")


def mix(a: str, b: str, share: float) -> str:
    """Colour `a` with `share` of `b` in it; both #rrggbb."""
    pairs = zip(_parts(a), _parts(b), strict=True)
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


def dark(colour: str, share: float = 0.18) -> str:
    """`colour` in warm shadow."""
    return mix(colour, "#3a1f10", share)


def light(colour: str, share: float = 0.3) -> str:
    """`colour` in warm light."""
    return mix(colour, CREAM, share)


@dataclass(frozen=True)
class Brush:
    """What a shape paints with: at least four colours, a seeded hand, whether it steams, and the thing's name."""

    colours: tuple[str, ...]
    hand: Random
    hot: bool
    name: str

    @property
    def filled(self) -> bool:
        """Whether it is a dish (bread and what is in it) and not a part alone."""
        return not self.name.startswith(("bread-", "filling-", "green-", "sauce-", "extra-"))

    @property
    def ceramic(self) -> str:
        """The colour of its crockery."""
        return CERAMICS[sum(map(ord, self.name)) % len(CERAMICS)]

    def about(self, middle: float, wobble: float) -> float:
        """A number near `middle`."""
        return round(middle + self.hand.uniform(-wobble, wobble), 1)


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, *more: str) -> str:
    """A filled ellipse."""
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"{_and(" ".join(more))}/>'


def shape(d: str, fill: str, more: str = "") -> str:
    """A filled path."""
    return f'<path d="{d}" fill="{fill}"{_and(more)}/>'


def line(d: str, colour: str, width: float, more: str = "") -> str:
    """A stroked path with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
        f'stroke-linejoin="round"{_and(more)}/>'
    )


def turned(degrees: float, inside: str, x: float = 120, y: float = 100) -> str:
    """`inside`, turned about a point."""
    return f'<g transform="rotate({degrees} {x} {y})">{inside}</g>'


def moved(x: float, y: float, inside: str, scale: float = 1) -> str:
    """`inside`, moved and scaled."""
    return f'<g transform="translate({x} {y}) scale({scale})">{inside}</g>'


def shadow(x: float = 120, y: float = 152, rx: float = 70) -> str:
    """What the thing throws on the table."""
    return ellipse(x, y, rx, 7, "#3a1f10", 'opacity=".13"')


def steam(x: float, y: float) -> str:
    """Three wisps."""
    wisps = (
        f"M{x - 18} {y}q-7 -9 0 -17q6 -8 1 -15",
        f"M{x} {y - 4}q-7 -10 0 -19q6 -8 1 -16",
        f"M{x + 18} {y}q-7 -9 0 -17q6 -8 1 -15",
    )
    return "".join(line(w, "#a89f94", 3.5, 'opacity=".5"') for w in wisps)


def seeds(brush: Brush, spots: int, box: tuple[float, float, float, float], colour: str = "#fbf0d2") -> str:
    """Sesame on a crust, within x0, y0, x1, y1."""
    x0, y0, x1, y1 = box
    return "".join(
        turned(
            brush.about(0, 50),
            ellipse(x, y, 3.2, 1.8, colour),
            x,
            y,
        )
        for x, y in ((round(brush.hand.uniform(x0, x1), 1), round(brush.hand.uniform(y0, y1), 1)) for _ in range(spots))
    )


def wave(x0: float, x1: float, y: float, depth: float, bumps: int) -> str:
    """A wavy lower edge from (x0, y) to (x1, y): lettuce, melted cheese, sauce."""
    step = (x1 - x0) / bumps
    return f"M{x0} {y}" + "".join(
        f"q{step / 2:.1f} {depth if k % 2 else depth * 0.55:.1f} {step:.1f} 0" for k in range(bumps)
    )


def _and(more: str) -> str:
    return f" {more}" if more else ""


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def vividness(colour: str) -> float:
    """How much colour there is in it: 0 for grey, white and black."""
    high, low = max(_parts(colour)), min(_parts(colour))
    return (high - low) * min(1.0, high / 150)
