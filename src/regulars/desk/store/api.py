"""Lists of conversations for programs, which see everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.model import Row
from regulars.desk.store.reading import ROW, row_of
from regulars.kit.ids import PersonId
from regulars.store import Db


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which ones; None is all. `since`: those with something new since then."""

    statuses: Sequence[str] | None = None
    person: PersonId | None = None
    tag: str | None = None
    since: datetime | None = None


def page(db: Db, wanted: Wanted, after: tuple[datetime, UUID] | None, most: int) -> list[Row]:
    """The newest first."""
    parts = ["c.merged_into is null"]
    if wanted.statuses is not None:
        parts.append("c.status = any(:statuses)")
    if wanted.person is not None:
        parts.append("""c.id in (select conversation_id from conversation_people where person_id in (
            select n.id from persons n where n.root_id = (select p.root_id from persons p where p.id = :person)))""")
    if wanted.tag is not None:
        parts.append("c.tags @> array[cast(:tag as text)]")
    if wanted.since is not None:
        parts.append("c.last_at >= cast(:since as timestamptz) - interval '1 second'")  # words within one move it once
    if after is not None:
        parts.append("(c.last_at, c.id) < (:at, :id)")
    given = {
        "statuses": list(wanted.statuses or ()), "person": wanted.person, "tag": wanted.tag, "since": wanted.since,
        "at": after and after[0], "id": after and after[1], "most": most,
    }  # fmt: skip
    where = " and ".join(parts)
    statement = sa.text(f"""select {ROW}, false from conversations c where {where}
        order by c.last_at desc, c.id desc limit :most""")  # noqa: S608  fixed parts only
    return [row_of(row) for row in db.execute(statement, given)]
