"""Items to and from the JSON rows that the database takes and the shelf keeps."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from regulars.catalog.model import Item, NewItem
from regulars.kit.ids import ItemId
from regulars.kit.json import Json
from regulars.kit.text import clean, fold

CENT = Decimal("0.01")
LONGEST_SEARCH = 4_000
_WORD = re.compile(r"[^\W_]+")


class Row(msgspec.Struct, frozen=True):
    """A row of `items`, as `store.AS_JSON` writes it."""

    id: int
    external_id: str
    kind: str
    title: dict[str, str]
    summary: dict[str, str]
    url: dict[str, str]
    image: str
    price: Decimal | None
    currency: str
    category: tuple[str, ...]
    attributes: dict[str, object]
    available: bool
    listed: bool
    published_at: datetime | None
    expires_at: datetime | None


_decoder = msgspec.json.Decoder(Row)


def decode(row: bytes) -> Row:
    """The row that `store.AS_JSON` wrote."""
    return _decoder.decode(row)


def item(row: bytes) -> Item:
    """The same as an Item."""
    r = decode(row)
    attributes: Mapping[str, Json] = r.attributes  # type: ignore[assignment]  # it came out of a JSON column
    return Item(
        external_id=r.external_id, kind=r.kind, title=r.title, summary=r.summary, url=r.url, image=r.image,
        price=r.price, currency=r.currency, category=r.category, attributes=attributes, available=r.available,
        published_at=r.published_at, expires_at=r.expires_at, id=ItemId(r.id), listed=r.listed,
    )  # fmt: skip


def row(given: NewItem) -> dict[str, object]:
    """`given` as `store.GIVEN` reads it: cleaned, rounded to cents, with its search text."""
    return {
        "external_id": clean(given.external_id),
        "kind": given.kind,
        "title": texts(given.title),
        "summary": texts(given.summary),
        "url": texts(given.url),
        "image": clean(given.image),
        "price": cents(given.price),
        "currency": given.currency,
        "category": [clean(c) for c in given.category],
        "attributes": {clean(k): _cleaned(v) for k, v in given.attributes.items()},
        "available": given.available,
        "published_at": _utc(given.published_at),
        "expires_at": _utc(given.expires_at),
        "search": search_text(given),
    }


def texts(given: Mapping[str, str]) -> dict[str, str]:
    """The texts there are, by language, cleaned."""
    return {code: clean(text) for code, text in given.items() if text}


def cents(price: Decimal | None) -> Decimal | None:
    """`price` as it is kept."""
    return None if price is None else price.quantize(CENT, ROUND_HALF_UP)


def search_text(given: NewItem) -> str:
    """The words `given` is found by: id, titles, categories, attributes, then summaries."""
    brand_like = (v for v in given.attributes.values() if isinstance(v, str))
    lists = (w for v in given.attributes.values() if isinstance(v, list | tuple) for w in v if isinstance(w, str))
    parts = (given.external_id, *given.title.values(), *given.category, *brand_like, *lists, *given.summary.values())
    return " ".join(dict.fromkeys(words(" ".join(parts))))[:LONGEST_SEARCH]


def words(text: str) -> list[str]:
    """The folded words of `text`: letters and digits only, so that PostgreSQL's parser leaves them whole."""
    return _WORD.findall(fold(clean(text)))


def _cleaned(value: Json) -> Json:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Iterable):
        return [_cleaned(v) for v in value]
    return value


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
