"""The audit log: who on the company's side did what. Rows are only ever added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from regulars.kit.json import Json
from regulars.store import Db
from regulars.team.store import audit as store


@dataclass(frozen=True, slots=True)
class AuditLine:
    """`who` ("agent:ana@example.com", "key:Shop server …x3f9") `did` ("slot changed") to `what`."""

    id: int
    at: datetime
    who: str
    did: str
    what: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines are wanted; what is not said does not matter.

    who     exactly as it is written
    did     exactly as it is written
    since   from this instant on
    until   before this instant
    """

    who: str | None = None
    did: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = AuditFilter()
PAGE = 1_000


def audit(db: Db, who: str, did: str, what: Mapping[str, Json], *, now: datetime) -> None:
    """Write one line, in the transaction that did it."""
    store.add_audit(db, who, did, what, now=now)


def audit_lines(
    db: Db, wanted: AuditFilter = EVERYTHING, *, before: int | None = None, most: int = 100
) -> list[AuditLine]:
    """The newest lines, newest first; `before` an id, for the next page."""
    rows = store.audit_rows(db, (wanted.who, wanted.did, wanted.since, wanted.until), before, most)
    return [AuditLine(r.id, r.at, r.who, r.did, r.what) for r in rows]


def all_audit_lines(db: Db, wanted: AuditFilter = EVERYTHING) -> Iterator[AuditLine]:
    """Every line, newest first, read in pages."""
    before: int | None = None
    while lines := audit_lines(db, wanted, before=before, most=PAGE):
        yield from lines
        before = lines[-1].id


def audit_words(db: Db) -> tuple[list[str], list[str]]:
    """Everybody who did something, and everything that was done: what a filter can ask for."""
    return store.audit_words(db, "who"), store.audit_words(db, "did")
