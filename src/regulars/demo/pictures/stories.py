"""What articles are about, beside food: a street, a book, a tune, a plant, a game, the weather."""

from regulars.demo.pictures.paint import CREAM, Brush, dark, ellipse, light, line, moved, shadow, shape, turned


def building(b: Brush) -> str:
    """A row of gables."""

    def house(x: float, y: float, wide: float, colour: str) -> str:
        front = shape(f"M{x} 152V{y}l{wide / 2} -26l{wide / 2} 26V152z", colour)
        roof = line(f"M{x - 3} {y + 2}l{wide / 2 + 3} -28l{wide / 2 + 3} 28", dark(colour, 0.35), 5)
        panes = "".join(
            f'<rect x="{x + wide * w:.1f}" y="{h}" width="11" height="14" rx="2" fill="{light(b.colours[2], 0.35)}"/>'
            for w in (0.2, 0.58)
            for h in (y + 12, y + 36)
        )
        door = f'<rect x="{x + wide / 2 - 8:.1f}" y="128" width="16" height="24" rx="8" fill="{dark(colour, 0.45)}"/>'
        return front + panes + door + roof

    row = (
        house(38, 84, 54, b.colours[0])
        + house(94, 66, 52, b.colours[1])
        + house(148, 78, 54, light(b.colours[0], 0.25))
    )
    return shadow(rx=98, y=154) + row


def book(b: Brush) -> str:
    """A small stack with one leaning on it."""

    def lying(x: float, y: float, wide: float, colour: str) -> str:
        cover = f'<rect x="{x}" y="{y}" width="{wide}" height="24" rx="5" fill="{colour}"/>'
        pages = f'<rect x="{x + 8}" y="{y + 5}" width="{wide - 8}" height="14" fill="{CREAM}"/>'
        return cover + pages + f'<rect x="{x + 18}" y="{y}" width="9" height="24" fill="{dark(colour, 0.25)}"/>'

    stack = lying(40, 126, 116, b.colours[0]) + lying(52, 100, 100, b.colours[1]) + lying(44, 74, 106, b.colours[2])
    upright = turned(
        14,
        f'<rect x="160" y="62" width="30" height="90" rx="5" fill="{dark(b.colours[0], 0.2)}"/>'
        f'<rect x="160" y="76" width="30" height="8" fill="{light(b.colours[2], 0.3)}"/>'
        f'<rect x="160" y="90" width="30" height="4" fill="{light(b.colours[2], 0.3)}"/>',
        175,
        152,
    )
    return shadow(rx=96, y=154) + upright + stack


def note(b: Brush) -> str:
    """Two notes that dance."""
    ink = max(b.colours, key=lambda c: -sum(int(c[k : k + 2], 16) for k in (1, 3, 5)))
    pair = (
        shape("M92 54l76 -18v18l-76 18z", ink)
        + line("M95 60v72M165 44v72", ink, 7)
        + ellipse(80, 134, 19, 14, ink, 'transform="rotate(-18 80 134)"')
        + ellipse(150, 118, 19, 14, ink, 'transform="rotate(-18 150 118)"')
    )
    ripples = "".join(line(d, b.colours[2], 4, 'opacity=".6"') for d in ("M46 84q-12 16 0 32", "M196 64q12 16 0 32"))
    return shadow(rx=70, y=154) + ripples + pair


def plant(b: Brush) -> str:
    """Something green in a pot."""
    green = max(b.colours, key=lambda c: int(c[3:5], 16) * 2 - int(c[1:3], 16) - int(c[5:7], 16))
    leaves = "".join(
        turned(
            a,
            shape("M120 108q-20 -30 0 -72q20 42 0 72z", light(green, s)) + line("M120 104V56", dark(green), 2.5),
            120,
            110,
        )
        for a, s in ((-62, 0.15), (-30, 0), (0, 0.25), (30, 0.05), (62, 0.2))
    )
    pot = shape("M84 104h72l-9 46q-1 4 -6 4h-42q-5 0 -6 -4z", b.ceramic) + shape(
        "M78 98h84v14H78z", dark(b.ceramic, 0.12)
    )
    return shadow(rx=50, y=155) + leaves + pot


