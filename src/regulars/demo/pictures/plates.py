"""Bowls, soups and sweets."""

from regulars.demo.pictures.paint import Brush, dark, ellipse, light, line, moved, seeds, shadow, shape, steam, turned


def bowl(b: Brush) -> str:
    """A deep bowl with heaps of what is in it."""
    clay = b.ceramic
    back = ellipse(120, 92, 82, 24, dark(clay, 0.18))
    heaps = "".join(
        ellipse(x, y, rx, 22, b.colours[k % len(b.colours)])
        + "".join(
            ellipse(
                b.about(x, rx - 12), b.about(y - 4, 9), 4, 3, light(b.colours[k % len(b.colours)], 0.35), 'opacity=".8"'
            )
            for _ in range(5)
        )
        for k, (x, y, rx) in enumerate(((82, 86, 36), (158, 86, 36), (120, 78, 34), (104, 98, 30), (146, 99, 30)))
    )
    front = shape("M38 92q0 60 82 60t82 -60q-8 22 -82 22t-82 -22z", clay)
    band = line("M46 114q14 16 74 16t74 -16", light(clay, 0.35), 4)
    return shadow(rx=76, y=154) + back + heaps + front + band + (steam(120, 50) if b.hot else "")


def salad(b: Brush) -> str:
    """A wide plate, leaves below, everything else on top."""
    clay = b.ceramic
    plate = ellipse(120, 122, 96, 32, dark(clay, 0.1)) + ellipse(120, 118, 92, 29, light(clay, 0.3))
    greens = "".join(
        turned(a, shape("M120 112q-22 -26 0 -56q22 30 0 56z", light("#7fae55", s)), 120, 116)
        for a, s in ((-78, 0.1), (-44, 0.25), (-12, 0), (22, 0.2), (54, 0.05), (84, 0.22))
    )
    chunks = "".join(
        turned(
            b.about(0, 40),
            f'<rect x="{x}" y="{y}" width="22" height="18" rx="6" fill="{b.colours[k % len(b.colours)]}"/>',
            x,
            y,
        )
        for k, (x, y) in enumerate(
            ((78, 96), (112, 76), (146, 94), (94, 114), (128, 108), (158, 112), (70, 116), (116, 96))
        )
    )
    return shadow(rx=90, y=152) + plate + greens + chunks


def soup(b: Brush) -> str:
    """A bowl of soup, a spoon, something green on top."""
    clay = b.ceramic
    spoon = line("M176 74l38 -38", "#b9ac98", 7) + ellipse(172, 80, 14, 9, "#cfc4b2", 'transform="rotate(-45 172 80)"')
    rim = ellipse(120, 90, 84, 27, light(clay, 0.25)) + ellipse(120, 92, 73, 21, b.colours[0])
    swirl = line("M78 92q20 -14 42 -2t42 -4", light(b.colours[1], 0.2), 6, 'opacity=".85"')
    bits = "".join(
        ellipse(b.about(120, 48), b.about(94, 9), 6, 4, b.colours[2 + k % max(1, len(b.colours) - 2)]) for k in range(8)
    )
    leaf = shape("M120 86q-8 -16 10 -22q8 14 -10 22z", "#5f9448") + shape(
        "M118 88q-18 -2 -18 -16q14 2 18 16z", "#76aa55"
    )
    front = shape("M36 92q2 60 84 60t84 -60q-10 26 -84 26t-84 -26z", clay)
    return shadow(rx=76, y=154) + rim + swirl + bits + spoon + leaf + front + (steam(108, 52) if b.hot else "")


def pastry(b: Brush) -> str:
    """A croissant, a wedge of cake, a knot or a turnover, as its name says."""
    if "croissant" in b.name:
        return _croissant(b)
    if "cake" in b.name:
        return _cake(b)
    return _knot(b) if "knot" in b.name or "roll" in b.name else _turnover(b)


