"""The catalogue learned from events."""

from decimal import Decimal

from regulars import catalog
from regulars.catalog import NewItem, SeenProduct
from regulars.store import Database, Db
from tests.cast import NOW


def mention(title: str, price: str = "1") -> SeenProduct:
    return SeenProduct("85123A", title=title, price=Decimal(price), currency="GBP")


def title(db: Db) -> str:
    return catalog.get(db, "85123A").title.get("und", "")


def test_an_unknown_product_becomes_a_listed_item_while_no_catalogue_is_given(db: Db):
    ids = catalog.seen(db, [SeenProduct("a", title="A", category="Gifts > Mugs", brand="B")], now=NOW)
    found = catalog.get(db, "a")
    assert ids == {"a": found.id}
    assert found.listed
    assert (found.category, found.attributes) == (("Gifts", "Mugs"), {"brand": "B"})


def test_beside_a_given_catalogue_it_is_known_but_not_listed(db: Db):
    catalog.upsert(db, [NewItem("given")], now=NOW)
    catalog.seen(db, [SeenProduct("a")], now=NOW)
    assert not catalog.get(db, "a").listed


def test_the_most_frequent_description_becomes_the_title(db: Db):
    catalog.seen(db, [mention("LANTERN"), mention("wet?"), mention("LANTERN"), mention("")], now=NOW)
    assert title(db) == "LANTERN"
    catalog.seen(db, [mention("RED LANTERN")] * 2, now=NOW)
    assert title(db) == "RED LANTERN"  # as many, but newer


def test_a_title_in_use_is_not_shaken_by_one_other_word(db: Db):
    catalog.seen(db, [mention("LANTERN")] * 5, now=NOW)
    catalog.seen(db, [mention("damaged", "0.01")], now=NOW)
    assert title(db) == "LANTERN"
    assert catalog.get(db, "85123A").price == Decimal("1.00")


def test_a_given_title_and_price_are_never_overwritten(db: Db):
    catalog.upsert(db, [NewItem("85123A", title={"en": "Lantern"}, price=Decimal(9))], now=NOW)
    catalog.seen(db, [mention("LANTERN")] * 9, now=NOW)
    assert catalog.get(db, "85123A").title == {"en": "Lantern"}
    assert catalog.get(db, "85123A").price == Decimal("9.00")


def test_a_given_item_without_a_title_takes_the_one_heard(db: Db):
    catalog.upsert(db, [NewItem("85123A", price=Decimal(9))], now=NOW)
    catalog.seen(db, [mention("LANTERN")], now=NOW)
    assert title(db) == "LANTERN"
    assert catalog.get(db, "85123A").price == Decimal("9.00")


def test_what_is_known_changes_nothing(db: Db):
    catalog.seen(db, [mention("LANTERN")], now=NOW)
    before = catalog.shelf(db)
    catalog.seen(db, [mention("LANTERN")], now=NOW)
    assert catalog.shelf(db, before) is before


def test_what_cannot_be_an_item_is_left_out(db: Db):
    odd = [SeenProduct(""), SeenProduct("x" * 600), SeenProduct("y", kind="No Kind")]
    sane = SeenProduct("z", title="t" * 5_000, price=Decimal("NaN"), url="javascript:alert(1)", image="data:x")
    assert set(catalog.seen(db, [*odd, sane], now=NOW)) == {"z"}
    found = catalog.get(db, "z")
    assert (len(found.title["und"]), found.price, found.url, found.image) == (1_000, None, {}, "")


def test_the_process_remembers_only_what_is_committed(database: Database):
    try:
        with database.begin() as db:
            catalog.seen(db, [SeenProduct("a")], now=NOW)
            catalog.seen(db, [SeenProduct("a")], now=NOW)
            raise InterruptedError
    except InterruptedError:
        pass
    with database.begin() as db:
        assert "a" not in catalog.ids(db)
        made = catalog.seen(db, [SeenProduct("a", title="A")], now=NOW)
        assert made == {"a": catalog.get(db, "a").id}
    with database.begin() as db:
        assert catalog.seen(db, [SeenProduct("a")], now=NOW) == made
        assert dict(catalog.ids(db)) == made
