"""Rows as events."""

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.catalog import Rejected, SeenProduct
from regulars.catalog.feeds import Record
from regulars.kit.json import Json
from regulars.main.imports.happened import Happened, MessageIds
from regulars.main.imports.layout import Layout
from regulars.main.imports.rows import WrongTable, row_reader
from regulars.people import Identity, IdentityKind, Verb
from tests.cast import NOW, VERA, utc

GOOD: Mapping[str, Json] = {"user_id": VERA, "time": "2026-01-05 10:00", "item": "wrap-1", "event": "Product Viewed"}

PLAIN = Layout()
UTC_ROW = "2026-01-09T16:00:00Z"


def read(values: Mapping[str, Json], layout: Layout = PLAIN, *, fixed: bool = False) -> Happened | Rejected:
    return row_reader(layout, now=NOW)(Record(7, values, "raw", fixed))


def happened(values: Mapping[str, Json], layout: Layout = PLAIN) -> Happened:
    found = read(values, layout)
    assert isinstance(found, Happened), found
    return found


def test_a_row_says_who_did_what_with_which_item_and_when():
    found = happened(
        {**GOOD, "Title": " Wrap ", "price": "6,50 EUR", "quantity": "2", "category": "Food > Wraps", "order": "o1",
         "context.location.city": "Utrecht", "context.device": "phone", "property.colour": "red", "stray": "x"}
    )  # fmt: skip
    assert found.who == Identity(IdentityKind.USER, VERA)
    assert (found.name, found.verb, found.at) == ("Product Viewed", Verb.VIEWED, utc(2026, 1, 5, 10))
    [product] = found.products
    assert product == SeenProduct("wrap-1", "Wrap", product.price, "EUR", "Food > Wraps")
    assert msgspec.json.decode(found.properties) == {
        "product_id": "wrap-1", "name": "Wrap", "price": 6.5, "currency": "EUR", "quantity": 2, "order_id": "o1",
        "category": "Food > Wraps", "colour": "red",
    }  # fmt: skip
    assert msgspec.json.decode(found.context) == {"location": {"city": "Utrecht"}, "device": "phone"}


def test_times_without_a_zone_are_of_the_mappings():
    layout = Layout({"time": "t"}, timezone="Europe/London", time_format="%d/%m/%Y %H:%M")
    values = {k: v for k, v in GOOD.items() if k != "time"}
    assert happened({**values, "t": "01/07/2026 12:00"}, layout).at == utc(2026, 7, 1, 11)
    assert happened({**GOOD, "time": 1767974400}).at == utc(2026, 1, 9, 16)
    assert happened({**GOOD, "time": UTC_ROW}, Layout(timezone="Europe/London")).at == utc(2026, 1, 9, 16)


def test_an_own_name_needs_a_verb():
    assert happened({**GOOD, "event": "sandwich eaten", "verb": "bought"}).verb is Verb.BOUGHT
    assert happened({**GOOD, "event": "", "verb": "viewed"}).name == "Product Viewed"
    unknown = read({**GOOD, "event": "sandwich eaten"})
    assert isinstance(unknown, Rejected)
    assert "verb" in unknown.reason


def test_an_event_without_an_item_is_kept_as_no_interaction():
    found = happened({k: v for k, v in GOOD.items() if k != "item"} | {"event": "Signed Up"})
    assert (found.verb, found.products) == (None, ())


def test_spreadsheets_write_ids_as_numbers():
    for said in ("17850.0", 17850, 17850.0):
        assert happened({**GOOD, "user_id": said}).who.value == "17850"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"user_id": ""}, "neither user_id nor anonymous_id"),
        ({"user_id": "x" * 513}, "user_id has more"),
        ({"user_id": "a\x00"}, "user_id has more"),
        ({"user_id": ["a"]}, "user_id should be a text"),
        ({"time": ""}, "time is missing"),
        ({"time": "tomorrow"}, "time is not one we can read"),
        ({"time": "2036-01-01"}, "time lies in the future"),
        ({"time": "1066-10-14"}, "time lies before 1970"),
        ({"time": 1e300}, "time is not one we can read"),
        ({"time": True}, "time is not one we can read"),
        ({"item": "x" * 513}, "item has more"),
        ({"price": "free"}, "price is not a number"),
        ({"price": "-3"}, "price is negative"),
        ({"quantity": "many"}, "quantity is not a number"),
        ({"quantity": "nan"}, "quantity is not a sensible number"),
        ({"event": ""}, "event is missing"),
        ({"verb": "ate"}, "verb should be one of"),
        ({"title": "x" * 1_001}, "title is longer"),
        ({"kind": "Big Thing"}, "kind must be a word"),
    ],
)
def test_a_dirty_row_says_why(change: Mapping[str, Json], reason: str):
    found = read({**GOOD, **change})
    assert isinstance(found, Rejected)
    assert (found.line, found.raw) == (7, "raw")
    assert found.reason.startswith(reason)


FIELDS = st.sampled_from([*GOOD, "price", "quantity", "verb", "context.a", "context.a.b", "order"])
ANYTHING = st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers()))


@given(st.dictionaries(FIELDS, ANYTHING))
def test_no_row_whatever_stops_an_import(values: dict[str, Json]):
    assert isinstance(read({**GOOD, **values}), Happened | Rejected)


@pytest.mark.parametrize(
    ("values", "layout", "words"),
    [
        (GOOD, Layout({"item": "sku"}), "no column 'sku'; there are the columns user_id, time, item, event"),
        ({"who": "vera"}, Layout(), "--map user_id=COLUMN"),
        ({"user_id": "vera", "event": "x"}, Layout(), "--map time=COLUMN"),
        ({"user_id": "vera", "time": "x"}, Layout(), "--map event=COLUMN"),
    ],
)
def test_a_table_without_what_every_row_needs_ends_the_import(values: Mapping[str, Json], layout: Layout, words: str):
    with pytest.raises(WrongTable, match=words):
        read(values, layout, fixed=True)


def test_equal_rows_are_two_events_and_a_rerun_gives_the_same_ids():
    one, again = MessageIds(), MessageIds()
    first = [one.of("a", "b"), one.of("a", "b"), one.of("a", "c"), one.of("ab", "")]
    assert len(set(first)) == 4
    assert set(first) == {again.of("ab", ""), again.of("a", "c"), again.of("a", "b"), again.of("a", "b")}
