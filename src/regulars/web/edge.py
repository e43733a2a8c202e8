"""What every handler works with: one transaction a request, news published after the commit."""

from asyncio import get_running_loop
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import ParamSpec, TypeVar

from litestar.di import NamedDependency

from regulars import decide, taste
from regulars.decide import DecisionLog, Worlds
from regulars.kit.clock import utc_now
from regulars.kit.errors import Unavailable
from regulars.kit.events import Bus
from regulars.store import Database, Db, Questions
from regulars.store.live import Live
from regulars.web.keyring import Keyring
from regulars.web.limits import Brake
from regulars.web.settings import WebSettings

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Work:
    """One request's transaction, its instant, and the news it makes."""

    db: Db
    now: datetime
    news: list[object] = field(default_factory=list)

    def publish(self, *news: object) -> None:
        """Deliver `news` after the commit; nothing is delivered when the transaction fails."""
        self.news.extend(n for n in news if n is not None)


class Edge:
    """The database, the bus and the settings of this server. Handlers ask for it by the name `edge`."""

    def __init__(self, settings: WebSettings, database: Database, bus: Bus) -> None:
        self.settings = settings
        self.database = database
        self.bus = bus
        self.keyring = Keyring(database)
        self.brake = Brake(settings.anonymous_per_minute)
        self.worlds = Worlds(database, settings.var)
        self.questions = Questions(database.url)
        self.live = Live(database)
        self._threads = ThreadPoolExecutor(settings.threads, "call")

    async def in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `work`, which waits for the database, in a thread; as many at once as there are connections."""
        return await get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))

    def warm(self) -> None:
        """Compile and read ahead what the first decision needs, so that nobody waits for it."""
        taste.warm()
        decide.warm()
        with suppress(Unavailable):  # then the first request waits, or is told to come again
            self.worlds.current({}, utc_now())
        self.worlds.keep_fresh()

    @cached_property
    def decision_log(self) -> DecisionLog:
        """Where decisions are written down; its thread starts with the server."""
        return DecisionLog(self.database)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction: committed at the end of the block, then its news published.

        Raises Unavailable when PostgreSQL is away.
        """
        with self.database.begin() as db:
            work = Work(db, utc_now())
            yield work
        self.bus.publish(work.news)

    def close(self) -> None:
        """Write down what is still to be written, and give every connection back."""
        self.live.close()
        self._threads.shutdown()
        self.decision_log.close()
        self.worlds.close()
        self.questions.close()
        self.database.close()


GivenEdge = NamedDependency[Edge]
"""How a handler asks for it: `edge: GivenEdge`."""
