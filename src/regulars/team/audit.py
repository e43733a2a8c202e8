"""The audit log: who on the company's side did what. Rows are only ever added."""

from collections.abc import Mapping
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


def audit(db: Db, who: str, did: str, what: Mapping[str, Json], *, now: datetime) -> None:
    """Write one line, in the transaction that did it."""
    store.add_audit(db, who, did, what, now=now)


def audit_lines(db: Db, *, before: int | None = None, most: int = 100) -> list[AuditLine]:
    """The newest lines, newest first; `before` an id, for the next page."""
    return [AuditLine(r.id, r.at, r.who, r.did, r.what) for r in store.audit_rows(db, before, most)]
