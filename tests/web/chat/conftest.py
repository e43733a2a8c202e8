"""A real server for sockets, its keys, and an agent."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from regulars import team
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.team import Agent, NewAgent, Role
from tests.cast import ANA, BRAM, MIA, Colleague
from tests.web.conftest import Keys, make_keys
from tests.web.process import Server


class Shop:
    """The server, its database and who works there."""

    def __init__(self, server: Server, database: Database) -> None:
        self.server = server
        self.database = database
        self.address = server.address
        self.keys: Keys = make_keys(database)
        self.ana = self.hire(ANA, Role.AGENT)
        self.bram = self.hire(BRAM, Role.AGENT)
        self.mia = self.hire(MIA, Role.MANAGER)

    def hire(self, who: Colleague, role: Role) -> Agent:
        with self.database.begin() as db:
            return team.create_agent(db, NewAgent(who.email, who.name, role, who.password, who.language), now=utc_now())

    def online(self, agent: Agent) -> None:
        with self.database.begin() as db:
            team.touch(db, agent.id, now=utc_now())

    def session(self, who: Colleague) -> str:
        """The cookie of someone who signed in."""
        with self.database.begin() as db:
            signed = team.sign_in(db, who.email, who.password, address="test", now=utc_now())
            assert isinstance(signed, team.SignedIn)
            return signed.token


@pytest.fixture(scope="module")
def shop(make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One server for a module."""
    url = make_database("chat")
    database = Database(url)
    with Server(Path(tmp_path_factory.mktemp("chat")), url) as server:
        yield Shop(server, database)
    database.close()
