"""How good the models are on real data, against popularity, implicit and LensKit, in one run on the same questions.

    python bench/quality.py [gowalla beauty yoochoose retail] [--against implicit,lenskit] [--budget 60] [--also 5,0]
                            [--json OUT]

The data are in REGULARS_DATA (default ../shared/data; see its README for where each set comes from). Tuning sees
training and validation data only; the test part is asked once. Seconds are of the processor; for one core:
NUMBA_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1.
"""

import argparse
import csv
import gzip
import json
import os
import re
import resource
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from rich.console import Console

from regulars.catalog.model import Item
from regulars.kit.ids import ItemId
from regulars.main.evaluate_command import table
from regulars.people.model import Log, Verb
from regulars.taste import layouts
from regulars.taste.cases import Case, before, without
from regulars.taste.content import content_of
from regulars.taste.described import read_content
from regulars.taste.evaluating import Result, evaluate
from regulars.taste.layouts import Benchmark
from regulars.taste.model import Content

DATA = Path(os.environ.get("REGULARS_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
MONTH = 30 * 86_400
COLD_SEED = 20_261_122
"""Which articles are cold: drawn anew after everything was decided, and asked once."""

Made = tuple[str, Benchmark, Content | None, Sequence[int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS), choices=[*SETS, []])
    parser.add_argument("--against", default="")
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--also", default="5,0", help="smaller budgets to show beside it; 0: nothing tried")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"no data in {DATA}: set REGULARS_DATA to the folder with gowalla_train.txt.gz and so on")
    console, found = Console(width=200), {}
    for name in asked.sets or SETS:
        for title, given, content, at in SETS[name]():
            results = evaluate(
                given, at=at, budget_seconds=asked.budget, content=content,
                against=[peer for peer in asked.against.split(",") if peer],
            )  # fmt: skip
            for budget in [float(one) for one in asked.also.split(",") if one]:
                quick = evaluate(given, at=at, budget_seconds=budget, content=content)[0]
                said = f"budget {budget:g} s" if budget else "nothing tried"
                results.insert(1, replace(quick, name=f"regulars, {said}", report=None))
            found[title] = [one.as_json() for one in results]
            show(console, title, results, at)
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def show(console: Console, title: str, results: Sequence[Result], at: Sequence[int]) -> None:
    """One table, and what ours chose."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_048_576
    console.print(f"\n[bold]{title}[/]  (peak of this process so far: {peak:.2f} GB)", table(results, at))
    report = results[0].report
    if report:
        console.print(*report.chosen.values(), report.figures, sep="\n", highlight=False)


def gowalla() -> Iterator[Made]:
    """Published tables: train = train + valid; Recall@20 and NDCG@20 over all items not in train."""
    files = {part: DATA / f"gowalla_{part}.txt.gz" for part in ("train", "valid", "test")}
    given = layouts.histories([files["train"]], files["test"], valid=files["valid"])
    yield "Gowalla", given, None, (20,)
    given = layouts.histories([files["train"]], files["test"], valid=files["valid"], order=False)
    yield "Gowalla, rows as sets", given, None, (20,)


def beauty() -> Iterator[Made]:
    """Last item = test, the one before = validation, all items ranked."""
    given = layouts.sequences(DATA / "beauty.txt.gz")
    yield "Beauty", given, None, (10,)
    content = read_content(DATA / "beauty_attributes.json.gz", given.names)
    yield "Beauty, with attributes", given, content, (10,)


def yoochoose() -> Iterator[Made]:
    """Every next click of the test sessions; repeats allowed."""
    train, test = (DATA / f"yoochoose100k_{part}.txt.gz" for part in ("train", "test"))
    yield "Yoochoose 100k, every click", layouts.sessions([train], test), None, (20,)


def retail() -> Iterator[Made]:
    """Online Retail: the next basket and the last month, with repeats and new items only; and cold items."""
    log, content = read_retail()
    n = content.n
    for title, train, cases in (("next basket", *last_baskets(log)), ("last month", *last_month(log))):
        yield f"Online Retail, {title}, with repeats", Benchmark(train, cases, n, True, True), content, (20,)
        new = [Case(c.history, np.setdiff1d(c.targets, c.history.items), c.now) for c in cases]
        new = [case for case in new if len(case.targets)]
        yield f"Online Retail, {title}, new items only", Benchmark(train, new, n, True, False), content, (20,)
    yield "Online Retail, cold items", cold(log, n), content, (20,)


def read_retail() -> tuple[Log, Content]:
    """Real customers' purchases of real articles; an article's text is its commonest description."""
    people, items, rows = layouts.Numbers(), layouts.Numbers(), []
    texts: dict[int, Counter[str]] = defaultdict(Counter)
    with gzip.open(DATA / "online_retail.csv.gz", "rt", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            if row["CustomerID"] and not row["InvoiceNo"].startswith("C") and re.match(r"\d{5}", row["StockCode"]):
                if int(row["Quantity"]) <= 0:
                    continue
                item = items(row["StockCode"])
                at = datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=UTC).timestamp()
                rows.append((people(row["CustomerID"]), item, int(at)))
                texts[item][row["Description"]] += 1
    who, what, at = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    order = np.lexsort((at, who))
    verbs = np.full(len(order), Verb.BOUGHT, np.int8)
    goods = {i: Item(str(i), title={"en": texts[i].most_common(1)[0][0]}, id=ItemId(i)) for i in texts}
    return Log(who[order], what[order].astype(np.int32), verbs, at[order]), content_of(goods, len(items.of) + 1)


def bounds_of(log: Log) -> Iterator[tuple[int, int]]:
    """Where each person's events are."""
    bounds = np.flatnonzero(np.r_[True, log.people[1:] != log.people[:-1], True]).tolist()
    return pairwise(bounds)


def last_baskets(log: Log) -> tuple[Log, list[Case]]:
    """Each customer's last basket, when there was one before it on another day."""
    return held_out(log, lambda at: float(at[-1]) - 3_600)


def last_month(log: Log) -> tuple[Log, list[Case]]:
    """What customers bought in the last 30 days, when they had bought before."""
    newest = float(log.at.max())
    return held_out(log, lambda _at: newest - MONTH)


def held_out(log: Log, since: Callable[[np.ndarray], float]) -> tuple[Log, list[Case]]:
    """Questions about what each person did from some second on; the rest is learned from."""
    out, cases = np.zeros(len(log.items), np.bool_), []
    for lo, hi in bounds_of(log):
        start = lo + int(np.searchsorted(log.at[lo:hi], since(log.at[lo:hi])))
        out[start:hi] = start < hi and (start > lo or out[lo])
        if lo < start < hi:
            cases.append(Case(before(log, lo, start), np.unique(log.items[start:hi]), float(log.at[start])))
    return without(log, out), cases


def cold(log: Log, n: int) -> Benchmark:
    """A fifth of the articles lose all their purchases; who bought which of them? Ranked among themselves."""
    rng = np.random.default_rng(COLD_SEED)
    those = np.zeros(n, np.bool_)
    those[rng.permutation(np.arange(1, n))[: n // 5]] = True
    gone = those[log.items]
    cases = []
    for lo, hi in bounds_of(log):
        targets = np.unique(log.items[lo:hi][gone[lo:hi]])
        known = before(log, lo, hi)
        keep = ~those[known.items]
        if len(targets) and keep.any():
            history = type(known)(known.events[keep], known.items[keep], known.verbs[keep], known.at[keep])
            cases.append(Case(history, targets, float(log.at[hi - 1])))
    return Benchmark(without(log, gone), cases, n, True, False, among=those)


SETS: dict[str, Callable[[], Iterator[Made]]] = {
    "gowalla": gowalla,
    "beauty": beauty,
    "yoochoose": yoochoose,
    "retail": retail,
}

if __name__ == "__main__":
    main()
