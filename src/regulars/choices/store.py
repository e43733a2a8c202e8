"""Every SQL statement of this room."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from regulars.choices.model import FacetDefinition
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.store import Db


def definitions(db: Db) -> list[tuple[str, Json]]:
    """The company's facet definitions as JSON, in their order."""
    rows = db.execute(sa.text("select name, definition from facet_definitions order by position, name"))
    return [(name, raw) for name, raw in rows]


def save_definition(db: Db, definition: FacetDefinition, *, position: int, now: datetime) -> None:
    """Insert or replace."""
    db.execute(
        sa.text(
            """insert into facet_definitions (name, definition, position, updated_at)
               values (:name, cast(:raw as jsonb), :position, :now)
               on conflict (name) do update set definition = excluded.definition,
                   position = excluded.position, updated_at = excluded.updated_at"""
        ),
        {
            "name": definition.name,
            "raw": msgspec.json.encode(asdict(definition)).decode(),
            "position": position,
            "now": now,
        },
    )


def delete_definition(db: Db, name: str) -> bool:
    """Whether there was one."""
    return db.execute(sa.text("delete from facet_definitions where name = :n"), {"n": name}).rowcount > 0


def lock(db: Db, root: PersonId) -> None:
    """Be the only one who adds to this person's lists until the transaction ends."""
    db.execute(sa.text("select pg_advisory_xact_lock(hashtextextended('choices:' || :root, 0))"), {"root": str(root)})


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction as the database holds it."""

    id: UUID
    decision_id: UUID
    person_id: int
    item_id: int
    kind: str
    facet: str | None
    receipt: Json
    changes: Sequence[UUID]
    events: Sequence[int]
    at: datetime
    undone_at: datetime | None = None


_CORRECTION = "id, decision_id, person_id, item_id, kind, facet, receipt, changes, events, at, undone_at"


def add_correction(db: Db, row: CorrectionRow) -> None:
    """Keep a correction."""
    db.execute(
        sa.text(
            """insert into corrections (id, decision_id, person_id, item_id, kind, facet, receipt, changes, events, at)
               values (:id, :decision_id, :person_id, :item_id, :kind, :facet, cast(:receipt as jsonb),
                       cast(:changes as uuid[]), cast(:events as bigint[]), :at)"""
        ),
        {
            "id": row.id,
            "decision_id": row.decision_id,
            "person_id": row.person_id,
            "item_id": row.item_id,
            "kind": row.kind,
            "facet": row.facet,
            "receipt": msgspec.json.encode(row.receipt).decode(),
            "changes": list(row.changes),
            "events": list(row.events),
            "at": row.at,
        },
    )


def correction(db: Db, correction: UUID) -> CorrectionRow | None:
    """One; held until the transaction ends, so that it is undone once."""
    query = f"select {_CORRECTION} from corrections where id = :id for update"  # noqa: S608  our own text
    row = db.execute(sa.text(query), {"id": correction}).one_or_none()
    return None if row is None else CorrectionRow(*row)


def corrections(db: Db, nodes: Sequence[PersonId], *, most: int) -> list[CorrectionRow]:
    """The newest of these nodes."""
    query = f"""select {_CORRECTION} from corrections where person_id = any(:nodes)
                order by at desc, id desc limit :most"""  # noqa: S608  our own text
    return [CorrectionRow(*row) for row in db.execute(sa.text(query), {"nodes": list(nodes), "most": most})]


def mark_undone(db: Db, correction: UUID, now: datetime) -> None:
    """Note that a correction was taken back."""
    db.execute(sa.text("update corrections set undone_at = :now where id = :id"), {"id": correction, "now": now})
