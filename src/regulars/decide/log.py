"""The log of decisions: every one is written down, and writing never delays or fails an answer."""

import queue
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import psycopg
import structlog
from psycopg.types.json import Jsonb
from sqlalchemy.exc import SQLAlchemyError

from regulars import people
from regulars.choices.model import Mode
from regulars.decide import store
from regulars.decide.model import Because, Chosen, Decision, Reason, ReasonKind
from regulars.decide.unread import read
from regulars.kit.errors import NotFound, Unavailable
from regulars.kit.ids import DecisionId, EventId, ItemId, PersonId, age_seconds
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.store import Database, Db, driver

log = structlog.get_logger()
BATCH_SECONDS = 0.05
MOST_IN_BATCH = 5_000
SMALLEST = 0.0005
"""A share below this is not said."""
MOST_WAITING = 50_000
"""Decisions kept in memory while the database is away; what comes above is dropped and counted."""

WRITTEN_WITHIN_SECONDS = 30.0
"""A decision this old that is not in the log (of whichever process) is not there."""


class DecisionLog:
    """Takes decisions and writes them in batches from a thread of its own, through a connection of its own.

    dropped   how many were lost because the database stayed away too long; for the metrics
    written   how many are durable
    """

    def __init__(self, database: Database, *, batch_seconds: float = BATCH_SECONDS, most: int = MOST_WAITING) -> None:
        self._database = Database(database.url, size=1)
        self._batch_seconds = batch_seconds
        self._queue: queue.Queue[Decision] = queue.Queue(most)
        self._closing = threading.Event()
        self._settled = threading.Condition()
        self._taken = 0
        self._done = 0
        self.dropped = 0
        self.written = 0
        self._thread = threading.Thread(target=self._write_on, name="decision-log", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        """How many wait to be written."""
        return self._taken - self._done

    def add(self, decision: Decision) -> None:
        """Have `decision` written soon. Never waits, never raises."""
        with self._settled:
            try:
                self._queue.put_nowait(decision)
                self._taken += 1
            except queue.Full:
                self.dropped += 1

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until all that was added before is durable; False when that took too long."""
        with self._settled:
            until = self._taken
            return self._settled.wait_for(lambda: self._done >= until, timeout_seconds)

    def close(self) -> None:
        """Write what waits (for a few seconds at most) and stop."""
        self._closing.set()
        self._thread.join(10)
        self._database.close()

    def _write_on(self) -> None:
        while True:
            batch = self._next()
            if batch:
                self._keep(batch)
            elif self._closing.is_set():
                return

    def _next(self) -> list[Decision]:
        """What came in one batch's time; empty when nothing did."""
        try:
            batch = [self._queue.get(timeout=self._batch_seconds)]
        except queue.Empty:
            return []
        if not self._closing.is_set():
            time.sleep(self._batch_seconds)
        while len(batch) < MOST_IN_BATCH:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _keep(self, batch: Sequence[Decision]) -> None:
        """Write `batch`; when something in it cannot be kept, all the rest of it. What is lost is counted."""
        if self._wrote(batch):
            lost = 0
        else:
            lost = sum(not self._wrote([decision]) for decision in batch) if len(batch) > 1 else 1
        with self._settled:
            self.written += len(batch) - lost
            self.dropped += lost
            self._done += len(batch)
            self._settled.notify_all()

    def _waiting(self) -> list[object]:
        with self._queue.mutex:
            return [decision.head for decision in self._queue.queue]

    def _wrote(self, batch: Sequence[Decision]) -> bool:
        """Try until it is written, with longer and longer pauses while the database is away; False: never."""
        pause = 0.1
        while True:
            try:
                with self._database.begin() as db:
                    write(db, batch)
                return True
            except Unavailable as fault:
                log.warning("decisions wait for the database", count=len(self), why=fault.detail)
                read(self._waiting())  # or they would keep every model there was in the meantime
                if self._closing.wait(pause):
                    return False
                pause = min(5.0, pause * 2)
            except (psycopg.Error, SQLAlchemyError, ValueError, TypeError) as fault:
                log.error("a decision cannot be kept", count=len(batch), why=str(fault).splitlines()[0])
                return False


def write(db: Db, decisions: Sequence[Decision]) -> None:
    """Write `decisions` by COPY, except those for people who were erased while they waited."""
    read(decision.head for decision in decisions)
    present = people.present(db, (d.person for d in decisions if d.person is not None))
    with driver(db).cursor() as cursor, cursor.copy(store.COPY) as copy:
        copy.set_types(store.TYPES)
        for decision in decisions:
            if decision.person is None or decision.person in present:
                copy.write_row(_row(decision))


def find(db: Db, decision: DecisionId) -> Decision:
    """A logged decision. Raises NotFound; Unavailable for one so new that it may not be written down yet."""
    row = store.decision(db, decision)
    if row is None:
        age = age_seconds(decision)
        if age is not None and abs(age) < WRITTEN_WITHIN_SECONDS:
            raise Unavailable("this decision may still be on its way to the log: try again in a moment")
        raise NotFound("there is no such decision")
    return _decision(row)


def recent(db: Db, nodes: Sequence[PersonId], *, before: datetime | None = None, most: int = 20) -> list[Decision]:
    """The last decisions for a person (all of their nodes), newest first."""
    return [_decision(row) for row in store.recent(db, nodes, before=before, most=most)]


def as_json(reason: Reason) -> dict[str, Json]:
    """A reason as the API and the log say it."""
    said: dict[str, Json] = {
        "kind": reason.kind.value,
        "text": reason.text,
        "because": [because_json(b) for b in reason.because],
    }
    if reason.rest >= SMALLEST:
        said["rest"] = round(reason.rest, 4)
    return said | {"moved": reason.moved} if reason.moved else said


def because_json(because: Because) -> dict[str, Json]:
    """One part of a reason as the API and the log say it: what it is, and only what is set."""
    said: dict[str, Json] = {"share": round(because.share, 4)}
    if because.event is not None:
        said["event"] = int(because.event)
    if because.facet is not None:
        said |= {"facet": because.facet, "value": because.value, "guess": because.guess}
    if because.rule is not None:
        said["rule"] = str(because.rule)
    if because.item is not None:
        said["item"] = int(because.item)
    if because.text:
        said["text"] = because.text
    return said


def _row(decision: Decision) -> tuple[object, ...]:
    reasons = [as_json(chosen.reason) for chosen in decision.items]
    return (
        decision.id,
        decision.person,
        decision.slot,
        decision.at,
        decision.mode.value,
        decision.language,
        decision.model,
        decision.personal,
        decision.candidates,
        decision.candidates_hash,
        decision.size,
        [int(chosen.item) for chosen in decision.items],
        [int(item) for item in decision.exclude],
        [chosen.propensity for chosen in decision.items],
        Jsonb(reasons, _dumps),
        Jsonb(decision.context, _dumps),
        decision.reranker,
        decision.head.packed() if decision.head else None,
    )


def _dumps(value: object) -> str:
    """JSON as PostgreSQL takes it: what it cannot hold (NUL, lone surrogates) is replaced."""
    try:
        said = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_cleaned(value)).decode()
    return msgspec.json.encode(_cleaned(value)).decode() if "\\u0000" in said else said


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): _cleaned(inner) for name, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list | tuple) else value


