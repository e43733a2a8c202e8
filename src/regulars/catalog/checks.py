"""What an item may look like. Everything wrong with it is said at once, by field."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from regulars.catalog.model import Change, NewItem
from regulars.kit.errors import Invalid, TooLarge
from regulars.kit.json import Json

MOST_AT_ONCE = 10_000
MOST_TOLD = 50  # faults of one call that are told; the rest are counted
LONGEST_ID = 512
TITLE, SUMMARY, ADDRESS, LABEL, TEXT = 1_000, 20_000, 2_048, 200, 2_000
MOST_LANGUAGES, MOST_LEVELS, MOST_ATTRIBUTES, MOST_VALUES = 60, 12, 100, 500
HIGHEST_PRICE = Decimal(10) ** 10

_KIND = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")

Fault = tuple[str, str]
Thing = TypeVar("Thing")


def refuse_invalid(items: Sequence[NewItem]) -> None:
    """Raise Invalid with `items[3].price`-like fields when any of `items` cannot be in a catalogue."""
    _refuse_all("items", items, faults)


def refuse_invalid_changes(changes: Sequence[Change]) -> None:
    """The same for changes of availability and price."""
    _refuse_all("items", changes, change_faults)


def faults(item: NewItem) -> Iterator[Fault]:
    """Each fault of `item`: the field and what is wrong with it."""
    yield from id_faults(item.external_id)
    if not _KIND.fullmatch(item.kind):
        yield "kind", "must be a word of lower-case letters, digits, - and _, like product or help-page"
    for field, texts, longest in (("title", item.title, TITLE), ("summary", item.summary, SUMMARY)):
        yield from _text_faults(field, texts, longest)
    yield from _text_faults("url", item.url, ADDRESS)
    yield from (_address_fault(f"url.{code}", address) for code, address in item.url.items() if unsafe(address))
    if len(item.image) > ADDRESS or unsafe(item.image):
        yield _address_fault("image", item.image)
    yield from _price_faults(item.price, item.currency)
    yield from _category_faults(item.category)
    yield from _attribute_faults(item.attributes)
    yield from _time_faults(item)


def change_faults(change: Change) -> Iterator[Fault]:
    """Each fault of `change`."""
    yield from id_faults(change.external_id)
    yield from _price_faults(change.price, change.currency or "")


def id_faults(external_id: str) -> Iterator[Fault]:
    """What is wrong with an id, if anything."""
    if not external_id.strip():
        yield "external_id", "is missing"
    elif len(external_id) > LONGEST_ID:
        yield "external_id", f"is longer than {LONGEST_ID} characters"


def _refuse_all(name: str, things: Sequence[Thing], check: Callable[[Thing], Iterable[Fault]]) -> None:
    if len(things) > MOST_AT_ONCE:
        raise TooLarge(f"{len(things):,} items at once: send at most {MOST_AT_ONCE:,} in one call")
    found = [(f"{name}[{i}].{field}", fault) for i, one in enumerate(things) for field, fault in check(one)]
    if found:
        more = f" (the first {MOST_TOLD} are listed)" if len(found) > MOST_TOLD else ""
        field, fault = found[0]
        raise Invalid(f"{len(found)} fault(s){more}: {field} {fault}", fields=dict(found[:MOST_TOLD]))


def _text_faults(field: str, texts: Mapping[str, str], longest: int) -> Iterator[Fault]:
    if len(texts) > MOST_LANGUAGES:
        yield field, f"has more than {MOST_LANGUAGES} languages"
    for code, text in texts.items():
        if not _LANGUAGE.fullmatch(code):
            yield f"{field}.{code[:40]}", "is not a language code like en or nl-BE"
        if len(text) > longest:
            yield f"{field}.{code[:40]}", f"is longer than {longest:,} characters"


def unsafe(address: str) -> bool:
    """Whether a browser would do something else than open a page: `javascript:` and its like."""
    scheme = _SCHEME.match(address)
    return scheme is not None and scheme[1].lower() not in {"http", "https"}


def _address_fault(field: str, address: str) -> Fault:
    if len(address) > ADDRESS:
        return field, f"is longer than {ADDRESS:,} characters"
    return field, "must start with https://, http:// or /"


def _price_faults(price: Decimal | None, currency: str) -> Iterator[Fault]:
    if price is not None:
        if not price.is_finite():
            yield "price", "is not a number"
        elif price < 0:
            yield "price", "is negative"
        elif price >= HIGHEST_PRICE:
            yield "price", f"is {HIGHEST_PRICE:,} or more"
    if currency and not _CURRENCY.fullmatch(currency):
        yield "currency", "must be three capital letters, like EUR"


def _category_faults(path: Sequence[str]) -> Iterator[Fault]:
    if len(path) > MOST_LEVELS:
        yield "category", f"has more than {MOST_LEVELS} levels"
    for level, name in enumerate(path):
        if not name.strip() or len(name) > LABEL:
            yield f"category[{level}]", f"must have 1 to {LABEL} characters"


def _attribute_faults(attributes: Mapping[str, Json]) -> Iterator[Fault]:
    if len(attributes) > MOST_ATTRIBUTES:
        yield "attributes", f"has more than {MOST_ATTRIBUTES} names"
    for name, value in attributes.items():
        if not name.strip() or len(name) > LABEL:
            yield f"attributes.{name[:40]}", f"a name must have 1 to {LABEL} characters"
        elif fault := _value_fault(value):
            yield f"attributes.{name[:40]}", fault


def _value_fault(value: Json) -> str | None:
    if isinstance(value, list | tuple):
        if len(value) > MOST_VALUES:
            return f"has more than {MOST_VALUES} values"
        if not all(isinstance(v, str | int | float | bool) for v in value):
            return "must hold texts, numbers or flags only"
        return next((f for v in value if (f := _value_fault(v))), None)
    if isinstance(value, str):
        return f"is longer than {TEXT:,} characters" if len(value) > TEXT else None
    if (isinstance(value, float) and value != value) or value in (float("inf"), float("-inf")):  # noqa: PLR0124  NaN
        return "is not a number"
    return None if value is None or isinstance(value, bool | int | float) else "must be a text, number, flag or list"


def _time_faults(item: NewItem) -> Iterator[Fault]:
    for field, at in (("published_at", item.published_at), ("expires_at", item.expires_at)):
        if isinstance(at, datetime) and at.tzinfo is None:
            yield field, "needs a time zone, like 2026-01-09T16:00:00Z"