def cookie(b: Brush) -> str:
    """Two cookies, one with a bite taken."""
    dough, chip = light(b.colours[0], 0.08), b.colours[-1]
    if max(int(chip[k : k + 2], 16) for k in (1, 3, 5)) > 225 and len(b.colours) > 2:
        chip = dark(dough, 0.3)

    def one(x: float, y: float, r: float) -> str:
        chips = "".join(ellipse(x + dx * r, y + dy * r, r * 0.13, r * 0.11, chip) for dx, dy in _CHIPS)
        cracks = seeds(b, 5, (x - r * 0.5, y - r * 0.5, x + r * 0.5, y + r * 0.5), dark(dough, 0.2))
        return ellipse(x, y + 4, r, r * 0.96, dark(dough, 0.25)) + ellipse(x, y, r, r * 0.96, dough) + cracks + chips

    return shadow(rx=84, y=150) + one(150, 88, 46) + one(88, 102, 48)


_CHIPS = ((-0.5, -0.3), (0.1, -0.62), (0.55, -0.15), (-0.1, 0.05), (0.3, 0.48), (-0.42, 0.42), (-0.72, 0.12))


def _croissant(b: Brush) -> str:
    c = b.colours[0]
    arc = shape(
        "M30 132q-6 -20 12 -26q14 -46 78 -46t78 46q18 6 12 26q-16 4 -34 -12q-18 -16 -56 -16t-56 16q-18 16 -34 12z", c
    )
    folds = "".join(
        line(d, dark(c, 0.25), 4, 'opacity=".7"')
        for d in ("M62 82q2 22 18 30", "M94 66q-4 22 4 40", "M146 66q4 22 -4 40", "M178 82q-2 22 -18 30")
    )
    shine = line("M76 78q44 -22 88 0", light(c, 0.5), 6, 'opacity=".8"')
    return shadow(rx=94, y=140) + arc + folds + shine


def _cake(b: Brush) -> str:
    top, inside = b.colours[0], b.colours[1]
    side = shape("M44 96L176 84v46q0 10 -10 12L54 152q-10 0 -10 -8z", light(inside, 0.12))
    layer = line("M46 122l128 -11", light(top, 0.5), 9)
    icing = shape(
        "M44 98q-4 -14 20 -22l82 -26q30 -4 30 34q-12 10 -26 3q-12 12 -26 2q-14 12 -28 2q-14 12 -26 3q-16 12 -26 4z",
        light(top, 0.35),
    )
    nuts = seeds(b, 9, (84, 66, 156, 84), dark(b.colours[-1], 0.2))
    return shadow(rx=84, y=154) + side + layer + icing + nuts


def _knot(b: Brush) -> str:
    dough = dark(b.colours[0], 0.06)
    base = ellipse(120, 106, 68, 42, dark(dough, 0.22)) + ellipse(120, 102, 68, 42, dough)
    swirl = line(
        "M64 104q4 -34 56 -34t56 32q-2 26 -54 26t-46 -26q4 -16 44 -16t36 18q-4 10 -36 8", dark(b.colours[-1], 0.1), 6
    )
    sugar = seeds(b, 16, (76, 74, 164, 126), "#fffaf0")
    return shadow(rx=74, y=148) + base + swirl + sugar


def _turnover(b: Brush) -> str:
    c = light(dark(b.colours[0], 0.12), 0.05)
    half = shape("M34 134Q60 48 120 48t86 86q-4 10 -20 10H54q-16 0 -20 -10z", c)
    cuts = "".join(turned(a, line("M120 84v24", dark(b.colours[2], 0.1), 6), 120, 124) for a in (-34, 0, 34))
    edge = "".join(ellipse(x, 138, 9, 7, dark(c, 0.12)) for x in range(48, 200, 18))
    shine = line("M66 96q18 -32 50 -36", light(c, 0.5), 6)
    return shadow(rx=92, y=150) + half + edge + cuts + shine + moved(0, 0, seeds(b, 10, (80, 70, 160, 110), "#fffaf0"))
