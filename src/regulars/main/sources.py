"""Where learning reads history from, and where pairs are counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from regulars import people
from regulars.kit.errors import Invalid
from regulars.people import Log
from regulars.store import Db
from regulars.store.lake import Lake
from regulars.taste.engine import Engine

MOST_HERE = 50_000_000
"""Of a longer history in a lake, this machine reads every k-th person, while a cluster counts everybody."""


class Engines(StrEnum):
    """Where pairs are counted and items solved."""

    LOCAL = "local"  # here, on some cores
    SPARK = "spark"  # on a cluster, over a lake


@dataclass(frozen=True, slots=True)
class Source:
    """History from the database, or from the lake at `url`; counted here or on the Spark at `master`."""

    url: str | None = None
    engine: Engines = Engines.LOCAL
    master: str = "local[*]"

    def __post_init__(self) -> None:
        if self.engine is Engines.SPARK and not self.url:
            raise Invalid("Spark counts over a lake: name it with --from (see `regulars lake export`)")

    def log(self, db: Db) -> Log:
        """The history; with Spark and more than `MOST_HERE` events of it, that of every k-th person."""
        if not self.url:
            return people.logs(db)
        most = MOST_HERE if self.engine is Engines.SPARK else None
        return people.lake_log(Lake(self.url), most=most)

    @contextmanager
    def counting(self, n: int) -> Iterator[Engine | None]:
        """The engine for items 1 … n - 1; None: this machine. Raises Invalid without Spark or Java."""
        if self.engine is Engines.LOCAL or not self.url:
            yield None
            return
        from regulars.taste.spark import Files, Spark, session  # noqa: PLC0415  an extra

        lake = Lake(self.url)
        manifest = people.exported(lake)
        state = manifest.state
        spark = session(self.master)
        try:
            events = [lake.address(part.path) for part in manifest.parts]
            files = Files(events, lake.address(state["people"]), lake.address(state["unlearned"]))
            with Spark(spark, files, n=n, share=1 / people.every(manifest, MOST_HERE)) as engine:
                yield engine
        finally:
            spark.stop()


FROM_HERE = Source()
"""The database, counted on this machine."""
