"""Items as the HTTP API takes and gives them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from regulars.catalog import Change, Item, NewItem
from regulars.kit.json import Json

ANY_LANGUAGE = "und"  # BCP 47: undetermined

Texts = str | dict[str, str]
Id = Annotated[str, Meta(description="Your own id of the item.", min_length=1, max_length=512, examples=["s-12"])]
InLanguages = Annotated[
    Texts,
    Meta(
        description="A text, or texts by language code.",
        examples=[{"en": "Vegan club sandwich", "nl": "Vegan clubsandwich"}],
    ),
]
Attributes = Annotated[
    dict[str, object],
    Meta(
        description="Name → text, number, flag, or list of them. What facets and rules act on.",
        examples=[{"diet": ["vegan"], "allergens": ["gluten"], "brand": "Ours"}],
    ),
]


class ItemIn(Struct, forbid_unknown_fields=True):
    """An item as you give it. What you leave out is empty, not kept."""

    id: Id
    kind: Annotated[str, Meta(description="product, article, service, …", examples=["product"])] = "product"
    title: InLanguages = ""
    summary: Annotated[Texts, Meta(description="A text, or texts by language code.")] = ""
    url: Annotated[Texts, Meta(description="Where it is shown; one address, or one by language code.")] = ""
    image: Annotated[str, Meta(description="Address of a picture.")] = ""
    price: Annotated[Decimal | None, Meta(description="Exact, in `currency`.", examples=[6.5])] = None
    currency: Annotated[str, Meta(description="ISO 4217.", examples=["EUR"])] = ""
    category: Annotated[list[str], Meta(description="The path, widest first.", examples=[["Food", "Sandwiches"]])] = []
    attributes: Attributes = {}
    available: Annotated[bool, Meta(description="False: not offered now.")] = True
    published_at: Annotated[datetime | None, Meta(description="Not offered before.")] = None
    expires_at: Annotated[datetime | None, Meta(description="Not offered from then on.")] = None

    def item(self) -> NewItem:
        """As the catalogue takes it."""
        return NewItem(
            self.id, self.kind, _texts(self.title), _texts(self.summary), _texts(self.url), self.image, self.price,
            self.currency, tuple(self.category), _attributes(self.attributes), self.available,
            self.published_at, self.expires_at,
        )  # fmt: skip


class ItemsIn(Struct, forbid_unknown_fields=True):
    """Up to 10,000 items."""

    items: list[ItemIn]


class ChangeIn(Struct, forbid_unknown_fields=True):
    """What becomes of one item; what you leave out stays as it is."""

    available: bool | None = None
    price: Decimal | None = None
    currency: str | None = None

    def change(self, item: str) -> Change:
        """As the catalogue takes it."""
        return Change(item, self.available, self.price, self.currency)


class NamedChangeIn(ChangeIn, kw_only=True, forbid_unknown_fields=True):
    """The same, with the item."""

    id: Id


class ChangesIn(Struct, forbid_unknown_fields=True):
    """Up to 10,000 changes."""

    items: list[NamedChangeIn]


class UpsertedOut(Struct):
    """How many were new, changed, or the same as before."""

    new: int
    changed: int
    same: int


class PatchedOut(Struct):
    """How many changed or were so already, and which ids the catalogue does not have."""

    changed: int
    same: int
    unknown: list[str]


class ItemOut(Struct):
    """An item of the catalogue. `listed` is false when it is known only from events, or was withdrawn."""

    id: str
    kind: str
    title: dict[str, str]
    summary: dict[str, str]
    url: dict[str, str]
    image: str
    price: float | None
    currency: str
    category: list[str]
    attributes: dict[str, object]
    available: bool
    listed: bool
    published_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, item: Item) -> "ItemOut":
        """`item` as it is given."""
        return cls(
            item.external_id, item.kind, dict(item.title), dict(item.summary), dict(item.url), item.image,
            None if item.price is None else float(item.price), item.currency, list(item.category),
            dict(item.attributes), item.available, item.listed, item.published_at, item.expires_at,
        )  # fmt: skip


class ItemsOut(Struct):
    """Items, the best match first."""

    items: list[ItemOut]


def _texts(said: Texts) -> dict[str, str]:
    if isinstance(said, str):
        return {ANY_LANGUAGE: said} if said else {}
    return said


def _attributes(said: dict[str, object]) -> dict[str, Json]:
    return said  # type: ignore[return-value]  # came from JSON; the catalogue checks what it may be
