"""Questions to PostgreSQL from an event loop: sent and answered in libpq's pipeline, without a thread in between.

Waking a thread for a read and waking the loop for its answer takes longer than the read. What asks here is short,
reads only, and is one statement in a transaction of its own: it sees all that was committed when it was sent.
"""

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from regulars.kit.errors import Unavailable
from regulars.store.database import PLANNED_ONCE, UTC

Row = list[bytes | None]


@dataclass(frozen=True, slots=True)
class Question:
    """A statement with at most one row that matters: its name, its text with $1, $2 …, and what stands for them.

    params  as PostgreSQL reads text
    """

    name: str
    query: str
    params: Sequence[bytes]


class Questions:
    """Asks over a few connections of its own, made when they are needed and again when they broke.

    size  connections: PostgreSQL works on as many questions at the same time
    """

    def __init__(self, url: str, *, size: int = 2) -> None:
        self._url = url
        self._lines: list[_Line | None] = [None] * size
        self._turn = 0

    async def ask(self, question: Question) -> Row | None:
        """The first row in binary; None when there is none. Raises Unavailable when PostgreSQL is away."""
        if any(b"\0" in param for param in question.params):
            raise psycopg.DataError("a text for PostgreSQL cannot contain NUL")
        self._turn = (self._turn + 1) % len(self._lines)
        line = self._lines[self._turn]
        if line is None or line.broken or line.loop is not get_running_loop():
            line = await self._connect(self._turn)
        return await line.ask(question)

    def close(self) -> None:
        """Give the connections back."""
        for line in self._lines:
            if line is not None:
                line.end(Unavailable("the server is shutting down: try again"))
        self._lines = [None] * len(self._lines)

    async def _connect(self, turn: int) -> "_Line":
        loop = get_running_loop()
        try:
            connection = await loop.run_in_executor(None, _connected, self._url)
        except psycopg.OperationalError as e:
            raise _away(str(e)) from e
        before, line = self._lines[turn], _Line(connection, loop)
        if before is not None and not before.broken and before.loop is loop:
            connection.close()  # two asked at once: one connection is enough
            return before
        self._lines[turn] = line.listen()
        return line


class _Line:
    """One connection in pipeline mode. Each question is ended by a sync, so that none spoils the next."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]], loop: AbstractEventLoop) -> None:
        self.loop = loop
        self.broken = False
        self._connection = connection
        self._pg: PGconn = connection.pgconn
        self._socket = self._pg.socket
        self._prepared: set[str] = set()
        self._waiting: deque[Future[PGresult]] = deque()
        self._result: PGresult | None = None

    def listen(self) -> "_Line":
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self.loop.add_reader(self._socket, self._read)
        return self

    async def ask(self, question: Question) -> Row | None:
        name = question.name.encode()
        try:
            if question.name not in self._prepared:
                self._prepare(question)
            self._pg.send_query_prepared(name, question.params, result_format=1)
            answer = self._wait()
            self._send()
        except psycopg.OperationalError as e:
            self.end(_away(str(e)))
            raise _away(str(e)) from e
        result = await answer
        if not result.ntuples:
            return None
        return [result.get_value(0, column) for column in range(result.nfields)]

    def _prepare(self, question: Question) -> None:
        """Sent ahead of the question; what cannot be prepared fails there too, and is tried again next time."""
        self._prepared.add(question.name)
        self._pg.send_prepare(question.name.encode(), question.query.encode())

        def heard(answer: "Future[PGresult]") -> None:
            if answer.cancelled() or answer.exception():
                self._prepared.discard(question.name)

        self._wait().add_done_callback(heard)

    def _wait(self) -> "Future[PGresult]":
        self._pg.pipeline_sync()
        answer: Future[PGresult] = self.loop.create_future()
        self._waiting.append(answer)
        return answer

    def _send(self) -> None:
        if self._pg.flush():  # more than the socket takes at once
            self.loop.add_writer(self._socket, self._send_on)

    def _send_on(self) -> None:
        try:
            if not self._pg.flush():
                self.loop.remove_writer(self._socket)
        except psycopg.OperationalError as e:
            self.end(_away(str(e)))

    def _read(self) -> None:
        """What arrived; every sync ends the question at the head of the line."""
        try:
            self._pg.consume_input()
            while self._waiting and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None:
                    continue
                if result.status == ExecStatus.PIPELINE_SYNC:
                    self._answer()
                else:
                    self._result = result
        except psycopg.OperationalError as e:
            self.end(_away(str(e)))

    def _answer(self) -> None:
        answer, result, self._result = self._waiting.popleft(), self._result, None
        if answer.done():  # whoever asked went away
            return
        if result is None:
            answer.set_exception(_away("no answer came"))
        elif result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            answer.set_result(result)
        else:
            answer.set_exception(_fault(result))

    def end(self, why: Exception) -> None:
        """Nothing comes over this line any more: tell those who wait."""
        if self.broken:
            return
        self.broken = True
        if not self.loop.is_closed():
            self.loop.remove_reader(self._socket)
            self.loop.remove_writer(self._socket)
            for answer in self._waiting:
                if not answer.done():
                    answer.set_exception(why)
        self._waiting.clear()
        self._connection.close()


def _connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url, autocommit=True, connect_timeout=5, options=f"{UTC} {PLANNED_ONCE}")


def _fault(result: PGresult) -> Exception:
    """A connection that PostgreSQL ends (57P01 …) is away; anything else is what the driver would raise."""
    state = result.error_field(DiagnosticField.SQLSTATE)
    error = error_from_result(result)
    return _away(str(error)) if state is None or isinstance(error, psycopg.OperationalError) else error


def _away(said: str) -> Unavailable:
    first = said.strip().splitlines()[0][:200] if said.strip() else "the connection broke"
    return Unavailable(f"the database does not answer or gave up ({first}): try again")
