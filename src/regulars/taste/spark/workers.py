"""What the workers run: our own kernels, on their share of people or items. They need this package installed."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from regulars.people.model import Log
from regulars.taste.counting import invert, sums
from regulars.taste.histories import Gathered, Histories, gather
from regulars.taste.model import Part
from regulars.taste.ridge import solved

Batches = Iterator[Any]
"""pyarrow.RecordBatch after RecordBatch."""

GATHERED = "root bigint, items array<int>, strength array<float>"
SOLVED = "chunk bigint, sizes array<bigint>, items array<int>, weights array<float>"
SUMS = "i int, j int, c double"
PEOPLE_AT_ONCE, PAIRS_AT_ONCE = 100_000, 500_000


def gatherer(n: int, how: Gathered) -> Callable[[Batches], Batches]:
    """Rows of events (root, item, verb), sorted by person and time, to one row of distinct items a person."""

    def run(batches: Batches) -> Batches:
        import pyarrow as pa  # noqa: PLC0415  an extra

        rows = list(batches)
        if not rows:
            return
        people, items, verbs = (
            np.concatenate([batch.column(name).to_numpy(zero_copy_only=False) for batch in rows])
            for name in ("root", "item", "verb")
        )
        rows.clear()
        log = Log(people, items, verbs, np.zeros(len(people), np.int64))
        made, _ = gather(log, n=n, verbs=how.verbs, newest=how.newest, repeats=how.repeats)
        for start in range(0, len(made.people), PEOPLE_AT_ONCE):
            bounds = made.indptr[start : start + PEOPLE_AT_ONCE + 1]
            here, offsets = slice(bounds[0], bounds[-1]), (bounds - bounds[0]).astype(np.int32)
            yield pa.record_batch(
                [
                    pa.array(made.people[start : start + PEOPLE_AT_ONCE]),
                    pa.ListArray.from_arrays(offsets, made.items[here]),
                    pa.ListArray.from_arrays(offsets, made.strength[here]),
                ],
                names=["root", "items", "strength"],
            )

    return run


def counter(n: int, told: Any) -> Callable[[Batches], Batches]:
    """Histories to what they say of each pair of items: (i, j, sum), one row a pair and batch of people.

    told  broadcast: what a person of each length counts (index 0 is length 1), whether strengths count, the tables
          of distances forwards and backwards
    """

    def run(batches: Batches) -> Batches:
        import pyarrow as pa  # noqa: PLC0415  an extra

        weights, strengths, forward, backward = told.value
        for batch in batches:
            if not batch.num_rows:
                continue
            lists, given = batch.column("items"), batch.column("strength")
            bounds, items = lists.offsets.to_numpy().astype(np.int64), lists.values.to_numpy()
            strength = given.values.to_numpy() if strengths else np.ones(len(items), np.float32)
            histories = Histories(n, np.zeros(batch.num_rows, np.int64), bounds, items, strength)
            at = invert(histories)
            how = (weights[histories.length - 1], strength, forward, backward)
            found = sums((at.indptr, at.position, at.person), (bounds, items), how, n)
            for start in range(0, len(found[0]), PAIRS_AT_ONCE):
                here = [pa.array(column[start : start + PAIRS_AT_ONCE]) for column in found]
                yield pa.record_batch(here, names=["i", "j", "c"])

    return run


def solver(told: Any, at_once: int) -> Callable[[Batches], Batches]:
    """Numbers of chunks of items to the columns of those items. `told`: what everybody needs, broadcast."""

    def run(batches: Batches) -> Batches:
        import pyarrow as pa  # noqa: PLC0415  an extra

        inputs, targets, diagonal, sizes = told.value
        both = Part("inputs", *inputs), Part("targets", *targets)
        for batch in batches:
            for chunk in batch.column(0).to_pylist():
                lo = chunk * at_once
                columns = (lo, min(lo + at_once, both[0].n))
                lengths, items, weights = solved(columns, *both, diagonal, sizes)
                arrays = [_row(pa, lengths, pa.int64()), _row(pa, items, pa.int32()), _row(pa, weights, pa.float32())]
                yield pa.record_batch([pa.array([chunk]), *arrays], names=["chunk", "sizes", "items", "weights"])

    return run


def _row(pa: Any, array: "np.typing.NDArray[Any]", kind: Any) -> Any:
    """One row that holds a whole array."""
    return pa.array([array.tolist()], pa.list_(kind))
