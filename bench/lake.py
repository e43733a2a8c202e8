"""How fast history goes to a lake and comes back, and what Spark costs where one machine would do.

    python bench/lake.py [--events 1000000] [--people 50000] [--items 10000] [--spark]

The export is measured against a bare COPY of the same columns out of PostgreSQL to nowhere; reading the lake against
reading the database. With --spark the pairs of RP3β are counted by Spark (local[2]) as well, and compared.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import sqlalchemy as sa

from regulars import people
from regulars.people.store import lake as table
from regulars.store import Database, driver
from regulars.store.lake import Lake
from regulars.taste import no_content
from regulars.taste.content import idf
from regulars.taste.engine import using
from regulars.taste.histories import verb_weights
from regulars.taste.kitchen import kitchen
from regulars.taste.ridge import Ridge
from regulars.taste.rp3 import Rp3
from served import machine, scratch

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FILL = """
insert into events (message_id, person_id, type, name, at, received_at, verb, items, properties, context)
select '{part}-' || n, 1 + (random() * random() * {people})::int, 1, 'Product Viewed',
       timestamptz '2026-11-20' - random() * interval '365 days', now(), (array[1, 3, 4])[1 + n % 3],
       array[1 + (power(random(), 3) * {items})::int], '{{}}', '{{"city": "Utrecht", "locale": "nl-NL"}}'
from generate_series(1, {events}) n"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("events", 1_000_000), ("people", 50_000), ("items", 10_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--spark", action="store_true")
    asked = parser.parse_args()
    with scratch("regulars_bench_lake") as url, tempfile.TemporaryDirectory() as folder:
        database, lake = Database(url), Lake(folder)
        fill(database, asked)
        limit = timed(lambda: bare(database))
        first = timed(lambda: export(database, lake))
        happen(database, asked, "later", asked.events // 100)
        second = timed(lambda: export(database, lake))
        here, there = timed(lambda: read(database)), timed(lambda: people.lake_log(lake))
        print(
            f"export {asked.events / first:,.0f} events/s: {first / limit:.2f} x a bare COPY; "
            f"one per cent more {second:.1f} s"
        )
        print(f"reading the lake {there:.2f} s: {there / here:.2f} x reading the database")
        if asked.spark:
            spark(lake, people.lake_log(lake), asked.items + 2)
        database.close()
    print(f"({asked.events:,} events, {asked.people:,} people, {asked.items:,} items; {machine()})")


def fill(database: Database, asked: argparse.Namespace) -> None:
    with database.begin() as db:
        db.execute(sa.text(f"insert into persons (id, root_id, created_at) overriding system value "
                           f"select n, n, now() from generate_series(1, {asked.people + 1}) n"))  # fmt: skip
    happen(database, asked, "first", asked.events)
    with database.begin() as db:
        db.execute(sa.text("analyze"))


def happen(database: Database, asked: argparse.Namespace, part: str, events: int) -> None:
    with database.begin() as db:
        driver(db).execute(FILL.format(part=part, events=events, people=asked.people, items=asked.items).encode())


def bare(database: Database) -> None:
    with database.begin() as db, driver(db).cursor().copy(table.COPY + table.BETWEEN + table.REST, (0, 2**62)) as pipe:
        while pipe.read():
            pass


def export(database: Database, lake: Lake) -> None:
    people.export_lake(database, lake, origin="bench", now=NOW)


def read(database: Database) -> people.Log:
    with database.begin() as db:
        return people.logs(db)


def spark(lake: Lake, log: people.Log, n: int) -> None:
    from regulars.taste.spark import Files, Spark, session

    def fit(recipe: Rp3 | Ridge):
        return kitchen(log, no_content(n), verbs=verb_weights(), idf=idf(no_content(n)), threads=2).fit(recipe)

    manifest = people.exported(lake)
    events = [lake.address(part.path) for part in manifest.parts]
    files = Files(events, lake.address(manifest.state["people"]), lake.address(manifest.state["unlearned"]))
    running = session("local[2]")
    try:
        for recipe in (Rp3(), Ridge()):
            fit(recipe)  # compiled
            one = timed(lambda r=recipe: fit(r))
            with Spark(running, files, n=n) as engine, using(engine):
                began = time.perf_counter()
                found = fit(recipe)
                many = time.perf_counter() - began
            expected = fit(recipe)
            same = np.array_equal(found.indices, expected.indices) and np.allclose(found.data, expected.data, rtol=1e-5)
            print(f"{recipe.name}: {len(found.data):,} pairs kept; here {one:.1f} s, Spark local[2] {many:.1f} s "
                  f"({many / one:.1f} x); the same: {same}")  # fmt: skip
    finally:
        running.stop()


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
