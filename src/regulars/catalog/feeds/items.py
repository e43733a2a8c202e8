"""A row of a table as an item."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime

from regulars.catalog.checks import faults
from regulars.catalog.model import NewItem
from regulars.kit.errors import Invalid
from regulars.kit.json import Json

COLUMNS: Mapping[str, Sequence[str]] = {
    "external_id": ("external_id", "id", "item", "item_id", "sku", "product_id", "article_id", "code"),
    "kind": ("kind",),
    "title": ("title", "name"),
    "summary": ("summary", "description"),
    "url": ("url", "link"),
    "image": ("image", "image_link", "image_url"),
    "price": ("price",),
    "currency": ("currency",),
    "category": ("category", "product_type", "categories"),
    "available": ("available", "availability", "in_stock"),
    "published_at": ("published_at", "published"),
    "expires_at": ("expires_at", "expires", "expiration_date"),
}
"""The fields of an item, and the columns they are taken from when no other is named."""

TEXTS = ("title", "summary", "url")
YES = {"true", "yes", "1", "si", "sí", "ja", "in stock", "in_stock", "instock", "available", "preorder", "backorder"}
NO = {"false", "no", "0", "n", "out of stock", "out_of_stock", "outofstock", "unavailable", "nee", "discontinued"}
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
SIGNS = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₺": "TRY", "₽": "RUB",
    "₪": "ILS", "zł": "PLN", "R$": "BRL", "A$": "AUD", "C$": "CAD", "₫": "VND", "₴": "UAH", "₱": "PHP", "฿": "THB",
    "Kč": "CZK",
}  # fmt: skip
"""Signs of currencies; a plain $ is the United States' unless a column says otherwise."""
_CURRENCY = "|".join(["[A-Z]{3}", *map(re.escape, sorted(SIGNS, key=len, reverse=True))])
_MONEY = re.compile(rf"(?P<sign>-)?(?P<before>{_CURRENCY})?\s*(?P<amount>-?[\d.,'\s]*\d)\s*(?P<after>{_CURRENCY})?")


def to_item(
    values: Mapping[str, Json], *, columns: Mapping[str, str] = {}, language: str = "en", kind: str = "product"
) -> NewItem:
    """The item in a row of a table. Columns that are no field of an item become attributes.

    columns   field → column, where they are called otherwise ("title.nl" for a title in Dutch)
    language  of texts in columns that name none
    Raises Invalid with the first fault.
    """
    row = _Row(values, columns)
    texts = {field: row.texts(field, language) for field in TEXTS}
    price, currency = money(row.take("price"))
    try:
        item = NewItem(
            _text(row.take("external_id")), kind=_text(row.take("kind")) or kind, **texts,
            image=_text(row.take("image")), price=price, currency=_text(row.take("currency")).upper() or currency,
            category=_path(row.take("category")), available=flag(row.take("available"), "available", otherwise=True),
            published_at=moment(row.take("published_at"), "published_at"),
            expires_at=moment(row.take("expires_at"), "expires_at"), attributes=row.attributes(),
        )  # fmt: skip
    except (TypeError, ValueError) as e:
        raise Invalid(str(e)) from e
    return sound(item)


def sound(item: NewItem) -> NewItem:
    """`item` when it can be in a catalogue. Raises Invalid with its first fault."""
    for field, fault in faults(item):
        raise Invalid(f"{field} {fault}")
    return item