def _decision(row: store.DecisionRow) -> Decision:
    reasons = msgspec.convert(row.reasons, list[_Reason])
    return Decision(
        id=DecisionId(row.id),
        slot=row.slot,
        person=None if row.person_id is None else PersonId(row.person_id),
        at=row.at,
        items=tuple(
            Chosen(ItemId(item), reason.back(), propensity)
            for item, reason, propensity in zip(row.items, reasons, row.propensities, strict=True)
        ),
        mode=Mode(row.mode),
        language=row.language,
        personal=row.personal,
        model=row.model_id,
        candidates=row.candidates,
        candidates_hash=row.candidates_hash,
        context=row.context if isinstance(row.context, Mapping) else {},
        size=row.size,
        exclude=tuple(ItemId(item) for item in row.excluded),
        reranker=row.reranker_id,
    )


class _Because(msgspec.Struct):
    share: float
    event: EventId | None = None
    facet: str | None = None
    rule: UUID | None = None
    item: ItemId | None = None
    value: str | None = None
    guess: bool = False
    text: str = ""


class _Reason(msgspec.Struct):
    kind: ReasonKind
    text: str
    because: list[_Because]
    moved: int = 0
    rest: float = 0.0

    def back(self) -> Reason:
        """The reason as it was decided (shares to four digits)."""
        return Reason(
            self.kind,
            self.text,
            tuple(Because(**msgspec.structs.asdict(b)) for b in self.because),
            self.moved,
            self.rest,
        )
