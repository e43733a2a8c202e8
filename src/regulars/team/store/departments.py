"""Departments."""

import json
from datetime import datetime

import sqlalchemy as sa

from regulars.store import Db
from regulars.team.model import Department, DepartmentId


def departments(db: Db, *, archived: bool) -> list[Department]:
    """All of them by name, archived ones only when asked for."""
    query = sa.text("""select id, name, address, languages, signature, archived_at from departments
                       where archived_at is null or :archived order by lower(name), id""")
    return [
        Department(DepartmentId(r.id), r.name, r.address, tuple(r.languages), r.signature, r.archived_at)
        for r in db.execute(query, {"archived": archived})
    ]


def save(db: Db, department: Department, now: datetime) -> bool:
    """Keep it, new or changed. Whether its name was free."""
    taken = sa.text("""select 1 from departments where lower(name) = lower(:name) and archived_at is null
                       and id <> :id""")
    if db.execute(taken, {"name": department.name, "id": department.id}).first():
        return False
    query = sa.text("""insert into departments (id, name, address, languages, signature, created_at)
                       values (:id, :name, :address, :languages, cast(:signature as jsonb), :now)
                       on conflict (id) do update set name = excluded.name, address = excluded.address,
                           languages = excluded.languages, signature = excluded.signature, archived_at = null""")
    db.execute(
        query,
        {
            "id": department.id, "name": department.name, "address": department.address,
            "languages": list(department.languages), "signature": json.dumps(dict(department.signature)), "now": now,
        },
    )  # fmt: skip
    return True


def archive(db: Db, department: DepartmentId, now: datetime) -> bool:
    """Whether there was such a department, not archived yet."""
    query = sa.text("update departments set archived_at = :now where id = :id and archived_at is null returning 1")
    return db.execute(query, {"id": department, "now": now}).scalar_one_or_none() is not None
