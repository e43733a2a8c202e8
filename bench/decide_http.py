"""How fast decisions are answered over HTTP, against an empty handler of the same framework with the same bytes.

    python bench/decide_http.py [--seconds 4] [--items 150] [--people 2000] [--events 50] [--workers 1] [--rounds 3]

The people have a diet (a hard filter), a history and an anonymous id; reasons are on; every decision is logged.
Then the server is asked at half the rate it reached, evenly, and the answers are timed.
"""

import argparse
import json
import multiprocessing as mp
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

import numpy as np
import sqlalchemy as sa
from litestar import Litestar, Response, post

from regulars import catalog, choices, people, team
from regulars.catalog import NewItem
from regulars.choices import Acts, FacetDefinition, Many, Value
from regulars.people import Event, EventType, Identity, IdentityKind, Verb
from regulars.store import Database
from regulars.team import KeyKind
from regulars.web.serve import told
from served import VAR, Wire, machine, request, scratch, server

SAME = VAR / "same.json"
SLOT = "home.for-you"


def empty() -> Litestar:
    """An application with one handler, which returns the bytes of a real decision."""
    settings, _ = told()
    body = (Path(settings.var) / SAME.name).read_bytes()

    @post("/v1/decide", status_code=200)
    async def same() -> Response[bytes]:
        return Response(body, media_type="application/json")

    return Litestar([same])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("seconds", 4), ("items", 150), ("people", 2_000), ("events", 50), ("workers", 1),
                          ("clients", 4), ("rounds", 3)):  # fmt: skip
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with scratch("regulars_bench_decide") as url:
        key = fill(url, asked)
        calls = [ask(f"visitor-{i}", key) for i in range(asked.people)]
        with server(url, workers=asked.workers) as port:
            status, body = Wire(port).ask(calls[0])
            assert status == 200, body
            SAME.write_bytes(body)
            for call in calls[:300]:
                Wire(port).ask(call)
            with server(url, workers=asked.workers, target="decide_http:empty", healthz=False) as bare:
                rates = [(rate(bare, calls, asked), rate(port, calls, asked)) for _ in range(asked.rounds)]
            nothing, decided = median(r[0] for r in rates), median(r[1] for r in rates)
            print(f"empty {nothing:8,.0f}/s   decide {decided:8,.0f}/s   ratio {100 * decided / nothing:.0f} %")
            print_half_load(port, calls, decided / 2, asked)
    print(f"({asked.items} items, histories of {asked.events}, {asked.workers} worker(s), {asked.clients} connections; "
          f"answers of {len(body)} bytes; {machine()})")  # fmt: skip


def ask(visitor: str, key: str) -> bytes:
    """A whole request for a decision."""
    body = {"slot": SLOT, "person": {"anonymousId": visitor}, "context": {"language": "nl", "city": "Utrecht"}}
    return request("/v1/decide", json.dumps(body).encode(), key)


def fill(url: str, asked: argparse.Namespace) -> str:
    """A catalogue with diets, people with histories and choices; the key to ask with."""
    rng, now, database = np.random.default_rng(5), datetime.now(UTC), Database(url)
    diets = [["vegan"], ["vegetarian"], ["vegan", "vegetarian"], []]
    items = [NewItem(f"p-{i}", title={"en": f"Sandwich number {i}", "nl": f"Broodje {i}"}, currency="EUR",
                     url={"en": f"/item/p-{i}"}, image=f"/pictures/p-{i}.svg", category=("Food", f"Aisle {i % 12}"),
                     attributes={"diet": diets[i % 4], "brand": f"b{i % 7}"}) for i in range(asked.items)]  # fmt: skip
    with database.begin() as db:
        for start in range(0, len(items), 10_000):
            catalog.upsert(db, items[start : start + 10_000], now=now)
        diet = FacetDefinition(
            "diet", Many.ONE, Acts.REQUIRE, attribute="diet", values=(Value("vegetarian"), Value("vegan"))
        )
        choices.define(db, diet, now=now)
        who = [Identity(IdentityKind.ANONYMOUS, f"visitor-{i}") for i in range(asked.people)]
        nodes = people.resolve(db, who, now=now)
        numbers = list(catalog.ids(db).find(db, [i.external_id for i in items]).values())
        for person, name in enumerate(who):
            drawn = rng.integers(0, len(numbers), asked.events)
            people.record(db, [
                Event(f"{person}-{n}", nodes[name], EventType.TRACK, "Product Viewed", now - timedelta(hours=n),
                      (Verb.VIEWED, Verb.BOUGHT)[n % 2], (numbers[item],)) for n, item in enumerate(drawn)
            ], now=now)  # fmt: skip
            if person % 2:
                choices.choose(db, nodes[name], "diet", "vegetarian", by="person", now=now)
        key = team.create_key(db, KeyKind.SERVER, "bench", now=now).plain
        db.execute(sa.text("analyze"))  # as the autovacuum of a running server does
    learn(database)
    database.close()
    return key


def learn(database: Database) -> None:
    """A model, as `regulars learn` makes one."""
    from regulars.main.learning import learn as make

    make(database, VAR, now=datetime.now(UTC), budget_seconds=20)


def rate(port: int, calls: list[bytes], asked: argparse.Namespace) -> float:
    """Answers a second over `clients` kept connections."""
    return sum(in_parallel(hammer, asked.clients, port, calls, asked.seconds)) / asked.seconds


def hammer(port: int, calls: list[bytes], seconds: int, start: Callable[[], None]) -> float:
    wire, done = Wire(port), 0
    start()
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        status, body = wire.ask(calls[done % len(calls)])
        assert status == 200, body
        done += 1
    return float(done)


def print_half_load(port: int, calls: list[bytes], rate_: float, asked: argparse.Namespace) -> None:
    """Answer times at an even `rate_` over all connections, measured from when each call was due."""
    per_client = rate_ / asked.clients
    times = np.concatenate(in_parallel(evenly, asked.clients, port, calls, per_client)) * 1e3
    at = {p: float(np.percentile(times, p)) for p in (50, 95, 99)}
    print(f"at half load ({rate_:,.0f}/s): p50 {at[50]:.1f} ms  p95 {at[95]:.1f} ms  p99 {at[99]:.1f} ms")


def evenly(port: int, calls: list[bytes], per_second: float, start: Callable[[], None]):
    wire, times = Wire(port), []
    start()
    began = time.perf_counter()
    for n in range(int(per_second * 4)):
        due = began + n / per_second
        time.sleep(max(0.0, due - time.perf_counter()))
        status, _ = wire.ask(calls[n % len(calls)])
        assert status == 200
        times.append(time.perf_counter() - due)
    return np.array(times)


def in_parallel(work, clients: int, *what: object) -> list:
    """What each of `clients` processes made of its share; they start together."""
    barrier, results = mp.Barrier(clients), mp.Queue()
    port, calls, *rest = what
    each = [mp.Process(target=_one, args=(work, (port, calls[i::clients], *rest), barrier, results))
            for i in range(clients)]  # fmt: skip
    for process in each:
        process.start()
    made = [results.get() for _ in each]
    for process in each:
        process.join()
    return made


def _one(work, what: tuple[object, ...], barrier: Barrier, results: mp.Queue) -> None:
    results.put(work(*what, barrier.wait))


if __name__ == "__main__":
    main()
