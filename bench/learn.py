"""How long learning takes and how much memory, on synthetic events.

    python bench/learn.py [--events 24000000] [--people 1000000] [--items 100000] [--budget 60] [--threads 1]

People mostly stay within a few of 500 groups of items, items are Zipf; times spread over a year. Printed: processor
seconds, peak memory, the bare cost of reading the arrays once (the ratio), and the figures of the bake-off. For one
core: NUMBA_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1.
"""

import argparse
import resource
import time
from datetime import UTC, datetime

import numpy as np

from regulars import taste
from regulars.people.model import Log, Verb

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("events", 24_000_000), ("people", 1_000_000), ("items", 100_000), ("threads", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--budget", type=float, default=60.0)
    asked = parser.parse_args()
    log = made(asked.events, asked.people, asked.items)
    print(f"{len(log.items):,} events, {asked.people:,} people, {asked.items:,} items; {peak():.2f} GB before learning")
    started = time.process_time()
    sum(int(array.sum()) for array in (log.people, log.items, log.verbs, log.at))
    bare = time.process_time() - started
    taste.warm()
    started, wall = time.process_time(), time.perf_counter()
    model, report = taste.learn(
        log, taste.no_content(asked.items + 1), now=NOW, budget_seconds=asked.budget, threads=asked.threads,
        progress=lambda what, done: print(f"  {done:4.0%} {time.process_time() - started:7.1f} s  {what}", flush=True),
    )  # fmt: skip
    spent = time.process_time() - started
    print(
        f"learned in {spent:.1f} CPU s ({time.perf_counter() - wall:.1f} s), {spent / bare:,.0f} × reading the arrays"
    )
    print(f"peak {peak():.2f} GB; parts {dict(report.parts)}; {model.parts.data.nbytes / 1e6:.0f} MB of weights")
    print({name: round(value, 4) for name, value in report.figures.items()}, dict(report.chosen))


def made(events: int, people: int, items: int) -> Log:
    """Everybody's events in order of person and time."""
    rng = np.random.default_rng(1)
    groups = 500
    size = items // groups
    lengths = rng.geometric(people / events, people)
    who = np.repeat(np.arange(people, dtype=np.int64), lengths)[:events]
    mine = rng.integers(0, groups, (people, 4), dtype=np.int32)
    group = mine[who, rng.integers(0, 4, len(who), dtype=np.int8)]
    rank = np.minimum((size * rng.random(len(who), np.float32) ** 2.5).astype(np.int32), size - 1)
    at = np.sort(rng.integers(0, 365 * 86_400, len(who), dtype=np.int32))
    at = at[np.argsort(who[rng.permutation(len(who))], kind="stable")]
    at = int(NOW.timestamp()) - 365 * 86_400 + at.astype(np.int64)
    verbs = rng.choice(np.array([Verb.VIEWED, Verb.BOUGHT], np.int8), len(who), p=[0.8, 0.2])
    return Log(who, group * np.int32(size) + rank + np.int32(1), verbs, at)


def peak() -> float:
    """The most memory this process held so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_048_576


if __name__ == "__main__":
    main()
