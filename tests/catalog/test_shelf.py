"""The catalogue as arrays."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np

from regulars import catalog
from regulars.catalog import Change, NewItem, SeenProduct, Shelf
from regulars.store import Db
from tests.cast import NOW, utc

DISHES = [
    NewItem("wrap", title={"en": "Wrap"}, price=Decimal("6.5"), category=("Food", "Wraps"),
            attributes={"diet": ["vegan", "halal"], "spicy": True, "size": 2}),
    NewItem("soup", category=("Food",), attributes={"diet": "vegan", "spicy": False, "size": 2.5}, available=False),
    NewItem("story", kind="article", published_at=utc(2026, 12, 1), expires_at=utc(2026, 12, 24)),
]  # fmt: skip


def names(shelf: Shelf, mask: np.ndarray) -> set[str]:
    return {shelf.items[int(i)].external_id for i in np.flatnonzero(mask)}


def test_every_item_stands_at_its_id(db: Db):
    catalog.upsert(db, DISHES, now=NOW)
    shelf = catalog.shelf(db, now=NOW)
    wrap = shelf.by_external["wrap"]
    assert shelf.items[wrap] == catalog.get(db, "wrap")
    assert shelf.n == max(shelf.by_external.values()) + 1
    assert shelf.price[wrap] == np.float32(6.5)
    assert np.isnan(shelf.price[shelf.by_external["soup"]])
    assert shelf.kinds[shelf.kind[shelf.by_external["story"]]] == "article"
    assert shelf.categories[shelf.category[wrap]] == ("Food", "Wraps")
    assert shelf.published[shelf.by_external["story"]] == utc(2026, 12, 1).timestamp()
    assert (shelf.kind[0], shelf.category[0]) == (-1, -1)
    assert not shelf.offerable[0]
    assert 0 not in shelf.items
    assert len(shelf.items) == 3


def test_masks_say_who_has_what(db: Db):
    catalog.upsert(db, DISHES, now=NOW)
    shelf = catalog.shelf(db, now=NOW)
    assert names(shelf, shelf.mask("diet", "vegan")) == {"wrap", "soup"}
    assert names(shelf, shelf.mask("diet", "halal")) == {"wrap"}
    assert names(shelf, shelf.mask("spicy", "true")) == {"wrap"}
    assert names(shelf, shelf.mask("size", "2.5")) == {"soup"}
    assert names(shelf, shelf.mask("category", "Food")) == {"wrap", "soup"}
    assert names(shelf, shelf.mask("kind", "article")) == {"story"}
    assert not shelf.mask("diet", "lead").any()
    assert ("diet", "lead") not in shelf.has
    assert ("diet", "vegan") in set(shelf.has)


def test_nobody_wishes_for_a_kind_of_help_page(db: Db):
    catalog.upsert(db, [*DISHES, NewItem("returns", kind="help", category=("Orders", "Food"))], now=NOW)
    shelf = catalog.shelf(db, now=NOW)
    assert shelf.wishes("category") == ["Food", "Wraps"]
    assert shelf.wishes("diet") == ["vegan", "halal"]
    assert shelf.wishes("lead") == []


def test_what_is_out_withdrawn_early_or_late_is_not_offered(db: Db):
    catalog.upsert(db, DISHES, now=NOW)
    shelf = catalog.shelf(db, now=NOW)
    assert names(shelf, shelf.offerable) == {"wrap"}
    assert shelf.due == utc(2026, 12, 1).timestamp()
    out = catalog.shelf(db, shelf, now=utc(2026, 12, 1))
    assert names(out, out.offerable) == {"wrap", "story"}
    assert out.due == utc(2026, 12, 24).timestamp()
    assert catalog.shelf(db, out, now=utc(2026, 12, 2)) is out
    gone = catalog.shelf(db, out, now=utc(2026, 12, 24))
    assert names(gone, gone.offerable) == {"wrap"}
    assert gone.due == float("inf")


def test_a_refresh_leaves_the_old_shelf_as_it_was(db: Db):
    catalog.upsert(db, DISHES, now=NOW)
    old = catalog.shelf(db, now=NOW)
    catalog.patch(db, [Change("soup", available=True)], now=NOW)
    catalog.seen(db, [SeenProduct("heard")], now=NOW)
    new = catalog.shelf(db, old, now=NOW)
    assert names(old, old.offerable) == {"wrap"}
    assert names(new, new.offerable) == {"wrap", "soup"}
    assert new.n == old.n + 1
    assert "heard" not in old.by_external


def same(one: Shelf, other: Shelf) -> bool:
    arrays = all(
        np.array_equal(getattr(one, f), getattr(other, f), equal_nan=True) for f in ("offerable", "price", "published")
    )
    kinds = [one.kinds[k] for k in one.kind[1:] if k >= 0] == [other.kinds[k] for k in other.kind[1:] if k >= 0]
    masks = all(np.array_equal(one.mask(*p), other.mask(*p)) for p in set(one.has) | set(other.has))
    return arrays and kinds and masks and dict(one.items) == dict(other.items) and one.by_external == other.by_external


def test_any_run_of_changes_refreshed_is_the_shelf_built_anew(db: Db):
    rng = random.Random(7)
    shelf = catalog.shelf(db, now=NOW)
    for _ in range(25):
        items = [
            NewItem(
                f"i{rng.randrange(300)}", kind=rng.choice(["product", "article"]), price=Decimal(rng.randrange(9)),
                attributes={"diet": rng.sample(["vegan", "halal", "kosher"], rng.randrange(3))},
                category=tuple(rng.sample(["a", "b", "c"], rng.randrange(3))), available=rng.random() < 0.8,
                expires_at=NOW + timedelta(days=rng.randrange(-2, 5)),
            )
            for _ in range(rng.choice([1, 3, 120]))
        ]  # fmt: skip
        catalog.upsert(db, items, now=NOW)
        if rng.random() < 0.3:
            catalog.withdraw_others(db, [i.external_id for i in items], kinds=["article"], now=NOW)
        shelf = catalog.shelf(db, shelf, now=NOW)
        assert same(shelf, catalog.shelf(db, now=NOW))


def test_an_empty_catalogue_is_an_empty_shelf(db: Db):
    shelf = catalog.shelf(db)
    assert (shelf.n, len(shelf.items)) == (1, 0)
    assert not shelf.offerable.any()


def test_a_shelf_of_other_making_is_built_anew(db: Db):
    catalog.upsert(db, DISHES, now=NOW)
    plain = {f: getattr(catalog.shelf(db), f) for f in Shelf.__slots__}
    assert same(catalog.shelf(db, replace(Shelf(**plain), version=0), now=NOW), catalog.shelf(db, now=NOW))
