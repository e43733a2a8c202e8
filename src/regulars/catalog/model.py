"""What can be offered: products, services, articles, help pages, offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from regulars.kit.ids import ItemId
from regulars.kit.json import Json

Mask = NDArray[np.bool_]
"""One boolean per ItemId, indexed by it."""

HELP = "help"
"""The kind of a help page: it answers questions and is not on offer."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item as the company gives it. `title`, `summary` and `url` map a language code to text.

    attributes   name → text, number, flag or list of texts: diet, allergens, brand, topics, place, languages …
    """

    external_id: str
    kind: str = "product"
    title: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)
    url: Mapping[str, str] = field(default_factory=dict)
    image: str = ""
    price: Decimal | None = None
    currency: str = ""
    category: tuple[str, ...] = ()
    attributes: Mapping[str, Json] = field(default_factory=dict)
    available: bool = True
    published_at: datetime | None = None
    expires_at: datetime | None = None


NO_ITEM = ItemId(0)


@dataclass(frozen=True, slots=True)
class Item(NewItem):
    """An item of the catalogue."""

    id: ItemId = NO_ITEM
    listed: bool = True


@dataclass(frozen=True, slots=True)
class SeenProduct:
    """A product as an event mentions it: enough to list it where no catalogue was ever given."""

    external_id: str
    title: str = ""
    price: Decimal | None = None
    currency: str = ""
    category: str = ""
    brand: str = ""
    url: str = ""
    image: str = ""
    kind: str = "product"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one item between two feeds; None leaves a field as it is."""

    external_id: str
    available: bool | None = None
    price: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Upserted:
    """How many of the given items were new, changed, or the same as before (and left untouched)."""

    new: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class Patched:
    """How many items changed or were so already, and which ids the catalogue does not have."""

    changed: int
    same: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of a feed or file that cannot be used: where (1 = the first line), why, and what stood there."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The whole catalogue as arrays indexed by ItemId, immutable, for deciding. Position 0 is never an item.

    n           highest ItemId + 1
    offerable   (n,) listed, available, published and not expired (as of when it was read)
    price       (n,) float32, nan where there is none
    kind        (n,) int16 code into `kinds`
    category    (n,) int32 code into `categories` (the whole path)
    published   (n,) float64 seconds since 1970, nan where unknown
    has         (attribute, value) → mask; ("category", X) is true for every item with X anywhere in its path,
                ("kind", X) for every item of that kind; lists count for each of their values; flags and numbers
                are "true", "false", "2.5"
    items       ItemId → Item, decoded when looked at
    due         seconds since 1970 at which `offerable` changes by itself (something appears or expires)
    """

    version: int
    n: int
    offerable: Mask
    price: NDArray[np.float32]
    kind: NDArray[np.int16]
    kinds: Sequence[str]
    category: NDArray[np.int32]
    categories: Sequence[tuple[str, ...]]
    published: NDArray[np.float64]
    has: Mapping[tuple[str, str], Mask]
    items: Mapping[int, Item]
    by_external: Mapping[str, ItemId]
    due: float = float("inf")

    def mask(self, attribute: str, value: str) -> Mask:
        """Which items have `value` under `attribute`; nobody where the pair is unknown."""
        found = self.has.get((attribute, value))
        return np.zeros(self.n, np.bool_) if found is None else found

    def wishes(self, attribute: str) -> list[str]:
        """What one may wish for under `attribute`, the most frequent first: nobody wishes for a kind of help page."""
        offers = ~self.mask("kind", HELP)
        found = [(v, int((self.has[name, v] & offers).sum())) for name, v in self.has if name == attribute]
        return [value for value, count in sorted(found, key=lambda one: (-one[1], one[0])) if count]
