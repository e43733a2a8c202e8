"""What is poured."""

from regulars.demo.pictures.paint import CREAM, Brush, dark, ellipse, light, line, moved, shadow, shape, steam, turned


def cup(b: Brush) -> str:
    """A cup on a saucer, with a leaf of milk where there is milk."""
    clay = b.ceramic
    saucer = ellipse(120, 146, 70, 10, dark(clay, 0.12)) + ellipse(120, 143, 66, 8, light(clay, 0.25))
    handle = line("M166 92q30 -4 24 18q-6 18 -34 16", clay, 9)
    body = shape("M70 82h100q2 58 -38 60h-24q-40 -2 -38 -60z", clay)
    shade = shape("M146 84h24q2 56 -36 58q16 -14 12 -58z", dark(clay, 0.14))
    liquid = ellipse(120, 82, 50, 17, light(clay, 0.45)) + ellipse(120, 83, 44, 13.5, b.colours[0])
    milk = _light_one(b)
    art = moved(120, 83, _rosetta(milk)) if milk else ellipse(120, 83, 36, 9, light(b.colours[0], 0.12))
    return shadow(rx=74) + saucer + handle + body + shade + liquid + art + (steam(120, 56) if b.hot else "")


def glass(b: Brush) -> str:
    """A tall glass, layered, with ice and a straw when cold."""
    wall = "M80 46L86 142q2 10 34 10t34 -10L160 46z"
    low, high = b.colours[0], b.colours[1]
    drink = (
        shape("M83 70L87 140q2 8 33 8t33 -8L157 70q-37 8 -74 0z", low)
        + shape("M83 70L85 100q35 10 70 0L157 70q-37 8 -74 0z", high, 'opacity=".85"')
        + ellipse(120, 70, 37, 6, light(high, 0.35))
    )
    gleam = line("M94 62l4 70", "#ffffff", 5, 'opacity=".45"')
    outline = shape(wall, "#dbe9ec", 'opacity=".45"')
    if b.hot:
        return shadow(rx=50, y=154) + outline + drink + gleam + steam(120, 50)
    ice = "".join(
        turned(t, f'<rect x="{x}" y="{y}" width="19" height="19" rx="4" fill="#ffffff" opacity=".38"/>', x + 9, y + 9)
        for x, y, t in ((96, 76, 12), (122, 84, -18), (104, 104, 30))
    )
    straw = line("M132 120L150 22l14 -4", b.ceramic if b.ceramic != CREAM else "#d9926f", 6)
    slice_ = ellipse(84, 48, 17, 17, b.colours[-1]) + ellipse(84, 48, 12.5, 12.5, light(b.colours[-1], 0.55))
    rays = "".join(turned(a, line("M84 38v20", b.colours[-1], 2), 84, 48) for a in (0, 60, 120))
    return shadow(rx=50, y=154) + straw + outline + drink + ice + gleam + slice_ + rays


def teapot(b: Brush) -> str:
    """A round pot with a small glass beside it that shows the tea."""
    clay = b.ceramic
    spout = shape("M136 104q28 -6 34 -38l12 4q-4 46 -40 62z", dark(clay, 0.08))
    handle = line("M58 88q-32 -6 -28 22q4 24 34 22", clay, 9)
    body = ellipse(100, 110, 52, 42, clay) + shape(
        "M128 76q24 16 22 38t-26 36q14 -14 14 -38t-10 -36z", dark(clay, 0.14)
    )
    lid = (
        ellipse(100, 72, 30, 9, dark(clay, 0.1))
        + ellipse(100, 69, 28, 8, light(clay, 0.25))
        + ellipse(100, 58, 7, 7, clay)
    )
    tag = (
        line("M84 70q-16 18 -10 34", "#b9ac98", 2)
        + f'<rect x="66" y="104" width="17" height="20" rx="3" fill="{b.colours[0]}"/>'
    )
    small = shape("M172 112l4 34q0 5 17 5t17 -5l4 -34z", "#dbe9ec", 'opacity=".6"') + shape(
        "M174 122l3 23q1 4 16 4t16 -4l3 -23q-19 5 -38 0z", b.colours[0]
    )
    return shadow(rx=92, y=154) + spout + handle + body + lid + tag + small + (steam(192, 104) if b.hot else "")


def bottle(b: Brush) -> str:
    """A stout bottle with a label."""
    body = shape("M98 36h44v22q26 14 26 40v44q0 10 -12 10H84q-12 0 -12 -10V98q0 -26 26 -40z", b.colours[0])
    shade = shape("M140 58q28 14 28 40v44q0 10 -12 10h-16q8 -6 8 -18V98q0 -26 -8 -40z", dark(b.colours[0], 0.14))
    cap = f'<rect x="96" y="22" width="48" height="17" rx="5" fill="{dark(b.ceramic, 0.2)}"/>'
    label = f'<rect x="72" y="98" width="96" height="36" fill="{CREAM}"/>' + ellipse(120, 116, 12, 12, b.colours[1])
    leaf = shape("M120 104q14 -2 14 10q-14 4 -14 -10z", "#7fa25a")
    gleam = line("M84 92v46", "#ffffff", 5, 'opacity=".4"')
    bubbles = "".join(ellipse(b.about(120, 36), b.about(80, 10), 3, 3, "#fff", 'opacity=".5"') for _ in range(6))
    return shadow(rx=56, y=154) + body + shade + cap + bubbles + label + leaf + gleam


def _rosetta(milk: str) -> str:
    return shape("M0 9C-30 6 -26 -8 -10 -5Q-4 -4 0 -1Q4 -4 10 -5C26 -8 30 6 0 9z", light(milk, 0.4))


def _light_one(b: Brush) -> str | None:
    """The milky one of the drink's colours, if any."""
    return next((c for c in b.colours[1:] if int(c[1:3], 16) > 200 and int(c[3:5], 16) > 190), None)
