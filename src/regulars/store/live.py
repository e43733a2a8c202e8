"""What just happened, told to every process: PostgreSQL's LISTEN and NOTIFY behind one small interface.

A note says only *that* something changed (a topic and a few words, ids at most); whoever hears it reads the state
through the guarded doors. So a lost note costs a moment and never a fact: after a lost connection every subscriber
hears `AGAIN` and reads anew. One connection listens for a whole process; with PgBouncer it needs a direct one.
"""

import logging
import os
import select
from asyncio import AbstractEventLoop, Event, get_running_loop
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from threading import Event as ThreadEvent
from threading import Lock, Thread
from typing import Self

import psycopg
from msgspec.json import Encoder
from psycopg.conninfo import make_conninfo

from regulars.store.database import Database, Db, driver

CHANNEL = "regulars_live"
AGAIN = "again"
"""The note after a lost connection, or when somebody listens too slowly: read everything anew."""

LONGEST = 7_900  # bytes; PostgreSQL takes less than 8,000
AND = "\x1e"
"""Between notes that travel together: what PostgreSQL and whoever listens spend is for each journey."""
TELL = "select pg_notify(%s, said) from json_array_elements_text(%s::json) as said"
BACK_OFF_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
MOST_WAITING = 1_000
UNHURRIED_SECONDS = 0.25

Callback = Callable[[str, str], None]
"""Called with topic and note in the listening thread: it must be quick and must not wait."""

Hear = Callable[[str, Sequence[str]], None]
"""The same with the notes on one topic that came together."""

Known = Callable[[str], bool]
"""Whether nothing new is in a note; called as `Callback` is."""

log = logging.getLogger(__name__)
_json = Encoder().encode


def tell(db: Db, topic: str, note: str = "") -> None:
    """Tell whoever listens to `topic`, when this transaction commits; the same note twice in it is told once."""
    tell_many(db, [(topic, note)])


def tell_many(db: Db, notes: Iterable[tuple[str, str]]) -> None:
    """Tell several (topic, note) at the commit, in one round trip. Raises ValueError when a note is too long."""
    said = dict.fromkeys(_said(topic, note) for topic, note in notes)
    if said:
        driver(db).execute(TELL, [CHANNEL, _json(list(_packed(said))).decode()], prepare=True)


@dataclass(eq=False, slots=True)
class Subscription:
    """Some topics somebody listens to, until `close`."""

    live: "Live"
    topics: tuple[str, ...]
    hear: Hear

    def close(self) -> None:
        """Hear nothing more."""
        self.live.forget(self)


