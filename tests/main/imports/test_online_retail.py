"""The Online Retail file: what is a purchase, what a return, what neither."""

import csv
import io

import msgspec
import pytest

from regulars.catalog import Rejected
from regulars.catalog.feeds import Record
from regulars.main.imports.happened import Happened
from regulars.main.imports.layout import ONLINE_RETAIL
from regulars.main.imports.online_retail import online_retail_reader
from regulars.main.imports.rows import WrongTable
from regulars.people import Identity, IdentityKind, Verb
from tests.cast import NOW, utc

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")


def line(text: str) -> Happened | Rejected:
    values = next(csv.reader(io.StringIO(text)))
    return online_retail_reader(ONLINE_RETAIL, now=NOW)(Record(2, dict(zip(COLUMNS, values, strict=True)), text))


def event(text: str) -> Happened:
    found = line(text)
    assert isinstance(found, Happened), found
    return found


def test_a_line_is_a_purchase():
    found = event("536365,85123a,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom")
    assert found.who == Identity(IdentityKind.USER, "17850")
    assert (found.verb, found.name, found.at) == (Verb.BOUGHT, "Order Completed", utc(2010, 12, 1, 8, 26))
    assert (found.products[0].external_id, found.products[0].title) == ("85123A", "WHITE HANGING HEART")
    properties = msgspec.json.decode(found.properties)
    assert (properties["order_id"], properties["quantity"], properties["currency"]) == ("536365", 6, "GBP")
    assert msgspec.json.decode(found.context) == {"location": {"country": "United Kingdom"}}


def test_a_cancellation_is_a_return():
    found = event("C536379,22556,PLASTERS IN TIN,-12,2011-07-01 09:41:00,1.65,17548.0,France")
    assert (found.verb, found.name, found.at) == (Verb.REMOVED, "Order Refunded", utc(2011, 7, 1, 8, 41))
    assert msgspec.json.decode(found.properties)["quantity"] == 12


def test_a_line_without_a_customer_belongs_to_the_visitor_of_that_invoice():
    found = event("536544,21773,DECORATIVE ROSE,1,2010-12-01 14:32:00,2.51,,United Kingdom")
    assert found.who == Identity(IdentityKind.ANONYMOUS, "invoice:536544")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("536370,POST,POSTAGE,3,2010-12-01 08:45:00,18,12583.0,France", "code POST is postage"),
        ("536370,m,Manual,3,2010-12-01 08:45:00,18,12583.0,France", "code M is a manual entry"),
        ("C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,UK", "code D is a discount"),
        ("A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,-11062.06,,UK", "code B is a bad debt"),
        ("537434,BANK CHARGES,,1,2010-12-06 16:57:00,9,,UK", "code BANK CHARGES"),
        ("536589,21777,,-10,2010-12-01 16:50:00,0,,UK", "quantity is negative"),
        ("536589,21777,,0,2010-12-01 16:50:00,1,,UK", "quantity is missing or zero"),
        ("536414,22139,,56,2010-12-01 11:52:00,0,,UK", "price is zero"),
        ("536414,22139,X,56,2010-12-01 11:52:00,,1.0,UK", "price is missing"),
        ("536414,22139,X,many,2010-12-01 11:52:00,1,1.0,UK", "quantity is not a number"),
        ("536414,22139,X,1,yesterday,1,1.0,UK", "time is not one we can read"),
        ("536414,,X,1,2010-12-01 11:52:00,1,1.0,UK", "invoice or stock code is missing"),
    ],
)
def test_what_is_no_purchase_says_why(text: str, reason: str):
    found = line(text)
    assert isinstance(found, Rejected)
    assert found.reason.startswith(reason)


def test_another_table_is_recognised_as_such():
    with pytest.raises(WrongTable, match="InvoiceNo"):
        online_retail_reader(ONLINE_RETAIL, now=NOW)(Record(2, {"a": 1}, ""))
