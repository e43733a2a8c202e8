"""Rows of a table as events, by a layout."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from regulars.catalog import NewItem, Rejected, SeenProduct
from regulars.catalog.checks import faults
from regulars.catalog.feeds import Record, rejected
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.main.imports.happened import Happened, MessageIds
from regulars.main.imports.layout import FIELDS, FREE, Layout
from regulars.main.imports.values import clock, person_id, price, quantity, verb, word
from regulars.people.model import Identity, IdentityKind
from regulars.web.ingest_words import EVENTS, interaction

Read = Callable[[Record], Happened | Rejected]
PRODUCT_TEXTS = ("category", "brand", "url", "image")
NEEDED = (("user_id", "anonymous_id"), ("time",), ("event", "verb"))
MOST_SHAPES = 1_000
USUAL_NAME = {
    "viewed": "Product Viewed", "clicked": "Product Clicked", "added": "Product Added", "removed": "Product Removed",
    "bought": "Order Completed", "read": "Article Read", "rated": "Product Reviewed",
}  # fmt: skip


def row_reader(layout: Layout, *, now: datetime) -> Read:
    """What makes an event of a row, or says why it is none."""
    reader = _Rows(layout, now)

    def read(record: Record) -> Happened | Rejected:
        try:
            return reader.read(record.values, fixed=record.fixed)
        except Invalid as e:
            return rejected(record.line, e.detail, record.raw)

    return read


class _Rows:
    def __init__(self, layout: Layout, now: datetime) -> None:
        self.layout = layout
        self.ids = MessageIds()
        self.clock = clock(layout.zone, layout.time_format, now)
        self.columns: dict[tuple[str, ...], Mapping[str, str]] = {}

    def read(self, values: Mapping[str, Json], *, fixed: bool) -> Happened:
        said = {**self.layout.constants, **{f: values.get(c) for f, c in self._columns(values, fixed=fixed).items()}}
        who = whose(said)
        at = self.clock(said.get("time"))
        product = _product(said)
        name = word(said.get("event"), "event")
        done = verb(said.get("verb"))
        name = name or (USUAL_NAME.get(done.name.lower(), done.name.title()) if done else "")
        if not name:
            raise Invalid("event is missing: say what happened with --map event=COLUMN or event=='Product Viewed'")
        properties = msgspec.json.encode(_properties(said, product))
        meaning = None if done else interaction(name, properties)
        if done is None and product and meaning is None and name.casefold() not in EVENTS:
            raise Invalid(
                f"event {name!r:.60} is unknown for an item: name its verb with --map verb=COLUMN or verb==viewed"
            )
        products = (product,) if product else ()
        told = [f"{k}={v}" for k, v in sorted(said.items()) if v not in (None, "")]
        return Happened(
            word(said.get("message_id"), "message_id") or self.ids.of(*told), who, name, at,
            (done or (meaning.verb if meaning else None)) if products else None,
            products, properties, msgspec.json.encode(nested(said, "context.")),
        )  # fmt: skip

    def _columns(self, values: Mapping[str, Json], *, fixed: bool) -> Mapping[str, str]:
        key = tuple(values)
        found = self.columns.get(key)
        if found is None:
            if len(self.columns) >= MOST_SHAPES:
                self.columns.clear()
            found = self.columns[key] = columns(self.layout, values, fixed=fixed)
        return found


def columns(layout: Layout, values: Mapping[str, Json], *, fixed: bool) -> Mapping[str, str]:
    """field → column for this table: those of the layout, and columns called like a field.

    Raises WrongTable when a column is not there that every row needs.
    """
    found = _columns_of(layout, values)
    if fixed:
        there = f"there are the columns {', '.join(map(str, values))}"
        if missing := [c for c in layout.columns.values() if c not in values]:
            raise WrongTable(f"there is no column {missing[0]!r}; {there}")
        for needed in NEEDED:
            if not {*found, *layout.constants} & set(needed):
                raise WrongTable(f"no column says {needed[0]}: add --map {needed[0]}=COLUMN; {there}")
    return found


def _columns_of(layout: Layout, values: Mapping[str, Json]) -> Mapping[str, str]:
    taken = {*layout.columns, *layout.constants}
    same = {f: c for c in values if (f := c.strip().casefold()) not in taken and (f in FIELDS or f.startswith(FREE))}
    return {**same, **layout.columns}


class WrongTable(Exception):
    """The whole table is not what the layout says."""


def whose(said: Mapping[str, Json]) -> Identity:
    """The person of a row. Raises Invalid."""
    if user := person_id(said.get("user_id"), "user_id"):
        return Identity(IdentityKind.USER, user)
    if anonymous := person_id(said.get("anonymous_id"), "anonymous_id"):
        return Identity(IdentityKind.ANONYMOUS, anonymous)
    raise Invalid("neither user_id nor anonymous_id: whose event is it?")


def _product(said: Mapping[str, Json]) -> SeenProduct | None:
    item = word(said.get("item"), "item")
    if not item:
        return None
    if len(item) > 512 or "\x00" in item:
        raise Invalid("item has more than 512 characters or a NUL")
    amount, currency = price(said.get("price"))
    texts = {name: word(said.get(name), name) for name in PRODUCT_TEXTS}
    currency = word(said.get("currency"), "currency").upper() or currency
    kind = word(said.get("kind"), "kind") or "product"
    if kind != "product" and (fault := next(faults(NewItem(item, kind=kind)), None)):
        raise Invalid(" ".join(fault))
    return SeenProduct(item, word(said.get("title"), "title"), amount, currency, kind=kind, **texts)


def _properties(said: Mapping[str, Json], product: SeenProduct | None) -> dict[str, Json]:
    """The properties as the Segment spec has them."""
    found = nested(said, "property.")
    if order := word(said.get("order"), "order"):
        found["order_id"] = order
    if product:
        many = quantity(said.get("quantity"))
        about = {
            "product_id": product.external_id, "name": product.title, "currency": product.currency,
            "price": None if product.price is None else float(product.price), "quantity": many,
            **{name: getattr(product, name) for name in PRODUCT_TEXTS},
        }  # fmt: skip
        found |= {k: v for k, v in about.items() if v not in (None, "")}
    return found


def nested(said: Mapping[str, Json], start: str) -> dict[str, Json]:
    """`context.location.city` = "Utrecht" as {"location": {"city": "Utrecht"}}."""
    found: dict[str, Json] = {}
    for field, value in said.items():
        if field.startswith(start) and value not in (None, ""):
            inner = found
            *path, last = field.removeprefix(start).split(".")
            for part in path:
                below = inner.setdefault(part, {})
                inner = below if isinstance(below, dict) else {}
            inner[last] = value
    return found
