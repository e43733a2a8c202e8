"""API keys and the secrets that sign tokens."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.store import Db
from regulars.team.model import ApiKey, KeyKind

KEY = "id, kind, name, hint, origins, created_at, revoked_at"


def add_key(db: Db, key: ApiKey, key_hash: str) -> None:
    """Keep a key."""
    db.execute(
        sa.text("""insert into api_keys (id, kind, name, key_hash, hint, origins, created_at)
                   values (:id, :kind, :name, :hash, :hint, :origins, :at)"""),
        {
            "id": key.id, "kind": key.kind, "name": key.name, "hash": key_hash,
            "hint": key.hint, "origins": list(key.origins), "at": key.created_at,
        },
    )  # fmt: skip


def key_by_hash(db: Db, key_hash: str) -> ApiKey | None:
    """The key with that hash, unless revoked."""
    query = sa.text(f"select {KEY} from api_keys where key_hash = :h and revoked_at is null")  # noqa: S608  a constant
    row = db.execute(query, {"h": key_hash}).one_or_none()
    return None if row is None else _key(row)


def keys(db: Db) -> list[ApiKey]:
    """All keys, newest first."""
    return [_key(row) for row in db.execute(sa.text(f"select {KEY} from api_keys order by created_at desc, id desc"))]  # noqa: S608  a constant


def revoke_key(db: Db, key: UUID, now: datetime) -> bool:
    """Whether there was such a key, not revoked yet."""
    query = sa.text("update api_keys set revoked_at = :now where id = :id and revoked_at is null returning 1")
    return db.execute(query, {"id": key, "now": now}).scalar_one_or_none() is not None


def secret(db: Db, name: str, fresh: str, now: datetime) -> str:
    """The secret, `fresh` when there was none. Two processes that ask together get the same one."""
    read = sa.text("select value from secrets where name = :n")
    found = db.execute(read, {"n": name}).scalar_one_or_none()
    if found is None:
        query = sa.text("insert into secrets (name, value, created_at) values (:n, :v, :now) on conflict do nothing")
        db.execute(query, {"n": name, "v": fresh, "now": now})
        found = db.execute(read, {"n": name}).scalar_one()
    return str(found)


def replace_secret(db: Db, name: str, fresh: str, now: datetime) -> str:
    """Set the secret to `fresh`."""
    query = sa.text("""insert into secrets (name, value, created_at) values (:n, :v, :now)
                       on conflict (name) do update set value = excluded.value, created_at = excluded.created_at""")
    db.execute(query, {"n": name, "v": fresh, "now": now})
    return fresh


def _key(row: sa.Row[tuple[object, ...]]) -> ApiKey:
    origins = tuple(row.origins)
    return ApiKey(row.id, KeyKind(row.kind), row.name, row.hint, origins, row.created_at, row.revoked_at)
