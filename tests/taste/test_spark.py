"""On Spark the same numbers come out as here."""

import shutil
from importlib.util import find_spec

import numpy as np
import pytest

from regulars.people.model import Log, Verb
from regulars.taste.content import idf, no_content
from regulars.taste.engine import using
from regulars.taste.histories import in_order, verb_weights
from regulars.taste.kitchen import Kitchen, kitchen
from regulars.taste.model import Part
from regulars.taste.ridge import Ridge
from regulars.taste.rp3 import Rp3
from regulars.taste.rules import Rules

MISSING = [what for what, there in (("pyspark", find_spec("pyspark")), ("Java", shutil.which("java"))) if not there]
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(MISSING), reason=f"Spark needs {' and '.join(MISSING)}: pip install 'regulars[spark]'"),
]
N = 300
REFUSED, ERASED = 7, 8


@pytest.fixture(scope="module")
def log() -> Log:
    rng = np.random.default_rng(3)
    people = np.sort(rng.integers(1, 400, 9_000)).astype(np.int64) * 3
    taste = (people * 7) % 10
    items = 1 + (np.minimum(rng.zipf(1.3, len(people)), 29) + 29 * taste - 1) % (N - 1)
    verbs = rng.choice([Verb.VIEWED, Verb.ADDED, Verb.BOUGHT, Verb.REMOVED, Verb.BOUNCED, Verb.SHOWN], len(people))
    at = rng.integers(1_700_000_000, 1_760_000_000, len(people))
    return in_order(Log(people, items.astype(np.int32), verbs.astype(np.int8), at))


@pytest.fixture(scope="module")
def engine(log: Log, tmp_path_factory):
    import pyarrow as pa
    from pyarrow import parquet

    from regulars.taste.spark import Spark, session
    from regulars.taste.spark.engine import Files

    folder = tmp_path_factory.mktemp("lake")
    shuffled = np.random.default_rng(4).permutation(len(log.items) + 100)
    more = np.random.default_rng(5).integers(0, len(log.items), 100)  # of others, and not to be learned from
    people = np.concatenate([log.people, np.resize([REFUSED, ERASED, log.people[0]], 100)])
    rows = {
        "id": np.arange(len(people)),
        "person": people,
        "at": np.concatenate([log.at, log.at[more]]) * 1_000_000,
        "verb": np.concatenate([log.verbs, log.verbs[more]]),
        "item": np.concatenate([log.items, log.items[more]]),
        "place": np.zeros(len(people), np.int16),
    }
    table = pa.table(rows).set_column(2, "at", pa.array(rows["at"]).cast(pa.timestamp("us", "UTC"))).take(shuffled)
    for part, start in enumerate(range(0, len(table), 3_000)):
        parquet.write_table(table.slice(start, 3_000), folder / f"events-{part}.parquet")
    known = np.append(np.unique(log.people), REFUSED)
    parquet.write_table(
        pa.table({"person": known, "root": known, "refused": known == REFUSED}), folder / "people.parquet"
    )
    parquet.write_table(pa.table({"id": np.arange(len(log.items), len(people))}), folder / "unlearned.parquet")
    files = Files(
        [str(f) for f in folder.glob("events-*")], str(folder / "people.parquet"), str(folder / "unlearned.parquet")
    )
    spark = session("local[2]")
    try:
        with Spark(spark, files, n=N, partitions=3) as made:
            yield made
    finally:
        spark.stop()


def ready(log: Log) -> Kitchen:
    return kitchen(log, no_content(N), verbs=verb_weights(), idf=idf(no_content(N)))


@pytest.mark.long
@pytest.mark.parametrize(
    "recipe",
    [
        Rp3(),
        Rp3(alpha=0.3, row=0.7, beta=0.6, keep=20, strengths=True),
        Rules(),
        Rules(steps=1.0, window=4, backward=0.0, people=0.0, beta=0.3, keep=7),
        Ridge(),
        Ridge(steps=4.0, name="flow", penalty=20.0),
    ],
    ids=["together", "together by strength", "next", "next forwards only", "ridge", "flow"],
)
def test_a_matrix_is_the_same(recipe, log: Log, engine):
    here = ready(log).fit(recipe)
    with using(engine):
        there = ready(log).fit(recipe)
    assert len(here.data) > 1_000
    assert same(here, there)


def test_an_engine_serves_within_its_block_only(log: Log, engine):
    class Refusing:
        def count(self, *_):
            raise AssertionError

        solve = count

    with pytest.raises(AssertionError), using(Refusing()):
        ready(log).fit(Rp3())
    assert len(ready(log).fit(Rp3()).data)


def same(here: Part, there: Part) -> bool:
    """The same items in the same order; numbers equal but for the last bit of a rounding."""
    return bool(
        np.array_equal(here.indptr, there.indptr)
        and np.array_equal(here.indices, there.indices)
        and np.allclose(here.data, there.data, rtol=1e-6, atol=0)
    )
