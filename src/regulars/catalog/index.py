"""Which items have which value: sorted ids per (attribute, value), turned into masks when asked for."""

from __future__ import annotations  # array[int] is a type for mypy only

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from regulars.catalog.model import Mask
from regulars.catalog.rows import Row

Pair = tuple[str, str]
Ints: TypeAlias = "array[int]"
MOST_MASKS = 512  # dense masks kept ready; the rest is made again when asked for
LONGEST_VALUE = 200


def pairs(row: Row) -> Iterator[Pair]:
    """Every (attribute, value) that `row` has."""
    yield "kind", row.kind
    for category in row.category:
        yield "category", category
    for name, value in row.attributes.items():
        for one in value if isinstance(value, list) else (value,):
            if text := as_text(one):
                yield name, text


def as_text(value: object) -> str:
    """A value as the index writes it: true, false, 2.5, or the text itself; "" for what is not indexed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) if isinstance(value, str | int) and len(str(value)) <= LONGEST_VALUE else ""


class Postings:
    """Ids per pair, in two flat arrays (as a sparse matrix keeps its rows)."""

    __slots__ = ("_codes", "_ids", "_starts")

    def __init__(self, codes: Mapping[Pair, int], code_of: Ints, id_of: Ints) -> None:
        ordered = np.frombuffer(code_of, np.int32) if code_of else np.zeros(0, np.int32)
        order = np.argsort(ordered, kind="stable")
        self._codes = codes
        self._ids: NDArray[np.int32] = (np.frombuffer(id_of, np.int32) if id_of else np.zeros(0, np.int32))[order]
        self._starts = np.searchsorted(ordered[order], np.arange(len(codes) + 1))

    def __contains__(self, pair: object) -> bool:
        return pair in self._codes

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._codes)

    def ids(self, pair: Pair) -> NDArray[np.int32]:
        """The items that have `pair`, in any order."""
        code = self._codes.get(pair)
        if code is None:
            return self._ids[:0]
        return self._ids[self._starts[code] : self._starts[code + 1]]


class Builder:
    """Collects pairs while rows stream by."""

    def __init__(self) -> None:
        self._codes: dict[Pair, int] = {}
        self._code_of, self._id_of = array("i"), array("i")

    def add(self, row: Row) -> None:
        """Count in `row`."""
        for pair in dict.fromkeys(pairs(row)):
            self._code_of.append(self._codes.setdefault(pair, len(self._codes)))
            self._id_of.append(row.id)

    def done(self) -> Postings:
        """What was collected."""
        return Postings(self._codes, self._code_of, self._id_of)


def postings(rows: Iterable[Row]) -> Postings:
    """The postings of `rows`."""
    builder = Builder()
    for row in rows:
        builder.add(row)
    return builder.done()


class Masks(Mapping[Pair, Mask]):
    """(attribute, value) → mask over `n` items. `over` replaces what `base` says of the `stale` ids."""

    def __init__(self, n: int, base: Postings, over: Postings | None = None, stale: Mask | None = None) -> None:
        self.n, self.base, self.stale = n, base, stale
        self._over = over
        self._ready: dict[Pair, Mask] = {}

    def __getitem__(self, pair: Pair) -> Mask:
        ready = self._ready.get(pair)
        if ready is None:
            ready = self._made(pair)
            if len(self._ready) >= MOST_MASKS:
                self._ready.clear()
            self._ready[pair] = ready
        return ready

    def __iter__(self) -> Iterator[Pair]:
        yield from self.base
        if self._over is not None:
            yield from (pair for pair in self._over if pair not in self.base)

    def __contains__(self, pair: object) -> bool:
        return pair in self.base or (self._over is not None and pair in self._over)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def ids(self, pair: Pair) -> NDArray[np.int32]:
        """The items that have `pair`."""
        return np.flatnonzero(self[pair]).astype(np.int32)

    def _made(self, pair: Pair) -> Mask:
        if pair not in self:
            raise KeyError(pair)
        mask = np.zeros(self.n, np.bool_)
        mask[self.base.ids(pair)] = True
        if self.stale is not None and self._over is not None:
            mask &= ~self.stale
            mask[self._over.ids(pair)] = True
        mask.flags.writeable = False
        return mask
