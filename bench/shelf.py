"""How long the catalogue takes: giving 100,000 items, reading them as a shelf, keeping up with changes, searching.

REGULARS_VAR=/tmp/regulars-bench python bench/shelf.py [--items 100000]
"""

import argparse
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from regulars import catalog
from regulars.catalog import Change, NewItem, Shelf
from regulars.kit.clock import utc_now
from regulars.main.wiring import open_database
from regulars.store import Database

TOPICS = [f"topic {i}" for i in range(50)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    count = parser.parse_args().items
    rng = random.Random(1)
    made = [item(i, rng) for i in range(count)]
    with open_database() as database:
        for what in ("give items", "give them again, unchanged"):
            with timed(f"{what}, {count:,}"):
                give(database, made)
        shelf = measured_shelf(database)
        for many in (1, 100, 5_000):
            shelf = refreshed(database, shelf, rng, many, count)
        with timed("the first mask of a value"):
            shelf.mask("diet", "vegan")
        with timed("1,000 items looked at"):
            [shelf.items[i] for i in range(1, 1_001)]
        for words in ("product 500", "brand 12", "colour"):
            with timed(f"search {words!r}"), database.begin() as db:
                catalog.search(db, words, most=20)


def item(i: int, rng: random.Random) -> NewItem:
    """A product as shops have them: three languages, some attributes."""
    return NewItem(
        f"sku-{i:06}",
        title={"en": f"Product {i} of colour {i % 17}", "nl": f"Product {i} van kleur {i % 17}", "es": f"Producto {i}"},
        summary={"en": "Some words about this thing that run on for a while. " * 3}, url={"en": f"/p/{i}"},
        image=f"/img/{i}.jpg", price=Decimal(rng.randrange(100, 9_999)) / 100, currency="EUR",
        category=(f"c{i % 20}", f"s{i % 400}"),
        attributes={"brand": f"brand {i % 3_000}", "diet": rng.sample(["vegan", "halal", "kosher"], 2),
                    "topics": rng.sample(TOPICS, 3), "size": i % 40},
    )  # fmt: skip


def give(database: Database, made: list[NewItem]) -> None:
    """All of them, 10,000 a call."""
    for start in range(0, len(made), 10_000):
        with database.begin() as db:
            catalog.upsert(db, made[start : start + 10_000], now=utc_now())


def measured_shelf(database: Database) -> Shelf:
    """Read in full, with the memory that takes."""
    before = resident()
    with timed("read as a shelf"), database.begin() as db:
        shelf = catalog.shelf(db)
    print(f"{'memory of the shelf':<40}{resident() - before:>10.0f} MB")
    return shelf


def refreshed(database: Database, shelf: Shelf, rng: random.Random, many: int, count: int) -> Shelf:
    """The shelf after `many` prices changed."""
    with database.begin() as db:
        changes = [Change(f"sku-{rng.randrange(count):06}", price=Decimal(rng.randrange(999))) for _ in range(many)]
        catalog.patch(db, changes, now=utc_now())
    with timed(f"refreshed after {many:,} changes"), database.begin() as db:
        return catalog.shelf(db, shelf)


@contextmanager
def timed(what: str) -> Iterator[None]:
    start, worked = time.perf_counter(), time.process_time()
    yield
    wall, own = time.perf_counter() - start, time.process_time() - worked
    print(f"{what:<40}{wall * 1000:>10.1f} ms, of which {own * 1000:.1f} this process's own CPU")


def resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