class _Row:
    """The values of a row, and which of them were taken already."""

    def __init__(self, values: Mapping[str, Json], columns: Mapping[str, str]) -> None:
        self.values = values
        self.columns = columns
        self.names = {name.strip().casefold(): name for name in values}
        self.taken: set[str] = set(columns.values())

    def take(self, field: str) -> Json:
        if field in self.columns:
            return self.values.get(self.columns[field])
        for name in COLUMNS[field]:
            column = self.names.get(name)
            if column is not None and column not in self.taken:
                self.taken.add(column)
                return self.values[column]
        return None

    def texts(self, field: str, language: str) -> dict[str, str]:
        """{"en": …} from an object, a plain column, and columns like title.nl, title_nl or title:nl."""
        plain = self.take(field)
        found = {c: _text(t) for c, t in plain.items()} if isinstance(plain, Mapping) else {language: _text(plain)}
        for named, column in self.columns.items():
            if named.startswith(f"{field}."):
                found[named.partition(".")[2]] = _text(self.values.get(column))
        for name in COLUMNS[field]:
            pattern = re.compile(rf"{name}[._:]([a-z]{{2,3}}(?:-[a-z0-9]+)?)")
            for folded, column in self.names.items():
                if column not in self.taken and (match := pattern.fullmatch(folded)):
                    self.taken.add(column)
                    found[match[1]] = _text(self.values[column])
        return {code: text for code, text in found.items() if text}

    def attributes(self) -> dict[str, Json]:
        """What is left: a column attributes (an object), columns attribute:NAME, and any other."""
        left: dict[str, Json] = {}
        for column, value in self.values.items():
            if column in self.taken or column is None or not column.strip():
                continue
            if column.casefold() == "attributes" and isinstance(value, Mapping):
                left |= {name: _attribute(v) for name, v in value.items() if v not in (None, "")}
            elif value not in (None, "", []):
                left[column.strip().removeprefix("attribute:")] = _attribute(value)
        return left


def money(said: Json) -> tuple[Decimal | None, str]:
    """An amount and its currency: 6.5, "6,50", "1.299,00 EUR", "USD 15.00", "$4.50", "6,50 €". Raises Invalid."""
    if said is None or said == "":
        return None, ""
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        raise Invalid("price is not a number")
    text = str(said).strip()
    if _NUMBER.fullmatch(text):
        return Decimal(text), ""
    match = _MONEY.fullmatch(text)
    if match is None:
        raise Invalid("price is not a number")
    try:
        amount = Decimal(_plain_number(re.sub(r"[\s']", "", match["amount"])))
    except InvalidOperation as e:
        raise Invalid("price is not a number") from e
    currency = match["before"] or match["after"] or ""
    return -amount if match["sign"] else amount, SIGNS.get(currency, currency)


def _plain_number(amount: str) -> str:
    """ "1.299,00" and "1,299.00" as "1299.00": the last of the two is the decimal point."""
    comma, point = amount.rfind(","), amount.rfind(".")
    if comma > point:
        decimal = len(amount) - comma - 1 != 3 or point >= 0
        return amount.replace(".", "").replace(",", "." if decimal else "")
    return amount.replace(",", "")


def flag(said: Json, field: str, *, otherwise: bool) -> bool:
    """Yes or no in words; `otherwise` when nothing is said. Raises Invalid."""
    if isinstance(said, bool):
        return said
    word = _text(said).casefold()
    if word in YES or not word:
        return otherwise if not word else True
    if word in NO:
        return False
    raise Invalid(f"{field} should be yes or no")


def moment(said: Json, field: str) -> datetime | None:
    """A time: ISO 8601, a date, RFC 2822 (as RSS has it) or seconds since 1970; UTC when no zone is said."""
    if said is None or said == "":
        return None
    try:
        if isinstance(said, int | float) and not isinstance(said, bool):
            return datetime.fromtimestamp(said / 1000 if abs(said) > 1e11 else said, UTC)
        found = _parsed(str(said).strip())
    except (ValueError, OverflowError, OSError, TypeError) as e:
        raise Invalid(f"{field} is not a time like 2026-01-09T16:00:00Z") from e
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _parsed(said: str) -> datetime:
    if said[:4].isdigit():
        if len(said) == 10:
            return datetime.combine(date.fromisoformat(said), time.min, UTC)
        return datetime.fromisoformat(said)
    return parsedate_to_datetime(said)


def _text(said: Json) -> str:
    if said is None or isinstance(said, bool):
        return "" if said is None else str(said).lower()
    if isinstance(said, str | int | float):
        return str(said).strip()
    raise Invalid("a text is expected where a list or object stands")


def _path(said: Json) -> tuple[str, ...]:
    if isinstance(said, list | tuple):
        return tuple(_text(part) for part in said)
    return tuple(part for part in (p.strip() for p in re.split(r"[>|]", _text(said))) if part)


def _attribute(said: Json) -> Json:
    """A text with bars is a list: "vegan|halal"."""
    if isinstance(said, str):
        parts = [part.strip() for part in said.split("|") if part.strip()]
        return parts if len(parts) > 1 else said.strip()
    return said
