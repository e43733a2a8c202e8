"""Every SQL statement of this room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from regulars.kit.ids import DecisionId, PersonId
from regulars.kit.json import Json
from regulars.store import Db, driver


def slots(db: Db) -> list[Json]:
    """The company's slots as JSON."""
    return list(db.execute(sa.text("select definition from slots order by position, name")).scalars())


def save_slot(db: Db, name: str, raw: Json, *, position: int, by: str, now: datetime) -> None:
    """Insert or replace."""
    db.execute(
        sa.text(
            """insert into slots (name, definition, position, updated_at, updated_by)
               values (:name, cast(:raw as jsonb), :position, :now, :by)
               on conflict (name) do update set definition = excluded.definition, position = excluded.position,
                   updated_at = excluded.updated_at, updated_by = excluded.updated_by"""
        ),
        {"name": name, "raw": _text(raw), "position": position, "now": now, "by": by},
    )


def delete_slot(db: Db, name: str) -> bool:
    """Whether there was one."""
    return db.execute(sa.text("delete from slots where name = :n"), {"n": name}).rowcount > 0


def rules(db: Db) -> list[tuple[UUID, Json]]:
    """The shop's rules as JSON, in their order."""
    return [(i, raw) for i, raw in db.execute(sa.text("select id, definition from shop_rules order by position, id"))]


def save_rule(db: Db, rule: UUID, raw: Json, *, position: int, by: str, now: datetime) -> None:
    """Insert or replace."""
    db.execute(
        sa.text(
            """insert into shop_rules (id, definition, position, updated_at, updated_by)
               values (:id, cast(:raw as jsonb), :position, :now, :by)
               on conflict (id) do update set definition = excluded.definition, position = excluded.position,
                   updated_at = excluded.updated_at, updated_by = excluded.updated_by"""
        ),
        {"id": rule, "raw": _text(raw), "position": position, "now": now, "by": by},
    )


def delete_rule(db: Db, rule: UUID) -> bool:
    """Whether there was one."""
    return db.execute(sa.text("delete from shop_rules where id = :id"), {"id": rule}).rowcount > 0


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model file as the database knows it."""

    id: UUID
    path: str
    digest: str
    report: Json
    created_at: datetime
    serving_since: datetime | None
    refused: str | None


def models(db: Db, most: int = 20) -> list[ModelRow]:
    """The models that should serve, newest first, then the others."""
    rows = db.execute(
        sa.text(
            """select id, path, digest, report, created_at, serving_since, refused from models
               order by serving_since desc nulls last, created_at desc limit :most"""
        ),
        {"most": most},
    )
    return [ModelRow(*row) for row in rows]


def add_model(db: Db, row: ModelRow) -> None:
    """Keep a model."""
    db.execute(
        sa.text(
            """insert into models (id, path, digest, report, created_at, serving_since)
               values (:id, :path, :digest, cast(:report as jsonb), :created_at, :serving_since)
               on conflict (id) do update set path = excluded.path, digest = excluded.digest,
                   report = excluded.report, serving_since = excluded.serving_since, refused = null"""
        ),
        {
            "id": row.id,
            "path": row.path,
            "digest": row.digest,
            "report": _text(row.report),
            "created_at": row.created_at,
            "serving_since": row.serving_since,
        },
    )


def refuse_model(db: Db, model: UUID, why: str) -> None:
    """Note why a model does not serve."""
    db.execute(sa.text("update models set refused = :why where id = :id"), {"why": why[:1000], "id": model})


def versions(db: Db) -> dict[str, int]:
    """The counters of `store.versions`."""
    return dict(tuple(row) for row in db.execute(sa.text("select name, value from versions")))


def counts(db: Db, *, since: datetime) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Items and how often something was done with them since then; for when there is no model."""
    rows = driver(db).execute(
        """select item, count(*)::int from events, unnest(items) as item
           where at >= %s and learn and verb in (2, 3, 4, 6, 7, 8, 9) group by item""",
        [since],
    )
    found = rows.fetchall()
    return (
        np.array([r[0] for r in found], np.int32),
        np.array([r[1] for r in found], np.float32),
    )


COLUMNS = """id, person_id, slot, at, mode, language, model_id, personal, candidates, candidates_hash, size, items,
    excluded, propensities, reasons, context, reranker_id"""


COPY = f"copy decisions ({COLUMNS}, pool) from stdin (format binary)"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A logged decision as the database holds it; reasons and context are JSON."""

    id: UUID
    person_id: int | None
    slot: str
    at: datetime
    mode: str
    language: str
    model_id: UUID | None
    personal: bool
    candidates: int
    candidates_hash: int
    size: int
    items: Sequence[int]
    excluded: Sequence[int]
    propensities: Sequence[float]
    reasons: Json
    context: Json
    reranker_id: UUID | None


TYPES = ("uuid", "int8", "text", "timestamptz", "text", "text", "uuid", "bool", "int4", "int8", "int2", "int4[]",
         "int4[]", "float4[]", "jsonb", "jsonb", "uuid", "bytea")  # fmt: skip


def decision(db: Db, decision: DecisionId) -> DecisionRow | None:
    """One."""
    query = f"select {COLUMNS} from decisions where id = :id"  # noqa: S608  our own text
    row = db.execute(sa.text(query), {"id": decision}).one_or_none()
    return None if row is None else DecisionRow(*row)


def recent(db: Db, nodes: Sequence[PersonId], *, before: datetime | None, most: int) -> list[DecisionRow]:
    """The newest of these nodes."""
    query = f"""select {COLUMNS} from decisions where person_id = any(:nodes)
        and (cast(:before as timestamptz) is null or at < :before)
        order by at desc, id desc limit :most"""  # noqa: S608  our own text
    rows = db.execute(sa.text(query), {"nodes": list(nodes), "before": before, "most": most})
    return [DecisionRow(*row) for row in rows]


def erase(db: Db, nodes: Sequence[PersonId]) -> int:
    """How many decisions of these nodes went."""
    return db.execute(sa.text("delete from decisions where person_id = any(:nodes)"), {"nodes": list(nodes)}).rowcount


def _text(raw: Json) -> str:
    return msgspec.json.encode(raw).decode()
