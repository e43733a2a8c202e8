"""Conditions about items as masks over a shelf: the same meaning as asking each item, in one go."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from regulars.catalog.model import Mask, Shelf
from regulars.kit.conditions import Condition, Operator, Test, compare, number, read
from regulars.kit.json import Json

_NEGATED = {
    Operator.IS_NOT: Operator.IS,
    Operator.NONE_OF: Operator.ONE_OF,
    Operator.UNKNOWN: Operator.KNOWN,
}
_COLUMNS = ("price", "published")
_UFUNCS = {
    Operator.LESS_THAN: np.less,
    Operator.AT_MOST: np.less_equal,
    Operator.AT_LEAST: np.greater_equal,
    Operator.MORE_THAN: np.greater,
}


class Masks:
    """Masks of conditions over one shelf, remembered. They are shared: never write to one."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._made: dict[str, Mask] = {}

    def of(self, condition: Condition) -> Mask:
        """(n,) which items fulfil `condition`; position 0 never means anything."""
        key = repr(condition)  # not the condition itself: Python holds 1 and True for the same key
        mask = self._made.get(key)
        if mask is None:
            mask = read(condition, self)
            mask.flags.writeable = False
            self._made[key] = mask
        return mask

    def test(self, test: Test) -> Mask:
        """One question."""
        positive = _NEGATED.get(test.operator)
        if positive:
            return ~self._holding(Test(test.field, positive, test.value))
        return self._holding(test)

    def every(self, parts: Sequence[Mask]) -> Mask:
        """And."""
        return np.logical_and.reduce(parts) if parts else np.ones(self.shelf.n, np.bool_)

    def some(self, parts: Sequence[Mask]) -> Mask:
        """Or."""
        return np.logical_or.reduce(parts) if parts else np.zeros(self.shelf.n, np.bool_)

    def no(self, part: Mask) -> Mask:
        """Not."""
        return ~part

    def _holding(self, test: Test) -> Mask:
        if test.field in _COLUMNS:
            return _column(getattr(self.shelf, test.field), test)
        found = np.zeros(self.shelf.n, np.bool_)
        if test.field == "item":
            found[[i for e, i in self.shelf.by_external.items() if compare(test, (e,))]] = True
            return found
        for value in self._values.get(test.field, ()):
            if compare(test, (_typed(value, test.value),)):
                found |= self.shelf.mask(test.field, value)
        return found

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for attribute, value in self.shelf.has:
            found.setdefault(attribute, []).append(value)
        return found


def _column(column: NDArray[np.floating], test: Test) -> Mask:
    known: Mask = ~np.isnan(column)
    if test.operator is Operator.KNOWN:
        return known
    if test.operator in _UFUNCS:
        # as wide as the column: a price of 9.95 is at most 9.95
        bound = np.asarray(number(test.value), column.dtype)
        mask: Mask = _UFUNCS[test.operator](column, bound)
        return mask & known
    wanted = test.value if isinstance(test.value, list | tuple) else (test.value,)
    bounds = [b for b in map(number, wanted) if b is not None]
    equal: Mask = np.isin(column, np.asarray(bounds, column.dtype))
    return equal


def _typed(written: str, beside: Json) -> Json:
    """A value of the shelf's index, back to the type of what it is compared with: "true", "2.5" are also values."""
    sample = beside[0] if isinstance(beside, list | tuple) and beside else beside
    if isinstance(sample, bool):
        return {"true": True, "false": False}.get(written, written)
    if isinstance(sample, int | float):
        try:
            return float(written)
        except ValueError:
            return written
    return written
