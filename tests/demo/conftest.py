"""What tests of the filled demo share: one filling a run, and a model learned from it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from regulars.demo.fill import Filled, fill
from regulars.store import Database
from tests.cast import NOW


@dataclass(frozen=True)
class Shop:
    """A filled database. `seconds` of this process's own work: how busy the machine is does not matter."""

    database: Database
    done: Filled
    seconds: float


@pytest.fixture(scope="package")
def shop(make_database: Callable[[str], str]) -> Iterator[Shop]:
    """The demo, filled."""
    database = Database(make_database("filled"))
    began = time.process_time()
    done = fill(database, now=NOW)
    yield Shop(database, done, time.process_time() - began)
    database.close()
