"""From what a form says about a facet to the value that is stated."""

from collections.abc import Sequence

from regulars.choices.model import FacetDefinition, Many
from regulars.kit.json import Json
from regulars.web.pages.forms import Form


def value_of(form: Form, definition: FacetDefinition) -> Json:
    """The value a form states; None means back to automatic."""
    said = form.many("value")
    match definition.many:
        case Many.FLAG:
            return True if said[-1:] == ["yes"] else None
        case Many.ONE:
            return said[-1] if said else None
        case Many.ORDER:
            return moved(said, up=form.one("up"), down=form.one("down"))
        case Many.SEVERAL:
            return list(said) or None


def moved(order: Sequence[str], *, up: str = "", down: str = "") -> list[Json]:
    """`order` with one entry one place further up or down."""
    out = list(order)
    for name, step in ((up, -1), (down, 1)):
        if name in out:
            at = out.index(name)
            to = min(max(at + step, 0), len(out) - 1)
            out.insert(to, out.pop(at))
    return list(out)


def with_value(held: Sequence[str], value: str) -> list[Json]:
    """`held` with `value`, once."""
    return [*(h for h in held if h != value), value]


def without_value(held: Sequence[str], value: str) -> list[Json]:
    """`held` without `value`."""
    return [h for h in held if h != value]
