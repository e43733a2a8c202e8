"""From the acknowledgement of an event to a decision that uses it.

    python bench/freshness.py [--visitors 400] [--workers 2]

Each visitor is new. Its page view is sent and acknowledged; from that instant it asks, again and again, for the
slot "because you …" until the answer is about what it looked at. Two workers, so the asking mostly hits another
process than the one that took the event.
"""

import argparse
import json
import time
from datetime import UTC, datetime
from uuid import uuid4

import numpy as np

from regulars import catalog, team
from regulars.catalog import NewItem
from regulars.store import Database
from regulars.team import KeyKind
from served import Wire, machine, request, scratch, server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with scratch("regulars_bench_fresh") as url:
        key = prepare(url)
        with server(url, workers=asked.workers) as port:
            wires = [Wire(port) for _ in range(4)]
            waited = [fresh(wires, key, n) for n in range(asked.visitors + 50)][50:]
    times = np.array([seconds for seconds, _ in waited]) * 1e3
    at_once = sum(asks == 1 for _, asks in waited) / len(waited)
    at = {p: float(np.percentile(times, p)) for p in (50, 95, 99)}
    print(f"acknowledged → used in a decision: p50 {at[50]:.1f} ms  p95 {at[95]:.1f} ms  p99 {at[99]:.1f} ms")
    print(f"{at_once:.1%} by the first answer ({asked.visitors} visitors, {asked.workers} workers; {machine()})")


def prepare(url: str) -> str:
    """A catalogue, and a key."""
    database, now = Database(url), datetime.now(UTC)
    with database.begin() as db:
        items = [
            NewItem(f"p-{i}", title={"en": f"Sandwich {i}"}, attributes={"brand": f"b{i % 9}"}) for i in range(200)
        ]
        catalog.upsert(db, items, now=now)
        key = team.create_key(db, KeyKind.SERVER, "bench", now=now).plain
    database.close()
    return key


def fresh(wires: list[Wire], key: str, n: int) -> tuple[float, int]:
    """Seconds from the acknowledgement to the answer that uses the event, and how many answers that took."""
    visitor, item = f"v-{uuid4()}", n % 200
    event = {"event": "Product Viewed", "anonymousId": visitor, "properties": {"product_id": f"p-{item}"}}
    ask = {"slot": "home.because", "person": {"anonymousId": visitor}, "context": {"language": "en"}}
    question = request("/v1/decide", json.dumps(ask).encode(), key)
    status, body = wires[n % 4].ask(request("/v1/track", json.dumps(event).encode(), key))
    began = time.perf_counter()
    assert status == 200, body
    for asks in range(1, 200):
        status, body = wires[(n + asks) % 4].ask(question)
        assert status == 200, body
        if f"Sandwich {item}" in json.loads(body)["title"]:
            return time.perf_counter() - began, asks
    raise AssertionError("the event was never used")


if __name__ == "__main__":
    main()
