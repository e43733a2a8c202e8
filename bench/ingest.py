"""How fast events go in over HTTP, durable, against the same rows by bare COPY in as many commits.

    python bench/ingest.py [--batches 600] [--size 100] [--workers 2] [--clients 4] [--rounds 3]

Both sides write to the same tables with the same indexes; `synchronous_commit` is on. The rounds interleave.
"""

import argparse
import json
import multiprocessing as mp
import time
from datetime import UTC, datetime
from statistics import median
from uuid import uuid4

import numpy as np
import psycopg

from regulars import catalog, people, team
from regulars.catalog import NewItem
from regulars.kit.ids import ItemId
from regulars.people import Event, EventType, Identity, IdentityKind, Verb
from regulars.people.copyrows import encode
from regulars.people.store.events import COPY
from regulars.store import Database
from regulars.team import KeyKind
from served import Wire, machine, request, scratch, server

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
VISITORS, PRODUCTS = 5_000, 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("batches", 600), ("size", 100), ("workers", 2), ("clients", 4), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with scratch("regulars_bench_ingest") as url:
        key, nodes, items = prepare(url)
        with server(url, workers=asked.workers) as port:
            rates = [one_round(asked, url, (port, key), (nodes, items)) for _ in range(asked.rounds + 1)][1:]
    one, bare, http = (median(r[n] for r in rates) for n in range(3))
    print(f"over HTTP {http:9,.0f} events/s")
    print(f"bare COPY {one:9,.0f} events/s over 1 connection    ratio {100 * http / one:.0f} %")
    print(f"bare COPY {bare:9,.0f} events/s over {asked.workers} connections   ratio {100 * http / bare:.0f} %")
    print(f"(batches of {asked.size}, {asked.workers} workers, {asked.clients} connections; {machine()})")


def prepare(url: str) -> tuple[str, list[int], list[ItemId]]:
    """A key, known visitors and a catalogue: the steady state of a shop."""
    database, now = Database(url), datetime.now(UTC)
    with database.begin() as db:
        key = team.create_key(db, KeyKind.SERVER, "bench", now=now).plain
        catalog.upsert(db, [NewItem(f"p-{i}", title={"en": f"Sandwich {i}"}) for i in range(PRODUCTS)], now=now)
        who = [Identity(IdentityKind.ANONYMOUS, f"visitor-{i:032d}") for i in range(VISITORS)]
        known = people.resolve(db, who, now=now)
        items = catalog.ids(db).find(db, [f"p-{i}" for i in range(PRODUCTS)])
    database.close()
    return key, [known[w] for w in who], [items[f"p-{i}"] for i in range(PRODUCTS)]


def one_round(
    asked: argparse.Namespace, url: str, http: tuple[int, str], known: tuple[list[int], list[ItemId]]
) -> tuple[float, float, float]:
    """Events a second by bare COPY over one connection, over as many as there are workers, and over HTTP."""
    rng = np.random.default_rng()
    n = asked.batches
    drawn = [[(int(v), int(p)) for v, p in pairs] for pairs in rng.integers(
        0, (VISITORS, PRODUCTS), (3 * n, asked.size, 2))]  # fmt: skip
    one, bare = ([as_rows(batch, known) for batch in part] for part in (drawn[:n], drawn[n : 2 * n]))
    calls = [request("/v1/batch", as_call(batch), http[1]) for batch in drawn[2 * n :]]
    events = asked.batches * asked.size
    work = ((copy_all, url, one, 1), (copy_all, url, bare, asked.workers), (call_all, http[0], calls, asked.clients))
    seconds = [timed(*what) for what in work]
    return events / seconds[0], events / seconds[1], events / seconds[2]


def as_event(visitor: int, product: int) -> dict[str, object]:
    """A product view as analytics.js sends it."""
    page = {
        "path": f"/p/{product}",
        "referrer": "",
        "search": "",
        "title": "Sandwich",
        "url": f"https://shop.example/p/{product}",
    }
    return {
        "type": "track", "event": "Product Viewed", "messageId": str(uuid4()),
        "anonymousId": f"visitor-{visitor:032d}", "timestamp": "2026-11-20T12:00:00.000Z",
        "properties": {"product_id": f"p-{product}", "name": "Sandwich", "price": 4.5, "category": "Food",
                       "url": page["url"]},
        "context": {"library": {"name": "analytics.js", "version": "5.1.0"}, "page": page, "userAgent": AGENT,
                    "locale": "nl-NL"},
    }  # fmt: skip


def as_call(batch: list[tuple[int, int]]) -> bytes:
    """The batch as a body."""
    return json.dumps({"batch": [as_event(*one) for one in batch], "sentAt": "2026-11-20T12:00:00.000Z"}).encode()


def as_rows(batch: list[tuple[int, int]], known: tuple[list[int], list[ItemId]]) -> bytes:
    """The same events as rows of a binary COPY, ready to be sent."""
    now, rows = datetime.now(UTC), []
    for visitor, product in batch:
        sent = as_event(visitor, product)
        properties, context = (json.dumps(sent[n]).encode() for n in ("properties", "context"))
        rows.append(Event(str(sent["messageId"]), known[0][visitor], EventType.TRACK, "Product Viewed", now,
                          Verb.VIEWED, (known[1][product],), properties=properties, context=context))  # fmt: skip
    return encode(rows, now)


def timed(work, where: object, parts: list[bytes], processes: int) -> float:
    """Seconds until `processes` have done their share of `parts`, counted from when all are ready."""
    barrier = mp.Barrier(processes + 1)
    each = [mp.Process(target=work, args=(where, parts[i::processes], barrier)) for i in range(processes)]
    for process in each:
        process.start()
    barrier.wait()
    began = time.perf_counter()
    barrier.wait()
    seconds = time.perf_counter() - began
    for process in each:
        process.join()
    return seconds


def copy_all(url: str, parts: list[bytes], barrier) -> None:
    with psycopg.connect(url) as pg:
        barrier.wait()
        for rows in parts:
            with pg.cursor().copy(COPY) as pipe:
                pipe.write(rows)
            pg.commit()
        barrier.wait()


def call_all(port: int, parts: list[bytes], barrier) -> None:
    wire = Wire(port)
    barrier.wait()
    for whole in parts:
        status, body = wire.ask(whole)
        assert status == 200 and b"rejected" not in body, body
    barrier.wait()


if __name__ == "__main__":
    main()
