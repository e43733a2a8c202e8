"""`regulars model`: items, exposure, and the off-policy estimates on the command line."""

from pathlib import Path

import pytest

from regulars import decide, people
from regulars.decide.log import write
from regulars.kit.clock import utc_now
from regulars.main.looking_commands import estimates
from regulars.people import Identity, IdentityKind
from regulars.store import Database
from tests.cast import NOW
from tests.decide.test_reranking import judged
from tests.main.commands import run
from tests.main.test_learning import fill


def test_an_item_shows_its_ties_both_ways(database: Database, database_url: str, var: Path):
    fill(database)
    assert run(database_url, var, "learn", "--budget", "1").code == 0
    told = run(database_url, var, "model", "item", "scone")
    assert told.code == 0, told.err
    assert told.out.index("Tea") < told.out.index("Espresso")  # who never bought them is tied by words at most
    assert told.out.count("Scone") == 2
    unknown = run(database_url, var, "model", "item", "no-such-thing")
    assert (unknown.code, unknown.err.count("\n")) == (2, 1)


def test_without_a_model_it_says_what_to_do(database: Database, database_url: str, var: Path):
    fill(database)
    told = run(database_url, var, "model", "item", "scone")
    assert told.code == 2 and "regulars learn" in told.err


def test_what_was_shown_is_told(database: Database, database_url: str, var: Path):
    fill(database)
    with database.begin() as db:
        world = decide.read_world(db, NOW, var=var)
        profile = people.profile(db, Identity(IdentityKind.USER, "tea-0"))
        write(db, [decide.decide(decide.Asked("home.for-you", profile, size=3), world, now=utc_now())])
    told = run(database_url, var, "model", "shown")
    assert told.code == 0, told.err
    assert "1 decisions, 3 places" in told.out and "Gini" in told.out


def test_with_little_logged_it_says_how_much_is_needed(database: Database, database_url: str, var: Path):
    fill(database)
    told = run(database_url, var, "model", "logged")
    assert told.code == 0, told.err
    assert "0 decisions seen" in told.out and "are needed" in told.out


@pytest.mark.long
def test_every_order_stands_in_the_table_with_its_interval():
    table = estimates(judged(0.4))
    assert [str(c) for c in table.columns[0].cells][:1] == ["as logged"]
    assert {"SNIPS", "doubly robust", "mean"} == set(map(str, table.columns[1].cells))
