"""The catalogue learned from events: a product that is mentioned exists, under its usual name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from threading import Lock
from typing import TypeAlias
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from regulars.catalog import store
from regulars.catalog.checks import HIGHEST_PRICE, LABEL, MOST_LEVELS, TITLE, faults, unsafe
from regulars.catalog.ids import ids
from regulars.catalog.model import Item, NewItem, SeenProduct
from regulars.catalog.rows import item as as_item
from regulars.catalog.rows import row
from regulars.catalog.tally import Tally
from regulars.kit.ids import ItemId
from regulars.kit.text import clean
from regulars.store import Db, bump

ANY_LANGUAGE = "und"  # BCP 47: undetermined. `kit.text.pick` falls back to it
MOST_REMEMBERED = 100_000
SETTLED = 4  # mentions that a title found in the catalogue is worth

Price: TypeAlias = tuple[Decimal, str] | None


class _Known:
    """What the process heard of one item whose title the company did not give."""

    __slots__ = ("price", "prices", "title", "titles")

    def __init__(self, item: Item, *, weight: int) -> None:
        self.titles: Tally[str] = Tally()
        self.prices: Tally[Price] = Tally()
        self.title = item.title.get(ANY_LANGUAGE, "")  # as it stands in the catalogue
        self.price = (item.price, item.currency) if item.price is not None else None
        if weight:
            self.titles.add(self.title, weight)
            self.prices.add(self.price, weight)

    def hear(self, product: SeenProduct) -> None:
        hear(product, self.titles, self.prices)

    @property
    def differs(self) -> bool:
        return self.titles.best(self.title) != self.title or self.prices.best(self.price) != self.price


def hear(product: SeenProduct, titles: Tally[str], prices: Tally[Price]) -> None:
    """Count what one mention says."""
    titles.add(product.title[:TITLE])
    if product.price and product.price.is_finite() and 0 < product.price < HIGHEST_PRICE:
        currency = product.currency if len(product.currency) == 3 and product.currency.isupper() else ""
        prices.add((product.price, currency))


class _Memory:
    """Per database: what was heard of learned items (None: the company's own, nothing to learn)."""

    def __init__(self) -> None:
        self.heard: dict[ItemId, _Known | None] = {}
        self.lock = Lock()


_memories: WeakKeyDictionary[sa.Engine, _Memory] = WeakKeyDictionary()


def seen(db: Db, products: Iterable[SeenProduct], *, now: datetime) -> dict[str, ItemId]:
    """The ids of products that events mention. One never heard of becomes an item.

    It is listed (may be offered) only while the company gave no catalogue at all. A learned title is the most
    frequent description heard, the newest among equals; a given one is never overwritten. Give one `SeenProduct`
    for every mention: repetition counts. Products that cannot be items (no id, absurd sizes) are left out.
    """
    by_id = _mentions(products)
    found = ids(db).find(db, by_id)
    missing = [e for e in by_id if e not in found]
    if missing:
        _learn(db, [by_id[e] for e in missing], now=now)
        found |= ids(db).find(db, missing)
    new = {found[e] for e in missing if e in found}
    _listen(db, {found[e]: heard for e, heard in by_id.items() if e in found}, new, now=now)
    return found


def _mentions(products: Iterable[SeenProduct]) -> dict[str, list[SeenProduct]]:
    by_id: dict[str, list[SeenProduct]] = defaultdict(list)
    for product in products:
        by_id[clean(product.external_id)].append(product)
    return by_id


def _learn(db: Db, mentions: Sequence[Sequence[SeenProduct]], *, now: datetime) -> None:
    items = [item for products in mentions if not any(faults(item := _as_item(products)))]
    if not items:
        return
    version = store.lock(db)
    rows = store.as_rows([row(i) for i in items])
    if store.run(db, store.INSERT, rows=rows, given=False, version=version, now=now):
        bump(db, "catalog")


def _as_item(products: Sequence[SeenProduct]) -> NewItem:
    titles: Tally[str] = Tally()
    prices: Tally[Price] = Tally()
    for product in products:
        hear(product, titles, prices)
    last = products[-1]
    price, currency = prices.best(None) or (None, "")
    title = titles.best("")
    return NewItem(
        last.external_id, last.kind or "product",
        title={ANY_LANGUAGE: title} if title else {},
        url={ANY_LANGUAGE: last.url} if last.url and not unsafe(last.url) else {},
        image="" if unsafe(last.image) else last.image, price=price, currency=currency,
        category=tuple(part[:LABEL] for part in (p.strip() for p in last.category.split(">")) if part)[:MOST_LEVELS],
        attributes={"brand": last.brand[:LABEL]} if last.brand else {},
    )  # fmt: skip


def _listen(
    db: Db, mentions: Mapping[ItemId, Sequence[SeenProduct]], new: Collection[ItemId], *, now: datetime
) -> None:
    memory = _memory(db)
    changed: list[ItemId] = []
    with memory.lock:
        _recall(db, memory, [i for i in mentions if i not in memory.heard], new)
        for item, products in mentions.items():
            known = memory.heard.get(item)
            if known is None:
                continue
            for product in products:
                known.hear(product)
            if known.differs:
                known.title, known.price = known.titles.best(known.title), known.prices.best(known.price)
                changed.append(item)
        better = {item: known for item in changed if (known := memory.heard[item])}
    if better:
        _save(db, better, now=now)


def _recall(db: Db, memory: _Memory, items: Sequence[ItemId], new: Collection[ItemId]) -> None:
    if not items:
        return
    if len(memory.heard) > MOST_REMEMBERED:
        memory.heard.clear()
    memory.heard.update(dict.fromkeys(items))
    for found in map(as_item, store.learned(db, items)):
        memory.heard[found.id] = _Known(found, weight=0 if found.id in new else SETTLED)


def _save(db: Db, better: Mapping[ItemId, _Known], *, now: datetime) -> None:
    version = store.lock(db)
    rows = []
    for item in map(as_item, store.learned(db, better)):
        known = better[item.id]
        price, currency = known.price or (None, "")
        title = {ANY_LANGUAGE: known.title} if known.title else {}
        rows.append(row(replace(item, title=title, price=price, currency=currency)))
    if rows and store.run(db, store.RELEARN, rows=store.as_rows(rows), version=version, now=now):
        bump(db, "catalog")


def _memory(db: Db) -> _Memory:
    return _memories.setdefault(db.engine, _Memory())
