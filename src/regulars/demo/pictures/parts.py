"""Single ingredients: what the builder builds with."""

from regulars.demo.pictures.bakery import sandwich
from regulars.demo.pictures.paint import Brush, dark, ellipse, light, line, moved, seeds, shadow, shape, turned


def vegetable(b: Brush) -> str:
    """Three rounds, freshly cut."""
    skin, flesh = b.colours[0], b.colours[1]

    def one(x: float, y: float, r: float) -> str:
        inside = "".join(
            turned(a, ellipse(x, y - r * 0.5, r * 0.12, r * 0.2, light(flesh, 0.5)), x, y) for a in range(0, 360, 60)
        )
        return (
            ellipse(x, y + 4, r, r, dark(skin, 0.25))
            + ellipse(x, y, r, r, skin)
            + ellipse(x, y, r * 0.8, r * 0.8, flesh)
            + inside
        )

    return shadow(rx=84, y=150) + one(84, 94, 40) + one(158, 92, 42) + one(122, 112, 38)


def leaf(b: Brush) -> str:
    """A handful of leaves."""
    dots = ((-52, b.colours[2]), (-18, b.colours[0]), (20, b.colours[1]), (54, b.colours[0]))
    one = "M120 146q-34 -30 -22 -74q8 -24 22 -36q14 12 22 36q12 44 -22 74z"
    return shadow(rx=70, y=152) + "".join(
        turned(
            a,
            shape(one, c)
            + line("M120 142V58M120 112l-14 -16M120 112l14 -16M120 88l-11 -13M120 88l11 -13", light(c, 0.4), 3),
            120,
            146,
        )
        for a, c in dots
    )


def fruit(b: Brush) -> str:
    """Two halves, one with the stone."""
    half = "M50 0C70 0 74 34 86 56S92 112 50 112S2 78 14 56S30 0 50 0z"
    one = shape(half, dark(b.colours[2], 0.25)) + moved(6, 7, shape(half, light(b.colours[1], 0.25)), 0.88)
    stone = ellipse(50, 74, 20, 21, "#8a5a34") + ellipse(44, 67, 5, 5, "#b9855a")
    hollow = ellipse(50, 74, 20, 21, b.colours[0])
    return (
        shadow(rx=80, y=152)
        + moved(32, 40, turned(-14, one + hollow, 50, 60))
        + moved(112, 36, turned(12, one + stone, 50, 60))
    )


def sauce(b: Brush) -> str:
    """A small dish with a swirl and a spoon's trace."""
    clay = b.ceramic
    dish = ellipse(120, 94, 70, 25, light(clay, 0.3)) + ellipse(120, 95, 61, 20, b.colours[0])
    swirl = line("M80 96q6 -14 40 -14t38 12q-4 12 -34 12t-26 -10q4 -6 22 -6", light(b.colours[1], 0.25), 5)
    front = shape("M50 96q4 50 70 50t70 -50q-8 24 -70 24t-70 -24z", clay)
    return shadow(rx=66, y=150) + dish + swirl + seeds(b, 7, (90, 84, 150, 106), b.colours[2]) + front


def cheese(b: Brush) -> str:
    """A wedge."""
    c = b.colours[0]
    top = shape("M36 104L150 50q50 10 56 52z", light(c, 0.35))
    side = shape("M36 104l170 -2v38q0 8 -8 8H44q-8 0 -8 -8z", c)
    holes = "".join(
        ellipse(x, y, r, r * 0.85, dark(c, 0.16))
        for x, y, r in ((74, 126, 11), (120, 118, 8), (158, 130, 12), (188, 114, 6))
    )
    dent = ellipse(142, 80, 12, 6, dark(c, 0.1))
    return shadow(rx=88, y=152) + side + holes + top + dent


def egg(b: Brush) -> str:
    """Two halves of a boiled egg."""
    one = (
        shape("M0 52C0 22 22 0 40 0s40 22 40 52s-18 44 -40 44S0 82 0 52z", "#e9e0d2")
        + shape("M5 50C5 24 24 5 40 5s35 19 35 45s-16 38 -35 38S5 76 5 50z", "#fffdf6")
        + ellipse(40, 56, 20, 20, b.colours[0])
        + ellipse(34, 50, 6, 5, light(b.colours[0], 0.5))
    )
    return shadow(rx=78, y=150) + moved(40, 48, turned(-12, one, 40, 48)) + moved(118, 52, turned(14, one, 40, 48))


def meat(b: Brush) -> str:
    """Folded slices."""
    c = b.colours[0]

    def fold(x: float, y: float, turn: float, tone: str) -> str:
        ribbon = "M0 40q-4 -36 34 -38q40 -4 66 18q30 24 6 44q-20 14 -52 4q-50 8 -54 -28z"
        grain = line("M18 40q20 -22 46 -12t34 20", light(tone, 0.4), 4, 'opacity=".8"')
        return moved(
            x, y, turned(turn, shape(ribbon, dark(tone, 0.22)) + moved(0, -4, shape(ribbon, tone) + grain), 50, 36)
        )

    return (
        shadow(rx=88, y=150) + fold(84, 50, 10, c) + fold(34, 66, -8, light(c, 0.15)) + fold(84, 78, 4, dark(c, 0.08))
    )


def fish(b: Brush) -> str:
    """A fish; of a dish, one that looks out of its bread on both sides."""
    c = b.colours[1] if b.filled else b.colours[0]
    body = shape("M30 104q34 -44 92 -40q40 4 60 32l34 -24q-6 32 0 60l-34 -22q-22 26 -60 28q-58 2 -92 -34z", c)
    belly = shape("M30 104q34 34 92 34q38 -2 60 -28q-70 22 -152 -6z", light(c, 0.4))
    scales = "".join(
        line(f"M{x} {y}q9 7 0 15", dark(c, 0.25), 3, 'opacity=".6"')
        for x, y in ((98, 82), (120, 78), (142, 84), (110, 98), (132, 98))
    )
    gill = line("M74 80q14 22 2 44", dark(c, 0.3), 3.5)
    eye = ellipse(56, 96, 6, 6, "#fffdf6") + ellipse(55, 96, 3, 3, "#2a1c14")
    if not b.filled:
        return shadow(rx=88, y=152) + body + belly + scales + gill + eye
    peeking = moved(-18, 16, body + belly + eye, 1.15)
    return peeking + sandwich(b)
