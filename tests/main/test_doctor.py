"""The doctor says how things are and what to do."""

from pathlib import Path

from regulars.main import learning
from regulars.main.doctor import State, examine
from regulars.main.settings import Settings
from regulars.store import Database
from tests.cast import NOW
from tests.main.test_learning import fill


def _found(url: str, var: Path) -> dict[str, tuple[State, str]]:
    settings = Settings(url, var, None, 1)
    return {one.what: (one.state, one.words) for one in examine(settings, now=NOW)}


def test_an_empty_installation_is_told_what_to_do_first(database_url: str, var: Path):
    found = _found(database_url, var)
    assert found["model"][0] is State.WARNING and "regulars learn" in found["model"][1]
    assert found["keys"][0] is State.WARNING and "regulars key create" in found["keys"][1]
    assert found["team"][0] is State.WARNING and "regulars agent add" in found["team"][1]
    assert found["database"][0] is State.OK


def test_a_model_file_that_was_harmed_is_found(database: Database, database_url: str, var: Path):
    fill(database)
    made = learning.learn(database, var, now=NOW, budget_seconds=1)
    assert _found(database_url, var)["model"][0] is State.OK
    harmed = bytearray(made.path.read_bytes())
    harmed[len(harmed) // 2] ^= 1
    made.path.write_bytes(bytes(harmed))
    assert _found(database_url, var)["model"][0] is State.BAD


def test_a_database_that_is_away_is_told(var: Path):
    found = _found("postgresql://nobody@127.0.0.1:1/none", var)
    assert found["database"][0] is State.BAD
