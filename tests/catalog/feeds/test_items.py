"""Rows as items."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.catalog import NewItem, Rejected
from regulars.catalog.feeds import Feed, Format, format_of, money, opened, read_items, to_item
from regulars.catalog.feeds.items import flag, moment
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from tests.cast import utc


def test_columns_become_fields_and_the_rest_attributes():
    item = to_item(
        {
            "SKU": "wrap-1", "Name": "Wrap", "title.nl": "Wrap!", "title_es": "Rollo", "description": "Nice",
            "price": "6,50 EUR", "category": "Food > Wraps", "availability": "in stock", "published": "2026-01-09",
            "diet": "vegan|halal", "attribute:spice": "hot", "stock": "", "size": 3,
        }
    )  # fmt: skip
    assert item == NewItem(
        "wrap-1", title={"en": "Wrap", "nl": "Wrap!", "es": "Rollo"}, summary={"en": "Nice"}, price=Decimal("6.50"),
        currency="EUR", category=("Food", "Wraps"), published_at=utc(2026, 1, 9),
        attributes={"diet": ["vegan", "halal"], "spice": "hot", "size": 3},
    )  # fmt: skip


def test_a_mapping_says_where_fields_are():
    values: dict[str, Json] = {"nr": 7, "naam": "Soep", "soup": "Soup", "id": "not this"}
    item = to_item(values, columns={"external_id": "nr", "title": "naam", "title.en": "soup"}, language="nl")
    assert (item.external_id, item.title, item.attributes) == ("7", {"nl": "Soep", "en": "Soup"}, {"id": "not this"})


def test_json_objects_are_taken_as_they_are():
    item = to_item({"external_id": "a", "title": {"en": "A"}, "attributes": {"diet": ["vegan"], "no": None}})
    assert (item.title, item.attributes) == ({"en": "A"}, {"diet": ["vegan"]})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"title": "no id"}, "external_id is missing"),
        ({"id": "a", "price": "free"}, "price is not a number"),
        ({"id": "a", "price": "-1"}, "price is negative"),
        ({"id": "a", "price": True}, "price is not a number"),
        ({"id": "a", "price": "NaN"}, "price is not a number"),
        ({"id": "a", "available": "perhaps"}, "available should be yes or no"),
        ({"id": "a", "published_at": "soon"}, "published_at is not a time"),
        ({"id": "a", "published_at": [1]}, "published_at is not a time"),
        ({"id": "a", "url": "javascript:x"}, "url.en must start with"),
        ({"id": ["a"]}, "a text is expected"),
        ({"id": "a", "kind": "Bad Kind"}, "kind must be"),
        ({"id": "a", "x": {"deep": {"er": 1}}}, "attributes.x must be"),
    ],
)
def test_what_is_wrong_is_told(values: dict[str, Json], reason: str):
    with pytest.raises(Invalid, match=reason):
        to_item(values)


@pytest.mark.parametrize(
    ("said", "amount", "currency"),
    [
        ("6.50", "6.50", ""), ("6,50", "6.50", ""), ("15.00 USD", "15.00", "USD"), ("EUR 15", "15", "EUR"),
        ("1.299,00", "1299.00", ""), ("1,299.00 GBP", "1299.00", "GBP"), ("1,299", "1299", ""),
        ("1'299.5", "1299.5", ""),
        ("1 299,50", "1299.50", ""), ("12,345,678", "12345678", ""), (6.5, "6.5", ""), (7, "7", ""),
        ("$4.50", "4.50", "USD"), ("€ 6,50", "6.50", "EUR"), ("6,50\xa0€", "6.50", "EUR"), ("US$ 1,299", "1299", "USD"),
        ("-£5", "-5", "GBP"), ("12,00 zł", "12.00", "PLN"),
    ],
)  # fmt: skip
def test_money_is_read_as_shops_write_it(said: Json, amount: str, currency: str):
    assert money(said) == (Decimal(amount), currency)


def test_a_column_of_currencies_goes_before_a_sign():
    item = to_item({"id": "a", "price": "$4.50", "currency": "CAD"})
    assert (item.price, item.currency) == (Decimal("4.50"), "CAD")
    assert to_item({"id": "a", "price": "$4.50"}).currency == "USD"


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.lists(st.text())))
def test_no_price_flag_or_time_is_ever_guessed(said: Json):
    for read in (money, lambda s: flag(s, "f", otherwise=True), lambda s: moment(s, "t")):
        try:
            read(said)
        except Invalid as e:
            assert e.detail


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-01-09T16:00:00Z", utc(2026, 1, 9, 16)),
        ("2026-01-09 16:00", utc(2026, 1, 9, 16)),
        ("2026-01-09T16:00:00+02:00", datetime(2026, 1, 9, 16, tzinfo=timezone(timedelta(hours=2)))),
        ("2026-01-09", utc(2026, 1, 9)),
        ("Fri, 09 Jan 2026 16:00:00 GMT", utc(2026, 1, 9, 16)),
        (1767974400, datetime.fromtimestamp(1767974400, UTC)),
        (1767974400000, datetime.fromtimestamp(1767974400, UTC)),
        ("", None),
    ],
)
def test_times_are_read_as_feeds_write_them(said: Json, at: datetime | None):
    assert moment(said, "t") == at


def test_a_file_gives_items_and_rejects_in_order(tmp_path: Path):
    path = tmp_path / "menu.csv"
    path.write_text("sku,name,price\na,A,1\n,B,2\nc,C,much\nd,D,\n")
    with opened(path) as file:
        found = list(read_items(file, Feed(format_of(path))))
    assert [f.line if isinstance(f, Rejected) else f.external_id for f in found] == ["a", 3, 4, "d"]
    assert [f.reason for f in found if isinstance(f, Rejected)] == ["external_id is missing", "price is not a number"]


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.csv", Format.CSV), ("a.CSV.gz", Format.CSV), ("a.b.jsonl.gz", Format.JSON), ("feed.xml", Format.XML)],
)
def test_the_ending_tells_the_format(name: str, format: Format):
    assert format_of(Path(name)) is format


def test_an_unknown_ending_is_told():
    with pytest.raises(Invalid, match="--format"):
        format_of(Path("a.docx"))
