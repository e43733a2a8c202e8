"""Bread and what is put between it."""

from regulars.demo.pictures.paint import Brush, dark, ellipse, light, line, moved, seeds, shadow, shape, turned, wave


def bread(b: Brush) -> str:
    """A loaf with one slice leaning on it."""
    crust = b.colours[0]
    loaf = shape("M52 150V98q-8 -40 62 -40t72 40v52q0 4 -5 4H58q-6 0 -6 -4z", crust)
    scores = "".join(line(f"M{x} 70q9 12 4 24", light(crust, 0.45), 5) for x in (96, 124, 152))
    slice_ = shape("M40 152V108q-6 -30 38 -30t38 30v44z", dark(crust, 0.12)) + shape(
        "M47 146v-37q-5 -22 31 -22t31 22v37z", light(b.colours[1], 0.45)
    )
    crumbs = "".join(
        ellipse(b.about(78, 22), b.about(118, 16), 2.2, 1.6, b.colours[0], 'opacity=".45"') for _ in range(9)
    )
    return shadow(rx=80) + loaf + scores + slice_ + crumbs


def baguette(b: Brush) -> str:
    """A long loaf; with a filling it is cut open and the filling looks out."""
    crust = b.colours[0]
    if not b.filled:
        body = shape("M28 112q0 -26 92 -26t92 26q0 24 -92 24t-92 -24z", crust)
        shine = shape("M40 104q20 -13 80 -13t80 13q-30 -5 -80 -5t-80 5z", light(crust, 0.35))
        scores = "".join(line(f"M{x} 96q16 4 20 20", light(crust, 0.55), 6) for x in (60, 92, 124, 156))
        return shadow(rx=92, y=142) + turned(-9, body + shine + scores)
    bottom = shape("M26 122h188q-4 28 -94 28t-94 -28z", dark(crust, 0.08))
    inside = _layers(b, 34, 206, 118)
    top = shape("M26 108q4 -38 94 -38t94 38q-20 7 -94 7t-94 -7z", crust)
    shine = shape("M44 98q22 -21 76 -21t76 21q-26 -10 -76 -10t-76 10z", light(crust, 0.35))
    scores = "".join(line(f"M{x} 80q14 5 17 20", light(crust, 0.55), 5) for x in (70, 104, 138))
    return shadow(rx=92) + turned(-6, bottom + inside + top + shine + scores, 120, 110)


def sandwich(b: Brush) -> str:
    """Two slices or a round roll, with everything in between."""
    crust = b.colours[0]
    round_ = any(word in b.name for word in ("roll", "broodje", "brioche", "burger", "bun", "meatball", "pulled"))
    bottom = shape("M56 128h128v10q0 14 -16 14H72q-16 0 -16 -14z", dark(crust, 0.06))
    inside = _layers(b, 48, 192, 124)
    if round_:
        top = shape("M54 104q0 -50 66 -50t66 50q0 6 -8 6H62q-8 0 -8 -6z", crust)
        shine = shape("M68 88q10 -24 48 -26q-30 10 -38 28z", light(crust, 0.4))
        return shadow(rx=76) + bottom + inside + top + shine + seeds(b, 12, (84, 64, 158, 88))
    top = shape("M52 108V86q0 -16 20 -16h96q20 0 20 16v22z", crust)
    crumb = shape("M60 104V88q0 -10 14 -10h92q14 0 14 10v16z", light(crust, 0.5))
    stick = (
        line("M120 92V44", "#c9a071", 3.5)
        + ellipse(120, 44, 8, 8, b.colours[-1])
        + ellipse(117, 41, 2.4, 2.4, "#fff", 'opacity=".6"')
    )
    return shadow(rx=78) + bottom + inside + top + crumb + stick


