"""The whole catalogue in memory, as arrays, and how it keeps up with changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from regulars.catalog import store
from regulars.catalog.index import Builder, Masks, postings
from regulars.catalog.model import Item, Mask, Shelf
from regulars.catalog.rows import Row, decode, item
from regulars.kit.ids import ItemId
from regulars.store import Db

MOST_READY = 8_192  # decoded items kept at hand
MOST_STALE = 0.1  # of the index, before it is built anew


class Rows(Mapping[int, Item]):
    """ItemId → Item, decoded from its JSON row when looked at."""

    __slots__ = ("_count", "_ready", "rows")

    def __init__(self, rows: list[bytes | None], count: int) -> None:
        self.rows = rows  # by ItemId
        self._count = count
        self._ready: dict[int, Item] = {}

    def __getitem__(self, number: int) -> Item:
        ready = self._ready.get(number)
        if ready is not None:
            return ready
        raw = self.rows[number] if 0 <= number < len(self.rows) else None
        if raw is None:
            raise KeyError(number)
        if len(self._ready) >= MOST_READY:
            self._ready.clear()
        self._ready[number] = made = item(raw)
        return made

    def __iter__(self) -> Iterator[int]:
        return (i for i, raw in enumerate(self.rows) if raw is not None)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and 0 <= number < len(self.rows) and self.rows[number] is not None


@dataclass(slots=True)
class _Columns:
    """The arrays of a shelf while they are filled, by ItemId."""

    listed: Mask
    appears: NDArray[np.float64]  # -inf: always there
    expires: NDArray[np.float64]
    price: NDArray[np.float32]
    kind: NDArray[np.int16]
    category: NDArray[np.int32]
    published: NDArray[np.float64]
    kinds: dict[str, int]
    categories: dict[tuple[str, ...], int]
    by_external: dict[str, ItemId]
    rows: list[bytes | None]

    def grow(self, n: int) -> None:
        more = n - len(self.rows)
        if more <= 0:
            return
        more = max(more, len(self.rows) // 2)
        self.rows += [None] * more
        for name, filler in _FILLERS.items():
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.full(more, filler, column.dtype)]))

    def put(self, raw: bytes, row: Row) -> None:
        self.grow(row.id + 1)
        i = row.id
        self.rows[i] = raw
        self.by_external[row.external_id] = ItemId(i)
        self.listed[i] = row.listed and row.available
        published = _seconds(row.published_at, np.nan)
        self.published[i] = published
        self.appears[i] = -np.inf if published != published else published  # noqa: PLR0124  NaN
        self.expires[i] = _seconds(row.expires_at, np.inf)
        self.price[i] = np.nan if row.price is None else float(row.price)
        self.kind[i] = self.kinds.setdefault(row.kind, len(self.kinds))
        self.category[i] = self.categories.setdefault(row.category, len(self.categories))

    def cut(self, n: int) -> None:
        del self.rows[n:]
        for name in _FILLERS:
            setattr(self, name, getattr(self, name)[:n])
            getattr(self, name).flags.writeable = False


_FILLERS: Mapping[str, float] = {
    "listed": 0, "appears": -np.inf, "expires": np.inf, "price": np.nan, "kind": -1, "category": -1,
    "published": np.nan,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FullShelf(Shelf):
    """A shelf with what it takes to bring it up to date."""

    columns: _Columns | None = None


def shelf(db: Db, before: Shelf | None = None, *, now: datetime | None = None) -> Shelf:
    """The catalogue as it is: read in full, or `before` brought up to date; `before` itself when nothing changed.

    now  for what appears and expires; the database's own clock when not given
    """
    version, at = store.version(db), store.read_at(now, db)
    if not isinstance(before, FullShelf) or before.columns is None or before.version > version:
        return _built(db, version, at)
    if before.version == version:
        return before if at < before.due else _timed(before, at)
    return _refreshed(db, before, version, at)


def _built(db: Db, version: int, at: float) -> FullShelf:
    columns, builder = _empty(), Builder()
    for raw in store.changed_since(db, -1):
        row = decode(raw)
        columns.put(raw, row)
        builder.add(row)
    n = max(columns.by_external.values(), default=ItemId(0)) + 1
    columns.grow(n)
    columns.cut(n)
    return _shelf(columns, Masks(n, builder.done()), version, at)


def _refreshed(db: Db, before: FullShelf, version: int, at: float) -> FullShelf:
    assert before.columns is not None
    columns, changed = _copy(before.columns), []
    for raw in store.changed_since(db, before.version):
        row = decode(raw)
        columns.put(raw, row)
        changed.append(row.id)
    n = max(before.n, *changed, 0) + 1 if changed and max(changed) >= before.n else before.n
    columns.cut(n)
    return _shelf(columns, _indexed(before.has, columns, changed), version, at)


def _indexed(before: Mapping[tuple[str, str], Mask], columns: _Columns, changed: Iterable[int]) -> Masks:
    assert isinstance(before, Masks)
    n = len(columns.rows)
    stale = np.zeros(n, np.bool_)
    if before.stale is not None:
        stale[: before.n] = before.stale
    stale[list(changed)] = True
    if stale.sum() > max(1_000, MOST_STALE * n):
        return Masks(n, postings(decode(raw) for raw in columns.rows if raw is not None))
    fresh = (columns.rows[i] for i in np.flatnonzero(stale))
    return Masks(n, before.base, postings(decode(raw) for raw in fresh if raw is not None), stale)


def _timed(before: FullShelf, at: float) -> FullShelf:
    assert before.columns is not None
    offerable, due = _offerable(before.columns, at)
    return replace(before, offerable=offerable, due=due)


def _shelf(columns: _Columns, has: Masks, version: int, at: float) -> FullShelf:
    offerable, due = _offerable(columns, at)
    return FullShelf(
        version=version, n=len(columns.rows), offerable=offerable, price=columns.price, kind=columns.kind,
        kinds=tuple(columns.kinds), category=columns.category, categories=tuple(columns.categories),
        published=columns.published, has=has, items=Rows(columns.rows, len(columns.by_external)),
        by_external=columns.by_external, due=due, columns=columns,
    )  # fmt: skip


def _offerable(columns: _Columns, at: float) -> tuple[Mask, float]:
    offerable = columns.listed & (columns.appears <= at) & (columns.expires > at)
    offerable.flags.writeable = False
    ahead = [float(t[t > at].min(initial=np.inf)) for t in (columns.appears, columns.expires)]
    return offerable, min(ahead)


def _empty() -> _Columns:
    return _Columns(
        listed=np.zeros(1, np.bool_), appears=np.full(1, -np.inf), expires=np.full(1, np.inf),
        price=np.full(1, np.nan, np.float32), kind=np.full(1, -1, np.int16), category=np.full(1, -1, np.int32),
        published=np.full(1, np.nan), kinds={}, categories={}, by_external={}, rows=[None],
    )  # fmt: skip


def _copy(columns: _Columns) -> _Columns:
    return _Columns(
        **{name: getattr(columns, name).copy() for name in _FILLERS},
        kinds=dict(columns.kinds), categories=dict(columns.categories),
        by_external=dict(columns.by_external), rows=list(columns.rows),
    )  # fmt: skip


def _seconds(at: datetime | None, otherwise: float) -> float:
    return otherwise if at is None else at.timestamp()