class Live:
    """The one listening connection of a process, and who listens to what. `start` it once, `close` it at the end."""

    def __init__(self, database: Database) -> None:
        self.listening = ThreadEvent()
        self._url = database.url
        self._lock = Lock()
        self._by_topic: dict[str, list[Subscription]] = defaultdict(list)
        self._ringing: dict[AbstractEventLoop, list[Callable[[], None]]] = {}
        self._closing = False
        self._woken, self._wake = os.pipe()
        self._thread: Thread | None = None

    def start(self) -> Self:
        """Begin to listen. PostgreSQL may be away: subscribers hear `AGAIN` whenever it is (again) there."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="live", daemon=True)
            self._thread.start()
        return self

    def close(self) -> None:
        """Stop listening."""
        if self._closing:
            return
        self._closing = True
        os.write(self._wake, b".")
        if self._thread is not None:
            self._thread.join(10)
        os.close(self._wake)
        os.close(self._woken)

    def subscribe(self, topics: Iterable[str], callback: Callback) -> Subscription:
        """Call `callback` for each note on `topics` from now on. Subscribe first, then read: so nothing is missed."""
        return self.subscribe_many(topics, _one_by_one(callback))

    def subscribe_many(self, topics: Iterable[str], hear: Hear) -> Subscription:
        """As `subscribe`, called once for what came together."""
        subscription = Subscription(self, tuple(dict.fromkeys(topics)), hear)
        with self._lock:
            for topic in subscription.topics:
                self._by_topic[topic].append(subscription)
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Call nobody for `subscription` any more."""
        with self._lock:
            for topic in subscription.topics:
                there = self._by_topic.get(topic, [])
                if subscription in there:
                    there.remove(subscription)
                if not there:
                    self._by_topic.pop(topic, None)

    def watch(
        self,
        topics: Iterable[str],
        *,
        unhurried: Iterable[str] = (),
        vague: Iterable[str] = (),
        known: Known | None = None,
    ) -> "Watch":
        """The notes on `topics` for this event loop: `async for topic, note in watch`; close it afterwards.

        unhurried  of these topics: notes may wait a quarter second for others, where many tell and many listen
        vague      of these topics one hears that there was something (an empty note, or `AGAIN`), not what
        known      says of a note whether nothing new is in it; asked in the listening thread
        """
        return Watch(self, topics, get_running_loop(), _Taste(frozenset(unhurried), frozenset(vague), known))

    def ring(self, loop: AbstractEventLoop, wake: Callable[[], None]) -> None:
        """Only from the listening thread: call `wake` in `loop`, which is woken once for all that came together."""
        self._ringing.setdefault(loop, []).append(wake)

    def _run(self) -> None:
        failures = 0
        while not self._closing:
            try:
                with psycopg.connect(make_conninfo(self._url, **HOW), autocommit=True) as pg:
                    pg.execute(f"listen {CHANNEL}")
                    failures = 0
                    self.listening.set()
                    self._tell_all()
                    self._listen(pg)
            except (psycopg.OperationalError, psycopg.InterfaceError) as e:
                log.warning("live: the database does not answer (%s): trying again", str(e).splitlines()[0])
            finally:
                self.listening.clear()
            if not self._closing:
                select.select([self._woken], [], [], BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
                failures += 1

    def _listen(self, pg: psycopg.Connection[tuple[object, ...]]) -> None:
        raw = pg.pgconn
        while not self._closing:
            heard: list[tuple[str, str]] = []
            while (one := raw.notifies()) is not None:
                for said in one.extra.decode().split(AND):
                    topic, _, note = said.partition("\n")
                    heard.append((topic, note))
            for topic, notes in groupby(heard, itemgetter(0)):
                self._call(self._of(topic), topic, [note for _, note in notes])
            self._ring()
            select.select([raw.socket, self._woken], [], [])
            raw.consume_input()

    def _of(self, topic: str) -> Sequence[Subscription]:
        with self._lock:
            return tuple(self._by_topic.get(topic, ()))

    def _tell_all(self) -> None:
        with self._lock:
            everybody = [(topic, tuple(there)) for topic, there in self._by_topic.items()]
        for topic, there in everybody:
            self._call(there, topic, [AGAIN])
        self._ring()

    def _call(self, there: Sequence[Subscription], topic: str, notes: Sequence[str]) -> None:
        for subscription in there:
            try:
                subscription.hear(topic, notes)
            except Exception:  # one that cannot hear must not make the others deaf
                log.exception("live: a subscriber of %s failed", topic)

    def _ring(self) -> None:
        ringing, self._ringing = self._ringing, {}
        for loop, wakes in ringing.items():
            with suppress(RuntimeError):  # the loop has closed: nobody hears there any more
                loop.call_soon_threadsafe(_all, wakes)


HOW = {
    "application_name": "regulars live", "connect_timeout": "5",
    "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Taste:
    """What a watch does not need, or not at once."""

    unhurried: frozenset[str]
    vague: frozenset[str]
    known: Known | None


class Watch:
    """Notes handed over to one event loop, in the order they were told.

    Who is slow hears less, not late: beyond `MOST_WAITING` notes, what waits becomes one `AGAIN` for each topic.
    """

    def __init__(self, live: Live, topics: Iterable[str], loop: AbstractEventLoop, taste: _Taste) -> None:
        self._live = live
        self._loop = loop
        self._taste = taste
        self._soon = self._woken = False
        self._there = Event()
        self._waiting: dict[tuple[str, str], None] = {}
        self._lock = Lock()
        self._closed = False
        self._subscription = live.subscribe_many(topics, self._hear)

    @property
    def topics(self) -> tuple[str, ...]:
        """What is listened to."""
        return self._subscription.topics

    def close(self) -> None:
        """Hear nothing more; who waits for the next notes is let go."""
        self._closed = True
        self._subscription.close()
        self._there.set()

    async def notes(self) -> list[tuple[str, str]]:
        """What was told since the last call, each once; waits for the first. Empty only when closed."""
        while True:
            await self._there.wait()
            with self._lock:
                notes, self._waiting = self._waiting, {}
                self._woken = self._soon = False
                if not self._closed:
                    self._there.clear()
            if notes or self._closed:  # a timer of unhurried notes may find them gone already
                return list(notes)

    async def __aiter__(self) -> AsyncIterator[tuple[str, str]]:
        """Every note, until the watch is closed."""
        while notes := await self.notes():
            for note in notes:
                yield note

    def _hear(self, topic: str, notes: Sequence[str]) -> None:
        taste = self._taste
        if topic in taste.vague:
            notes = ["", AGAIN] if AGAIN in notes else [""]
        elif taste.known is not None:
            notes = [note for note in notes if not taste.known(note)]
            if not notes:
                return
        hurried = topic not in taste.unhurried
        with self._lock:
            self._waiting.update(dict.fromkeys((topic, note) for note in notes))
            if len(self._waiting) > MOST_WAITING:
                self._waiting = dict.fromkeys((topic, AGAIN) for topic in self.topics)
            wake = not self._woken if hurried else not (self._soon or self._woken)
            self._woken = self._woken or hurried
            self._soon = self._soon or not hurried
        if wake:
            self._live.ring(self._loop, self._there.set if hurried else self._later)

    def _later(self) -> None:
        self._loop.call_later(UNHURRIED_SECONDS, self._there.set)


def _one_by_one(callback: Callback) -> Hear:
    def hear(topic: str, notes: Sequence[str]) -> None:
        for note in notes:
            try:
                callback(topic, note)
            except Exception:  # a note that goes wrong must not cost the next
                log.exception("live: a subscriber of %s failed", topic)

    return hear


def _all(wakes: Sequence[Callable[[], None]]) -> None:
    for wake in wakes:
        wake()


def _said(topic: str, note: str) -> str:
    said = f"{topic}\n{note}"
    if "\n" in topic or AND in said or len(said) > LONGEST or (not said.isascii() and len(said.encode()) > LONGEST):
        raise ValueError(f"a note on {topic[:100]!r} is too long or its topic has a line break: tell ids only")
    return said


def _packed(said: Iterable[str]) -> Iterator[str]:
    """Notes in their order, as many together as fit."""
    together: list[str] = []
    size = 0
    for one in said:
        length = len(one) if one.isascii() else len(one.encode())
        if together and size + length + len(together) > LONGEST:
            yield AND.join(together)
            together, size = [], 0
        together.append(one)
        size += length
    yield AND.join(together)
