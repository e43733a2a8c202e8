"""The e-commerce and content events of the Segment spec, as interactions with items.

https://segment.com/docs/connections/spec/ecommerce/v2/ ; names are compared without case.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import msgspec

from regulars.catalog import SeenProduct
from regulars.people import Verb

MOST_REMEMBERED_BYTES = 1_024  # the same product page is seen by many: what it says is understood once


class Said(msgspec.Struct, gc=False):
    """What the properties of an event may say of one product or piece of content; other properties are passed over."""

    product_id: object = None
    productId: object = None  # noqa: N815  as some send it
    item_id: object = None
    sku: object = None
    id: object = None
    content_id: object = None
    article_id: object = None
    name: object = None
    title: object = None
    price: object = None
    currency: object = None
    category: object = None
    brand: object = None
    url: object = None
    image_url: object = None
    image: object = None
    products: object = None
    items: object = None
    item: object = None


PRODUCT_IDS = ("product_id", "productId", "item_id", "sku")
LISTED_IDS = (*PRODUCT_IDS, "id")
CONTENT_IDS = ("content_id", "article_id", "item_id", "product_id", "id")


@dataclass(frozen=True, slots=True)
class Interaction:
    """What an event means: a verb, and the items it is about.

    products  described well enough to list them
    shown     external ids of items a decision offered: known ones only, never made up from an event
    """

    verb: Verb
    products: tuple[SeenProduct, ...] = ()
    shown: tuple[str, ...] = ()


def interaction(event: str, properties: bytes) -> Interaction | None:
    """What the event called `event` means; None when it is not about items. `properties` is a JSON object."""
    if event not in EVENTS:
        event = event.casefold()
        if event not in EVENTS:
            return None
    return _remembered(event, properties) if len(properties) <= MOST_REMEMBERED_BYTES else _read(event, properties)


def _read(event: str, properties: bytes) -> Interaction | None:
    try:
        said = _said(properties)
    except (msgspec.MsgspecError, RecursionError):  # a number beyond all range where a price should be
        return None
    return EVENTS[event](said)


_remembered = lru_cache(maxsize=4_096)(_read)
_said = msgspec.json.Decoder(Said).decode

Reading = Callable[[Said], Interaction | None]


def _product(verb: Verb) -> Reading:
    def read(said: Said) -> Interaction | None:
        return _about(verb, [_seen(said, PRODUCT_IDS, "product", "")])

    return read


def _products(verb: Verb) -> Reading:
    def read(said: Said) -> Interaction | None:
        if not isinstance(said.products, list):
            return _about(verb, [_seen(said, PRODUCT_IDS, "product", "")])
        currency = _text(said.currency)
        listed = [msgspec.convert(p, Said) for p in said.products if isinstance(p, dict)]
        return _about(verb, [_seen(p, LISTED_IDS, "product", currency) for p in listed])

    return read


def _content(verb: Verb) -> Reading:
    def read(said: Said) -> Interaction | None:
        return _about(verb, [_seen(said, CONTENT_IDS, "article", "")])

    return read


def _decision(verb: Verb) -> Reading:
    def read(said: Said) -> Interaction | None:
        listed = said.items if said.items is not None else said.item
        each = listed if isinstance(listed, list) else [listed]
        names = [_id(one.get("item")) if isinstance(one, dict) else _id(one) for one in each]
        shown = tuple(dict.fromkeys(name for name in names if name))
        return Interaction(verb, shown=shown) if shown else None

    return read


EVENTS: Mapping[str, Reading] = {
    written: read
    for name, read in {
        "Product Viewed": _product(Verb.VIEWED),
        "Product Clicked": _product(Verb.CLICKED),
        "Product Shared": _product(Verb.CLICKED),
        "Product Added": _product(Verb.ADDED),
        "Product Removed": _product(Verb.REMOVED),
        "Product Added to Wishlist": _product(Verb.ADDED),
        "Wishlist Product Added to Cart": _product(Verb.ADDED),
        "Product Removed from Wishlist": _product(Verb.REMOVED),
        "Product Reviewed": _product(Verb.RATED),
        "Product List Viewed": _products(Verb.SHOWN),
        "Product List Filtered": _products(Verb.SHOWN),
        "Products Viewed": _products(Verb.SHOWN),
        "Order Completed": _products(Verb.BOUGHT),
        "Order Refunded": _products(Verb.REMOVED),
        "Order Cancelled": _products(Verb.REMOVED),
        "Article Viewed": _content(Verb.VIEWED),
        "Article Read": _content(Verb.READ),
        "Article Bounced": _content(Verb.BOUNCED),
        "Content Viewed": _content(Verb.VIEWED),
        "Content Read": _content(Verb.READ),
        "Content Bounced": _content(Verb.BOUNCED),
        "Decision Shown": _decision(Verb.SHOWN),
        "Decision Clicked": _decision(Verb.CLICKED),
    }.items()
    for written in (name, name.casefold())
}


def _about(verb: Verb, products: Iterable[SeenProduct | None]) -> Interaction | None:
    seen = tuple(p for p in products if p)
    return Interaction(verb, seen) if seen else None


def _seen(said: Said, ids: tuple[str, ...], kind: str, currency: str) -> SeenProduct | None:
    external = next((found for name in ids if (found := _id(getattr(said, name)))), "")
    if not external:
        return None  # the event is kept as it is; it is only not about an item
    return SeenProduct(
        external,
        _text(said.name or said.title),
        _price(said.price),
        _text(said.currency) or currency,
        _text(said.category),
        _text(said.brand),
        _text(said.url),
        _text(said.image_url or said.image),
        kind,
    )


def _id(said: object) -> str:
    if isinstance(said, str):
        return said if 1 <= len(said) <= 512 and "\x00" not in said else ""
    return str(said) if isinstance(said, int) and not isinstance(said, bool) else ""


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""


def _price(said: object) -> Decimal | None:
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    try:
        price = Decimal(str(said))
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price < Decimal("1e10") else None
