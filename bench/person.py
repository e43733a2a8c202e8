"""How long the one read of every decision takes, and how fast events go in and logs come out.

    python bench/person.py [--events 1000000] [--people 20000] [--var /tmp/regulars-bench]

Makes a scratch database in the bundled PostgreSQL (or where REGULARS_DATABASE_URL points), fills it, measures,
drops it. Every fifth person is two nodes; each person has six facets, two consents and as many events as they get.
Of each time: p10 (what a shared machine does when left alone), median and p99.
"""

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
from sqlalchemy import text

from regulars import people
from regulars.kit.ids import PersonId
from regulars.people import Consent, Event, EventType, Identity, IdentityKind, Purpose, Verb
from regulars.store import Database, Db, bundled_url, driver, migrate

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAME = "regulars_bench_profile"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--var", type=Path, default=Path("/tmp/regulars-bench"))
    asked = parser.parse_args()
    server = os.environ.get("REGULARS_DATABASE_URL") or bundled_url(asked.var)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"drop database if exists {NAME} with (force)")
        admin.execute(f"create database {NAME}")
        head, _, query = server.partition("?")
        database = Database(f"{head.rsplit('/', 1)[0]}/{NAME}?{query}")
        try:
            migrate(database)
            fill(database, asked.people, asked.events)
            measure_profile(database, asked.people)
            measure_log(database)
        finally:
            database.close()
            admin.execute(f"drop database {NAME} with (force)")


def fill(database: Database, n_people: int, n_events: int) -> None:
    """People with two nodes for every fifth, facets, consents and events in batches of 100, each a commit."""
    rng = np.random.default_rng(7)
    began = time.perf_counter()
    with database.begin() as db:
        named = people.resolve(db, [who(n) for n in range(n_people + n_people // 5)], now=NOW)
        nodes = [named[who(n)] for n in range(n_people + n_people // 5)]
        for n in range(n_people // 5):
            people.join(db, nodes[n], nodes[n_people + n], source="bench", by="bench", now=NOW)
        print(f"people and joins        {time.perf_counter() - began:8.1f} s for {len(nodes):,} nodes")
        facts(db, nodes[:n_people])
    batches = ingest(database, nodes, rng, n_events)
    print(f"record, 100 a commit    {n_events / batches:8,.0f} events/s")
    with psycopg.connect(database.url, autocommit=True) as admin:
        admin.execute("vacuum analyze")


def facts(db: Db, nodes: list[PersonId]) -> None:
    """Six facets and two consents each, by plain SQL: only their being there matters."""
    driver(db).execute(
        """insert into facets (person_id, facet, scope, stated, stated_at, stated_by)
           select id, f, '', '["vegan", "spicy"]', %s, 'me' from unnest(%s::bigint[]) id,
                  unnest(array['diet', 'topics', 'language', 'hidden_items', 'mode', 'layout']) f""",
        [NOW, nodes],
    )
    for node in nodes[:2000]:
        for purpose in (Purpose.PERSONALISATION, Purpose.EMAIL):
            people.consent(db, node, Consent(purpose, True, "1", "en", "bench", NOW))


def ingest(database: Database, nodes: list[PersonId], rng: np.random.Generator, n: int) -> float:
    """Record `n` events; the seconds it took."""
    who_did, what = rng.integers(0, len(nodes), n), rng.zipf(1.3, n) % 20_000 + 1
    spent = 0.0
    for start in range(0, n, 100):
        batch = [
            Event(
                f"m{i}", nodes[who_did[i]], EventType.TRACK, "Product Viewed", NOW - timedelta(seconds=n - i),
                Verb.VIEWED, (int(what[i]),), properties=PROPERTIES, context=CONTEXT,
            )
            for i in range(start, min(start + 100, n))
        ]  # fmt: skip
        began = time.perf_counter()
        with database.begin() as db:
            people.record(db, batch, now=NOW)
        spent += time.perf_counter() - began
    return spent


PROPERTIES = b'{"product_id": "p-1234", "name": "Falafel wrap", "price": 6.5, "currency": "EUR", "category": "Wraps"}'
CONTEXT = b'{"ip": "203.0.113.7", "locale": "nl-NL", "page": {"url": "https://shop.example/wraps", "path": "/wraps"}}'


def who(n: int) -> Identity:
    return Identity(IdentityKind.ANONYMOUS, f"anonymous-{n}")


def measure_profile(database: Database, n_people: int) -> None:
    """Random persons, each read once, beside the barest prepared read of one row."""
    order = np.random.default_rng(1).integers(0, n_people, 6000)
    with database.begin() as db:
        key = "select person_id from identities where kind = 'anonymous' and value = %s"
        report(
            "one row by its key",
            clocked(lambda n: driver(db).execute(key, [who(n).value], prepare=True).fetchone(), order),
        )
        report("profile", clocked(lambda n: people.profile(db, who(n)), order))
        report("profile, newest 50", clocked(lambda n: people.profile(db, who(n), newest=50), order))


def measure_log(database: Database) -> None:
    """The whole history as arrays."""
    with database.begin() as db:
        began = time.perf_counter()
        log = people.logs(db)
        spent = time.perf_counter() - began
        size = db.execute(text("select pg_size_pretty(pg_total_relation_size('events'))")).scalar()
    print(f"log                     {spent:8.2f} s for {len(log.items):,} interactions; events take {size}")


def clocked(call: Callable[[int], object], order: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    spent = []
    for n in order.tolist():
        began = time.perf_counter()
        call(n)
        spent.append(time.perf_counter() - began)
    return np.array(spent[500:]) * 1000


def report(what: str, millis: np.ndarray) -> None:  # type: ignore[type-arg]
    p10, p50, p99 = np.percentile(millis, [10, 50, 99])
    print(f"{what:24}{p10:8.3f} ms p10 {p50:8.3f} ms p50 {p99:8.3f} ms p99")


if __name__ == "__main__":
    main()
