"""The Online Retail file of the UCI repository: every invoice line of a British gift shop.

Decisions, all countable in the table at the end of the import:
- a line is one event: "Order Completed" (bought), or "Order Refunded" (removed) on a cancellation (invoice C…);
- a line without a customer belongs to an anonymous visitor who made that one invoice: baskets stay together;
- codes that stand for postage, fees, discounts, samples and corrections are no products;
- what was written off, found again or given away (negative quantity without a cancellation, price zero) is no purchase;
- stock codes are compared in capitals (85123a is 85123A).
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.json import encode

from regulars.catalog import Rejected, SeenProduct
from regulars.catalog.feeds import Record, money, rejected
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.main.imports.happened import Happened, MessageIds
from regulars.main.imports.layout import Layout
from regulars.main.imports.rows import Read, WrongTable
from regulars.main.imports.values import clock, person_id, quantity, word
from regulars.people.model import Identity, IdentityKind, Verb

NO_PRODUCT = {
    "POST": "postage", "DOT": "postage", "C2": "carriage", "M": "a manual entry", "D": "a discount",
    "S": "a sample", "B": "a bad debt", "CRUK": "a donation", "BANK CHARGES": "bank charges",
    "AMAZONFEE": "a marketplace's fee", "ADJUST": "a correction", "ADJUST2": "a correction",
    "TEST001": "a test", "TEST002": "a test",
}  # fmt: skip


def online_retail_reader(layout: Layout, *, now: datetime) -> Read:
    """What makes an event of an invoice line, or says why it is none."""
    ids, at = MessageIds(), clock(layout.zone, layout.time_format, now)

    def read(record: Record) -> Happened | Rejected:
        if missing := [c for c in layout.columns.values() if c not in record.values]:
            raise WrongTable(f"this is not the Online Retail file: it has no column {missing[0]!r}")
        said = {field: record.values[column] for field, column in layout.columns.items()}
        try:
            return _line({**layout.constants, **said}, at(said["time"]), ids)
        except Invalid as e:
            return rejected(record.line, e.detail, record.raw)

    return read


def _line(said: Mapping[str, Json], at: datetime, ids: MessageIds) -> Happened:
    invoice, code = word(said["order"], "InvoiceNo"), word(said["item"], "StockCode").upper()
    if not invoice or not code:
        raise Invalid("invoice or stock code is missing")
    if code in NO_PRODUCT:
        raise Invalid(f"code {code} is {NO_PRODUCT[code]}, not a product")
    many = quantity(said["quantity"])
    price, _ = money(said["price"])
    cancelled = invoice.startswith("C")
    if not many:
        raise Invalid("quantity is missing or zero")
    if many < 0 and not cancelled:
        raise Invalid("quantity is negative and nothing was cancelled: a stock correction")
    if price is None or price < 0:
        raise Invalid("price is missing or negative")
    if price == 0:
        raise Invalid("price is zero: given away or a stock correction, nobody bought it")
    customer, currency = person_id(said["user_id"], "CustomerID"), word(said["currency"], "currency")
    title, country = word(said["title"], "Description"), word(said.get("context.location.country"), "Country")
    who = Identity(IdentityKind.USER, customer) if customer else Identity(IdentityKind.ANONYMOUS, f"invoice:{invoice}")
    properties = {
        "order_id": invoice, "product_id": code, "name": title, "quantity": abs(many), "price": float(price),
        "currency": currency,
    }  # fmt: skip
    context = {"location": {"country": country}} if country else {}
    return Happened(
        ids.of("online-retail", invoice, code, title, str(many), at.isoformat(), str(price), customer, country), who,
        "Order Refunded" if cancelled else "Order Completed", at, Verb.REMOVED if cancelled else Verb.BOUGHT,
        (SeenProduct(code, title, price, currency),), encode(properties), encode(context),
    )  # fmt: skip
