"""`regulars evaluate`: how good the models are on any file of events or a standard benchmark."""

import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from regulars.kit.errors import Invalid
from regulars.main.amounts import Budget, Places, Seed
from regulars.taste import evaluating, layouts
from regulars.taste.columns import names_of
from regulars.taste.described import read_content

console = Console()

Layout = Literal["histories", "sequences", "sessions", "events"]


def evaluate(
    file: Path | None = None,
    *,
    layout: Layout = "events",
    train: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)] = (),
    valid: Path | None = None,
    test: Path | None = None,
    target: Literal["every", "last"] = "every",
    repeats: Literal["allowed", "excluded"] | None = None,
    at: Places = (10, 20),
    against: Annotated[str, Parameter()] = "",
    budget: Budget = 60.0,
    seed: Seed = 0,
    threads: Annotated[int, Parameter(validator=Number(gte=1, lte=256))] = 1,
    content: Path | None = None,
    columns: Annotated[list[str] | None, Parameter(name="--map", consume_multiple=True, negative="")] = None,
    json_out: Annotated[Path | None, Parameter(name="--json")] = None,
) -> None:
    """Learn from one part of a file, ask about the other, and compare. Needs no database.

    Parameters
    ----------
    file
        The file of the layouts "sequences" and "events".
    layout
        histories: lines "user item item …", in files of train, valid and test. sequences: one such file in time
        order, the last item is asked for, the one before it tunes. sessions: columns session, item, time or JSON
        Lines. events: columns person, item, time, verb; everybody's last visit is asked for. Both also from JSON
        and Parquet.
    train
        Files to learn from.
    valid
        File to tune by; it is learned from too before the test.
    test
        File with the questions; looked at once.
    target
        Of a test session: ask before every click, or only before the last.
    repeats
        Whether what someone knows already counts as an answer (default: in sessions and events).
    at
        How many suggestions count: 10 20, or 10,20.
    against
        Other libraries to compare with, e.g. implicit,lenskit.
    budget
        How long trying models may take: seconds, or 60s, 2m, 1h.
    seed
        The same file and seed give the same figures.
    threads
        Processor cores to use.
    content
        What items say about themselves: JSON "item → text, attributes or object", JSON Lines or CSV with a column item.
    columns
        Which column is which, where names do not tell: person=visitorid item=3 (a name, or a number from 1).
    json_out
        Write the results there too.

    Examples: `regulars evaluate --layout sequences beauty.txt.gz --at 10` ·
    `regulars evaluate --layout histories --train train.txt --valid valid.txt --test test.txt --against implicit`
    """
    _can_be_written(json_out)
    given = _read(layout, file, (train, valid, test), target=target, repeats=repeats, seed=seed, columns=columns or ())
    _must_ask(given)
    with Progress(TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn(), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        results = evaluating.evaluate(
            given, at=sorted(at), budget_seconds=budget, seed=seed, threads=threads,
            content=read_content(content, given.names) if content else None,
            against=[name.strip() for name in against.split(",") if name.strip()],
            progress=lambda what, done: bar.update(task, description=what, completed=done),
        )  # fmt: skip
    _tell(given, results, at)
    if json_out:
        json_out.write_text(json.dumps([one.as_json() for one in results], indent=1), encoding="utf-8")


def _tell(given: layouts.Benchmark, results: Sequence[evaluating.Result], at: Sequence[int]) -> None:
    console.print(f"{len(given.log.items):,} events, {given.n - 1:,} items, {len(given.cases):,} questions")
    if given.left_out:
        console.print(f"[yellow]![/] rows left out, without a person, an item or a time: {given.left_out:,}")
    console.print(table(results, at), chart(results, max(at)))
    if results[0].report and results[0].report.chosen:
        console.print("Chosen:", *(f"  {one}" for one in results[0].report.chosen.values()), sep="\n", highlight=False)


Files = tuple[Sequence[Path], Path | None, Path | None]


def _must_ask(given: layouts.Benchmark) -> None:
    """Before the work too."""
    if not given.cases:
        raise Invalid(
            "there is nothing to ask: the test part holds strangers, sessions of one item, or only what is known "
            "already (which counts with --repeats allowed)"
        )


def _can_be_written(out: Path | None) -> None:
    """Before the work, not after it."""
    if out and (out.is_dir() or not os.access(out if out.exists() else out.parent, os.W_OK)):
        raise Invalid(f"--json {out} cannot be written: name a file in a folder that is there and is yours")


def _read(
    layout: Layout, file: Path | None, files: Files, *, target: str, repeats: str | None, seed: int,
    columns: Sequence[str] = (),
) -> layouts.Benchmark:  # fmt: skip
    train, valid, test = files
    names = names_of(columns, sessions=layout == "sessions")
    if columns and layout not in ("sessions", "events"):
        raise Invalid(f"--map is for the layouts sessions and events: {layout} has no columns")
    again = repeats == "allowed" if repeats else layout in ("sessions", "events")
    if layout in ("sequences", "events"):
        if file is None:
            raise Invalid(f"--layout {layout} needs a file: regulars evaluate --layout {layout} FILE")
        if layout == "sequences":
            return layouts.sequences(file, repeats=again)
        return layouts.events([file, *train], repeats=again, seed=seed, names=names)
    if not train or test is None:
        raise Invalid(f"--layout {layout} needs --train FILE and --test FILE")
    if layout == "histories":
        return layouts.histories(train, test, valid=valid, repeats=again)
    learned_from = [*train, *([valid] if valid else [])]
    return layouts.sessions(learned_from, test, every_target=target == "every", repeats=again, names=names)


def table(results: Sequence[evaluating.Result], at: Sequence[int]) -> Table:
    """One row a model and k, within 80 letters; seconds are of the processor."""
    model = Column("model", no_wrap=True, min_width=10)
    made = Table(model, *(RIGHT(name) for name in COLUMNS), box=SIMPLE_HEAD, padding=0, show_edge=False)
    for one in results:
        for k in sorted(at):
            found, first = one.figures[k], k == min(at)
            cells = [found.recall, found.ndcg, found.hit, found.mrr]
            rest = [f"{found.coverage:.3f}", f"{found.gini:.3f}", f"{found.novelty:.1f}"]
            cost = [f"{one.learn_seconds:.1f}", f"{one.answer_milliseconds:.3f}"] if first else []
            made.add_row(one.name if first else "", str(k), *(f"{value:.4f}" for value in cells), *rest, *cost)
    return made


COLUMNS = ("k", "recall", "ndcg", "hr", "mrr", "cover", "gini", "novel", "learn s", "ms")
RIGHT = partial(Column, justify="right", no_wrap=True)


def chart(results: Sequence[evaluating.Result], k: int) -> str:
    """NDCG as bars."""
    best = max((one.figures[k].ndcg for one in results), default=0.0) or 1.0
    width = max(len(one.name) for one in results)
    lines = [f"\nndcg@{k}"]
    for one in results:
        value = one.figures[k].ndcg
        lines.append(f"{one.name:<{width}}  {'█' * round(40 * value / best)} {value:.4f}")
    return "\n".join(lines)
