"""History to a lake and learning from it: from the command line, and with the same model."""

import shutil
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from regulars import decide, people, taste
from regulars.kit.errors import Invalid
from regulars.main import learning
from regulars.main.doctor import State, examine
from regulars.main.settings import Settings
from regulars.main.sources import Engines, Source
from regulars.store import Database
from regulars.store.lake import Lake
from tests.cast import NOW
from tests.main.commands import run
from tests.main.test_learning import fill, first_of

MISSING = [what for what, there in (("pyspark", find_spec("pyspark")), ("Java", shutil.which("java"))) if not there]


@pytest.fixture
def url(database: Database, tmp_path: Path) -> str:
    """A lake with the history of the two tastes."""
    fill(database)
    url = str(tmp_path / "lake")
    people.export_lake(database, Lake(url), origin="here", now=NOW)
    return url


def test_what_is_learned_from_a_lake_is_what_is_learned_from_the_database(database: Database, url: str, var: Path):
    assert same(learned(database, var, Source()), learned(database, var, Source(url)))
    assert first_of(database, var, "tea-0") == "tea"


@pytest.mark.long
@pytest.mark.spark
@pytest.mark.skipif(bool(MISSING), reason=f"Spark needs {' and '.join(MISSING)}: pip install 'regulars[spark]'")
def test_what_is_counted_on_spark_is_what_is_counted_here(database: Database, url: str, var: Path):
    here = learned(database, var, Source(url))
    assert same(here, learned(database, var, Source(url, Engines.SPARK, "local[2]")))


def test_spark_asks_for_a_lake():
    with pytest.raises(Invalid, match="--from"):
        Source(engine=Engines.SPARK)


def test_the_commands_export_tell_and_learn(database: Database, database_url: str, var: Path, tmp_path: Path):
    fill(database)
    lake = str(tmp_path / "there")
    first = run(database_url, var, "lake", "export", lake)
    assert first.code == 0, first.err
    assert "120 rows added" in first.out
    again = run(database_url, var, "lake", "export", lake)
    assert "0 rows added" in again.out
    assert "120 rows in 1 files" in run(database_url, var, "lake", "show", lake).out
    made = run(database_url, var, "learn", "--budget", "1", "--from", lake)
    assert made.code == 0, made.err
    nothing = run(database_url, var, "learn", "--from", str(tmp_path / "nowhere"))
    assert nothing.code == 2 and "regulars lake export" in nothing.err
    unnamed = run(database_url, var, "lake", "export")
    assert unnamed.code == 2 and "REGULARS_LAKE" in unnamed.err


@pytest.mark.parametrize(("days", "state", "words"), [(0, State.OK, "exported"), (3, State.WARNING, "nightly")])
def test_the_doctor_says_when_an_export_was_missed(database_url: str, url: str, var: Path, days, state, words):
    settings = Settings(database_url, var, None, 1, lake=url)
    found = {one.what: one for one in examine(settings, now=NOW + timedelta(days=days))}["lake"]
    assert found.state is state and words in found.words


def test_the_doctor_says_when_nothing_was_exported_yet(database_url: str, var: Path, tmp_path: Path):
    settings = Settings(database_url, var, None, 1, lake=str(tmp_path / "empty"))
    found = {one.what: one for one in examine(settings, now=NOW)}["lake"]
    assert found.state is State.WARNING and "regulars lake export" in found.words


def learned(database: Database, var: Path, source: Source) -> taste.Model:
    """A model; each at another instant, so that each has its own name."""
    with database.begin() as db:
        before = len(decide.models(db))
    now = NOW + timedelta(minutes=before)
    return taste.load(learning.learn(database, var, now=now, budget_seconds=1, source=source).path)


def same(here: taste.Model, there: taste.Model) -> bool:
    """Whether both would serve the same."""
    return (
        here.parts.names == there.parts.names
        and np.array_equal(here.parts.indices, there.parts.indices)
        and np.allclose(here.parts.data, there.parts.data, rtol=1e-6, atol=0)
        and np.array_equal(here.counts, there.counts)
        and here.blends == there.blends
    )