def toast(b: Brush) -> str:
    """Two toasted triangles with something melting out."""
    crust = b.colours[0]
    half = (
        shape("M0 84L58 0q6 -6 12 0l58 84q2 8 -8 8H8q-10 0 -8 -8z", dark(crust, 0.16))
        + shape("M16 78L60 14q4 -4 8 0l44 64q1 4 -4 4H20q-5 0 -4 -4z", light(crust, 0.18))
        + "".join(
            line(d, dark(crust, 0.4), 5, 'opacity=".5"') for d in ("M50 32l38 22", "M38 50l56 30", "M28 66l22 14")
        )
    )
    drip = shape(
        "M2 90h124v8q-8 14 -14 2q-8 -6 -16 4q-6 24 -13 2q-9 -10 -20 0q-7 12 -14 0q-14 -8 -22 4q-8 12 -14 -4z",
        b.colours[2],
    )
    under = shape("M4 88h120v8H4z", b.colours[1]) + drip
    back = moved(88, 44, half + under, 0.98)
    front = moved(26, 52, half + under)
    return shadow(rx=92, y=154) + back + front


def bagel(b: Brush) -> str:
    """A ring with a lid."""
    crust = b.colours[0]
    ring = (
        "M120 58c44 0 72 14 72 32s-28 30 -72 30s-72 -12 -72 -30s28 -32 72 -32z"
        "M120 78c-14 0 -22 4 -22 9s8 9 22 9s22 -4 22 -9s-8 -9 -22 -9z"
    )
    top = shape(ring, crust, 'fill-rule="evenodd"') + line("M66 82q12 -14 40 -17", light(crust, 0.45), 6)
    dots = seeds(b, 9, (56, 84, 92, 104)) + seeds(b, 9, (148, 76, 184, 102)) + seeds(b, 6, (100, 100, 140, 112))
    if not b.filled:
        low = shape("M48 92c0 34 28 52 72 52s72 -18 72 -52c0 18 -28 30 -72 30s-72 -12 -72 -30z", dark(crust, 0.14))
        return shadow(rx=72, y=148) + low + top + dots
    bottom = shape("M50 126c0 16 28 27 70 27s70 -11 70 -27z", dark(crust, 0.1))
    hole = ellipse(120, 88, 22, 10, dark(b.colours[1], 0.25))
    return shadow(rx=74) + bottom + _layers(b, 44, 196, 122) + hole + top + dots


def wrap(b: Brush) -> str:
    """Two halves, one cut end towards you."""
    tortilla = b.colours[0]

    def half(x: float, y: float, degrees: float) -> str:
        spots = "".join(
            ellipse(b.about(70, 34), b.about(26, 16), 3.4, 2.2, dark(tortilla, 0.3), 'opacity=".5"') for _ in range(7)
        )
        body = shape("M18 0h92q16 0 16 27t-16 27H18z", tortilla) + spots
        fold = line("M112 4q-14 22 0 46", dark(tortilla, 0.18), 3)
        end = ellipse(18, 27, 20, 27, light(tortilla, 0.35)) + ellipse(18, 27, 15, 21.5, dark(b.colours[1], 0.1))
        return moved(x, y, turned(degrees, body + fold + end + _bits(b, 18, 27), 60, 27))

    return shadow(rx=86) + half(78, 46, -28) + half(36, 84, -10)


def _bits(b: Brush, x: float, y: float) -> str:
    inside = b.colours[1:] or b.colours
    spots = ((-5, -11), (5, -7), (-6, 2), (5, 5), (-3, 12), (1, -1))
    return "".join(
        ellipse(x + dx, y + dy, 5.4, 5, light(inside[k % len(inside)], 0.12)) for k, (dx, dy) in enumerate(spots)
    )


def _layers(b: Brush, x0: float, x1: float, y: float) -> str:
    """The filling, seen from the side: the last colour as a leafy edge, the others as slices."""
    inside = b.colours[1:4]
    if len(inside) < 3:
        inside = (*inside, *inside, *inside)[:3]
    leafy = shape(wave(x0 - 4, x1 + 4, y + 4, 14, 9) + f"V{y - 6}H{x0 - 4}z", inside[2])
    slab = shape(f"M{x0 + 4} {y - 12}h{x1 - x0 - 8}q6 0 6 6t-6 6H{x0 + 4}q-6 0 -6 -6t6 -6z", inside[0])
    edge = line(f"M{x0 + 8} {y - 3}h{x1 - x0 - 16}", dark(inside[0], 0.16), 3)
    drape = shape(wave(x0 + 2, x1 - 2, y - 12, 10, 6) + f"V{y - 18}H{x0 + 2}z", inside[1])
    return leafy + slab + edge + drape
