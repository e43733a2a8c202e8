"""The engine on a cluster: histories made where the lake is read, pairs counted in Spark SQL, items solved by a map."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.kit.errors import Invalid
from regulars.taste.counting import Counting, stack
from regulars.taste.histories import Gathered, Histories
from regulars.taste.model import F32, I32, Part
from regulars.taste.ridge import COLUMNS_AT_ONCE
from regulars.taste.spark.queries import BEST, EVENTS
from regulars.taste.spark.workers import GATHERED, SOLVED, SUMS, counter, gatherer, solver

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def session(master: str) -> "SparkSession":
    """A Spark session. Raises Invalid when Spark or Java is missing, or there is no such master."""
    try:
        from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415  an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as e:
        raise Invalid("Spark is not installed: pip install 'regulars[spark]'") from e
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers run our own kernels
    builder = SparkSession.builder.appName("regulars learn").master(master)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkRuntimeError as e:
        raise Invalid(f"Spark does not start: is a Java 17 runtime installed, and {master} reachable? ({e})") from e


SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "200000",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "true",
}
"""What `spark-defaults.conf` or `spark-submit` say of other settings holds."""


@dataclass(frozen=True, slots=True)
class Files:
    """What of a lake is read: addresses of its files.

    events      id, person, at, verb, item, place
    people      person, root, refused
    unlearned   id
    """

    events: Sequence[str]
    people: str
    unlearned: str


class Spark:
    """Counts over the lake and solves, as `taste.engine.Engine` says. Use as a context: it keeps histories at hand.

    n      items are 1 … n - 1
    share  how much of the history the driver has too: sums are scaled to it
    partitions  into how many pieces people and pairs are split; None: as Spark thinks
    """

    def __init__(
        self, spark: "SparkSession", files: Files, *, n: int, share: float = 1.0, partitions: int | None = None
    ) -> None:
        self._spark, self._files, self._n, self._share = spark, files, n, share
        self._pieces = partitions or max(spark.sparkContext.defaultParallelism, 1)
        self._histories: dict[tuple[bytes, int, bool], DataFrame] = {}
        spark.conf.set("spark.sql.shuffle.partitions", str(self._pieces))

    def __enter__(self) -> "Spark":
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, where: TracebackType | None) -> None:
        for kept in self._histories.values():
            kept.unpersist()
        self._histories.clear()

    def count(self, histories: Histories, how: Counting, name: str) -> Part:
        """The matrix of `how` over everybody's histories, gathered as `histories` were."""
        assert histories.gathered is not None
        ids = np.arange(len(how.row), dtype=np.int32)
        self._table("factor", {"item": ids, "row": how.row, "column": how.column})
        counted = (_weights(histories, how), how.strength is histories.strength, how.forward, how.backward)
        told = self._spark.sparkContext.broadcast(counted)
        try:
            pairs = self._of(histories.gathered).mapInArrow(counter(self._n, told), SUMS)
            pairs.createOrReplaceTempView("sums")
            found = self._spark.sql(BEST.format(keep=how.keep, share=repr(float(self._share)))).toArrow()
        finally:
            told.unpersist()
        i, j, value = (found.column(c).to_numpy() for c in ("i", "j", "value"))
        order = np.lexsort((j, -value, i))
        sizes = np.bincount(i, minlength=self._n).astype(np.int64)
        return stack(name, [(sizes, j[order].astype(np.int32), value[order].astype(np.float32))])

    def solve(self, inputs: Part, targets: Part, diagonal: tuple[F32, F32], sizes: tuple[int, int]) -> Part:
        """Each item's regression, as a map over items."""
        chunks = -(-inputs.n // COLUMNS_AT_ONCE)
        told = self._spark.sparkContext.broadcast((_bare(inputs), _bare(targets), diagonal, sizes))
        try:
            rows = self._spark.range(chunks).repartition(min(chunks, self._pieces))
            found = rows.mapInArrow(solver(told, COLUMNS_AT_ONCE), SOLVED).toArrow().sort_by("chunk")
        finally:
            told.unpersist()
        blocks = [
            (
                np.array(row["sizes"], np.int64),
                np.array(row["items"], np.int32),
                np.array(row["weights"], np.float32),
            )
            for row in found.to_pylist()
        ]
        return stack("columns", blocks)

    def _of(self, how: Gathered) -> "DataFrame":
        """Everybody's histories gathered so; they stay with the workers."""
        key = (how.verbs.tobytes(), how.newest, how.repeats)
        if key not in self._histories:
            events = self._events().repartition(self._pieces, "root").sortWithinPartitions("root", "at", "id", "place")
            made = events.select("root", "item", "verb").mapInArrow(gatherer(self._n, how), GATHERED)
            self._histories[key] = made.persist()
        return self._histories[key]

    def _events(self) -> "DataFrame":
        read = self._spark.read.parquet
        read(*self._files.events).createOrReplaceTempView("written")
        read(self._files.people).createOrReplaceTempView("people")
        read(self._files.unlearned).createOrReplaceTempView("unlearned")
        return self._spark.sql(EVENTS)

    def _table(self, name: str, columns: "dict[str, np.typing.NDArray[Any]]") -> None:
        import pyarrow as pa  # noqa: PLC0415  an extra

        self._spark.createDataFrame(pa.table(columns)).createOrReplaceTempView(name)


def _bare(part: Part) -> tuple[Any, I32, F32]:
    """A part as plain arrays: one from a file is mapped, and would be sent without its bytes."""
    return np.array(part.indptr), np.array(part.indices), np.array(part.data)


def _lengths(histories: Histories) -> "np.typing.NDArray[np.int32]":
    """Every length a history may have: 1 … the longest."""
    assert histories.gathered is not None
    return np.arange(1, histories.gathered.newest + 1, dtype=np.int32)


def _weights(histories: Histories, how: Counting) -> F32:
    """What a person of each length counts; lengths nobody here has as a power law through those somebody has."""
    length = _lengths(histories)
    known, first = np.unique(histories.length, return_index=True)
    if not len(known):
        return np.ones(len(length), np.float32)
    said = how.person[first]
    slope, start = np.polyfit(np.log(known), np.log(said), 1) if len(known) > 1 else (0.0, float(np.log(said[0])))
    weight: F32 = np.exp(start + slope * np.log(length)).astype(np.float32)
    weight[known - 1] = said
    return weight
