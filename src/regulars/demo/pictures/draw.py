"""From a shape and colours to an SVG."""

from collections.abc import Callable
from functools import lru_cache
from random import Random

from regulars.demo.pictures import bakery, drinks, parts, plates, stories
from regulars.demo.pictures.paint import CREAM, Brush, dark, ellipse, light, line, moved, shape, vividness

SHAPES: dict[str, Callable[[Brush], str]] = {
    name: verb
    for room in (bakery, drinks, plates, parts, stories)
    for name, verb in vars(room).items()
    if getattr(verb, "__module__", "") == room.__name__ and not name.startswith("_")
}
"""Every shape the content may ask for."""


@lru_cache(maxsize=512)
def draw(name: str, form: str, colours: tuple[str, ...], *, hot: bool = False, to_read: bool = False) -> str:
    """An SVG of 240 × 180 on a see-through tint, so that it sits on light and dark paper alike.

    name     of the thing: the same name is drawn the same way every time
    to_read  an article: the thing stands on an open book
    Raises KeyError for a shape nobody drew.
    """
    four = (*colours, *(light(c, 0.3) for c in colours), *(dark(c) for c in colours))[: max(4, len(colours))]
    brush = Brush(four, Random(name), hot, name)  # noqa: S311  a drawing hand, not a secret
    thing = SHAPES[form](brush)
    ground = _ground(brush)
    inside = ground + (_book(brush) + moved(54, 4, thing, 0.55) if to_read else thing)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 180" role="img">{inside}</svg>'


def _ground(b: Brush) -> str:
    vivid = max(b.colours, key=vividness)
    tint = vivid if vividness(vivid) > 60 else b.ceramic if vividness(b.ceramic) > 40 else "#d9926f"
    spots = "".join(
        ellipse(b.hand.randrange(240), b.hand.randrange(150), r, r, tint, 'opacity=".12"') for r in (26, 14, 9)
    )
    table = shape("M0 138q120 -12 240 0v42H0z", tint, 'opacity=".16"')
    return f'<rect width="240" height="180" fill="{tint}" opacity=".2"/>' + spots + table


def _book(b: Brush) -> str:
    cover = shape("M30 104q46 -14 90 4q44 -18 90 -4v56q-46 -12 -90 6q-44 -18 -90 -6z", dark(b.ceramic, 0.35))
    pages = shape("M36 98q44 -12 84 6q40 -18 84 -6v54q-44 -12 -84 6q-40 -18 -84 -6z", CREAM)
    words = "".join(
        line(f"M{x} {y}q26 -5 54 {4 if x < 120 else -1}", "#c9bfae", 3) for x in (50, 136) for y in (114, 124, 134, 144)
    )
    middle = line("M120 104v54", "#d8cdbb", 3)
    return cover + pages + words + middle
