"""The e-commerce and content events of the Segment spec, as interactions with items.

https://segment.com/docs/connections/spec/ecommerce/v2/ ; names are compared without case.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from regulars.catalog import SeenProduct
from regulars.kit.json import Json
from regulars.people.model import Verb

Properties = Mapping[str, Json]

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


def interaction(event: str, properties: Properties) -> Interaction | None:
    """What the event called `event` means; None when it is not about items."""
    known = EVENTS.get(event) or EVENTS.get(event.casefold())
    return known(properties) if known else None


def _product(verb: Verb) -> Callable[[Properties], Interaction | None]:
    def read(properties: Properties) -> Interaction | None:
        return _about(verb, [_seen(properties, PRODUCT_IDS, "product", "")])

    return read


def _products(verb: Verb) -> Callable[[Properties], Interaction | None]:
    def read(properties: Properties) -> Interaction | None:
        listed = properties.get("products")
        if not isinstance(listed, list):
            return _about(verb, [_seen(properties, PRODUCT_IDS, "product", "")])
        currency = _text(properties.get("currency"))
        return _about(verb, [_seen(p, LISTED_IDS, "product", currency) for p in listed if isinstance(p, dict)])

    return read


def _content(verb: Verb) -> Callable[[Properties], Interaction | None]:
    def read(properties: Properties) -> Interaction | None:
        return _about(verb, [_seen(properties, CONTENT_IDS, "article", "")])

    return read


def _decision(verb: Verb) -> Callable[[Properties], Interaction | None]:
    def read(properties: Properties) -> Interaction | None:
        listed = properties.get("items", properties.get("item"))
        each = listed if isinstance(listed, list) else [listed]
        names = [_id(one.get("item")) if isinstance(one, dict) else _id(one) for one in each]
        shown = tuple(dict.fromkeys(name for name in names if name))
        return Interaction(verb, shown=shown) if shown else None

    return read


EVENTS: Mapping[str, Callable[[Properties], Interaction | None]] = {
    name.casefold(): read
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
}


def _about(verb: Verb, products: Iterable[SeenProduct | None]) -> Interaction | None:
    seen = tuple(p for p in products if p)
    return Interaction(verb, seen) if seen else None


def _seen(said: Properties, ids: tuple[str, ...], kind: str, currency: str) -> SeenProduct | None:
    external = next((found for name in ids if (found := _id(said.get(name)))), "")
    if not external:
        return None  # the event is kept as it is; it is only not about an item
    get = said.get
    return SeenProduct(
        external,
        _text(get("name") or get("title")),
        _price(get("price")),
        _text(get("currency")) or currency,
        _text(get("category")),
        _text(get("brand")),
        _text(get("url")),
        _text(get("image_url") or get("image")),
        kind,
    )


def _id(said: Json) -> str:
    if isinstance(said, str):
        return said if 1 <= len(said) <= 512 and "\x00" not in said else ""
    return str(said) if isinstance(said, int) and not isinstance(said, bool) else ""


def _text(said: Json) -> str:
    return said if isinstance(said, str) else ""


def _price(said: Json) -> Decimal | None:
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    try:
        price = Decimal(str(said))
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price < Decimal("1e10") else None
