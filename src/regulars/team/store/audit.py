"""The audit log: rows are only ever added."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from regulars.kit.json import Json
from regulars.store import Db


def add_audit(db: Db, who: str, did: str, what: Mapping[str, Json], *, now: datetime) -> None:
    """Add one line."""
    query = sa.text("insert into audit_log (at, who, did, what) values (:now, :who, :did, cast(:what as jsonb))")
    db.execute(query, {"now": now, "who": who, "did": did, "what": json.dumps(what).replace("\\u0000", "\\ufffd")})


def audit_rows(db: Db, before: int | None, most: int) -> Sequence[sa.Row[tuple[object, ...]]]:
    """The newest lines before an id."""
    query = sa.text("""select id, at, who, did, what from audit_log
                       where cast(:before as bigint) is null or id < :before order by id desc limit :most""")
    return db.execute(query, {"before": before, "most": most}).all()