def ball(b: Brush) -> str:
    """A football, just kicked."""
    c = b.colours[0]
    skin = ellipse(128, 100, 50, 50, light(c, 0.75)) + shape("M128 82l18 13l-7 21h-22l-7 -21z", dark(c, 0.3))
    seams = "".join(
        turned(a, line("M128 82V54", dark(c, 0.3), 4) + shape("M116 52q12 -5 24 0l-12 9z", dark(c, 0.3)), 128, 100)
        for a in range(0, 360, 72)
    )
    rush = "".join(line(d, b.colours[1], 5, 'opacity=".6"') for d in ("M30 78h34", "M22 102h38", "M34 126h32"))
    return shadow(128, 158, 46) + rush + skin + seams


def sun(b: Brush) -> str:
    """The sun behind a cloud."""
    warm = b.colours[0]
    rays = "".join(turned(a, line("M96 34v-14", warm, 6), 96, 82) for a in range(0, 360, 45))
    cloud = shape("M84 142q-30 0 -30 -24q0 -22 26 -24q10 -28 42 -24q26 4 30 28q34 -2 36 22q0 22 -30 22z", CREAM)
    shade = shape("M84 142q-30 0 -30 -24q8 14 40 14h94q-6 10 -30 10z", "#dfe6ea")
    return rays + ellipse(96, 82, 36, 36, light(warm, 0.2)) + cloud + shade


def bicycle(b: Brush) -> str:
    """A bicycle with a basket."""
    c = b.colours[0]
    wheels = "".join(
        f'<circle cx="{x}" cy="120" r="31" fill="none" stroke="{dark(b.colours[1], 0.4)}" stroke-width="5"/>'
        + ellipse(x, 120, 4, 4, c)
        for x in (72, 170)
    )
    frame = line("M72 120L100 78H150L122 120H72M122 120L96 70M170 120L146 62", c, 6)
    top = line("M86 68h22M146 62q14 -8 22 2", dark(c, 0.4), 6)
    basket = shape("M158 66h38l-6 24h-26z", "#c9a071") + line("M160 74h34M162 82h30", dark("#c9a071"), 2.5)
    return shadow(rx=96, y=154) + wheels + frame + top + basket


def child(b: Brush) -> str:
    """A kite with a tail: for children, and for anyone on a windy day."""
    kite = (
        shape("M120 26l38 44l-38 62l-38 -62z", b.colours[0])
        + shape("M120 26l38 44h-76z", b.colours[1])
        + line("M120 26v106M82 70h76", CREAM, 3)
    )
    tail = line("M120 132q-18 8 -4 16t-6 16", dark(b.colours[0]), 3.5)
    bows = "".join(moved(x, y, shape("M0 0l-9 -5v10zM0 0l9 -5v10z", b.colours[2])) for x, y in ((114, 142), (117, 154)))
    return turned(16, kite + tail + bows)


def music(b: Brush) -> str:
    """A record, and a note that got away."""
    disc = ellipse(104, 100, 54, 54, "#2f2a28") + "".join(
        f'<circle cx="104" cy="100" r="{r}" fill="none" stroke="#4a433f" stroke-width="2"/>' for r in (46, 38, 30)
    )
    label = ellipse(104, 100, 20, 20, b.colours[0]) + ellipse(104, 100, 4, 4, CREAM)
    tune = moved(118, 8, _quaver(b.colours[1]), 0.62)
    return shadow(104, 156, 52) + disc + label + tune


def _quaver(colour: str) -> str:
    """One quaver."""
    return line("M92 120V44q26 6 24 34", colour, 9) + ellipse(78, 122, 19, 14, colour, 'transform="rotate(-18 78 122)"')


def nut(b: Brush) -> str:
    """Chestnuts, one in its husk."""

    def one(x: float, y: float, size: float) -> str:
        body = shape("M0 34Q-4 2 30 -6Q64 2 60 34Q58 56 30 56Q2 56 0 34z", b.colours[0])
        foot = shape("M4 42q26 -12 52 0q-6 14 -26 14t-26 -14z", light(b.colours[1], 0.3))
        return moved(x, y, body + foot + line("M18 8q-8 8 -8 20", light(b.colours[0], 0.4), 4), size)

    husk = "".join(turned(a, line("M62 108V66", dark("#8aa04a", 0.1), 4), 62, 108) for a in range(-90, 91, 18))
    return (
        shadow(rx=84, y=152)
        + husk
        + ellipse(62, 116, 34, 32, "#8aa04a")
        + one(36, 92, 0.85)
        + one(96, 88, 1.1)
        + one(152, 100, 0.85)
    )
