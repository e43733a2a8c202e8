"""From events to a model that serves, and what a killed or harmed learning leaves behind."""

import os
import signal
import subprocess
import time
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import sqlalchemy as sa

from regulars import catalog, decide, people, taste
from regulars.catalog import NewItem
from regulars.main import learning
from regulars.people import Event, EventType, Identity, IdentityKind, Verb
from regulars.store import Database
from tests.cast import NOW
from tests.main.commands import BIN, environment, run

TASTES = (("tea", "scone", "jam"), ("espresso", "croissant", "butter"))


def fill(database: Database, *, people_each: int = 30) -> None:
    """Two kinds of people who never buy what the other kind buys; everyone leaves one thing of theirs out."""
    with database.begin() as db:
        names = [name for taste in TASTES for name in taste]
        catalog.upsert(db, [NewItem(n, title={"en": n.title()}) for n in names], now=NOW)
        shelf = catalog.shelf(db, None, now=NOW)
        who = [Identity(IdentityKind.USER, f"{taste[0]}-{i}") for taste in TASTES for i in range(people_each)]
        nodes = people.resolve(db, who, now=NOW)
        events = [
            Event(
                f"{one.value}-{item}", nodes[one], EventType.TRACK, "Order Completed", NOW, Verb.BOUGHT,
                (shelf.by_external[item],),
            )
            for taste in TASTES
            for i, one in enumerate(w for w in who if w.value.startswith(taste[0]))
            for k, item in enumerate(taste)
            if k != i % 3
        ]  # fmt: skip
        people.record(db, events, now=NOW)


def first_of(database: Database, var: Path, person: str) -> str:
    """What stands first for `person`."""
    with database.begin() as db:
        world = decide.read_world(db, NOW, var=var)
        profile = people.profile(db, Identity(IdentityKind.USER, person))
        asked = decide.Asked("home.for-you", profile, size=6)
        decision = decide.decide(asked, world, now=NOW)
    fresh = [c for c in decision.items if c.item not in set(profile.history.items.tolist())]
    return world.shelf.items[fresh[0].item].external_id


def test_what_is_learned_serves_and_fits_the_person(database: Database, var: Path):
    fill(database)
    made = learning.learn(database, var, now=NOW, budget_seconds=1)
    assert made.path.exists()
    assert first_of(database, var, "tea-0") == "tea"  # the one of their kind that they left out
    assert first_of(database, var, "espresso-1") == "croissant"


def test_learning_again_from_the_same_gives_the_same_model(database: Database, var: Path):
    fill(database)
    first = learning.learn(database, var, now=NOW, budget_seconds=1)
    again = learning.learn(database, var, now=NOW, budget_seconds=1)
    assert first.model == again.model


def test_a_killed_learning_leaves_the_old_model_serving(database: Database, database_url: str, var: Path):
    fill(database)
    learning.learn(database, var, now=NOW, budget_seconds=1)
    with database.begin() as db:
        before = decide.models(db, most=1)[0].id
    process = subprocess.Popen(
        [BIN, "learn", "--budget", "60"], env=environment(database_url, var), stdout=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    _wait_until_it_reads(database)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with database.begin() as db:
        assert decide.models(db, most=1)[0].id == before
    assert first_of(database, var, "tea-0") == "tea"
    whole = [p for p in (var / "models").iterdir() if p.suffix == ".taste" and not p.name.startswith(".")]
    assert len(whole) == 1


def _wait_until_it_reads(database: Database) -> None:
    """Until the other process is connected, which it is from reading to the end."""
    seen = sa.text(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    for _ in range(300):
        with database.begin() as db:
            if db.execute(seen).scalar_one() > 0:
                return
        time.sleep(0.05)
    pytest.fail("the learning never began")


def test_a_model_refused_is_kept_and_the_one_before_serves_on(database: Database, var: Path):
    fill(database)
    made = learning.learn(database, var, now=NOW, budget_seconds=1)
    worse = UUID(int=7)
    with database.begin() as db:
        decide.keep(db, worse, Path("models/none.taste"), digest="0", report={}, now=NOW, refused="it scores less")
    with database.begin() as db:
        assert decide.read_world(db, NOW, var=var).model_id == made.model
        assert {m.id: m.refused for m in decide.models(db)} == {made.model: None, worse: "it scores less"}


def test_an_item_that_came_after_learning_goes_with_what_is_like_it(database: Database, var: Path):
    fill(database)
    learning.learn(database, var, now=NOW, budget_seconds=1)
    with database.begin() as db:
        catalog.upsert(db, [NewItem("green-tea", title={"en": "Green Tea"})], now=NOW)
    with database.begin() as db:
        world = decide.read_world(db, NOW, var=var)
    assert world.model is not None and world.learned is not None
    green, tea, espresso = (world.shelf.by_external[name] for name in ("green-tea", "tea", "espresso"))
    assert world.learned.n <= green < world.model.n
    alike = taste.similarity(world.model, np.array([green, tea, espresso], np.int32))
    assert alike[0, 1] > alike[0, 2]


def test_nothing_to_learn_from_is_no_fault(database: Database, var: Path):
    made = learning.learn(database, var, now=NOW, budget_seconds=1)
    assert made.report.events == 0


def test_the_command_shows_products_with_true_reasons(database: Database, database_url: str, var: Path):
    fill(database)
    assert run(database_url, var, "learn", "--budget", "1").code == 0
    shown = run(database_url, var, "decide", "--slot", "home.for-you", "--person", "tea-0", "--why")
    assert shown.code == 0, shown.err
    assert "Tea" in shown.out
    assert "bought Scone" in shown.out or "bought Jam" in shown.out


def test_a_person_who_is_not_there_is_told_in_one_line(database_url: str, var: Path):
    told = run(database_url, var, "decide", "--slot", "home.for-you", "--person", "nobody")
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "nobody" in told.err
