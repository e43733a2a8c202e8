"""Every SQL statement of the room."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.kit.json import Json
from regulars.store import Db
from regulars.team.model import Agent, AgentId, ApiKey, KeyKind, Role

AGENT = "a.id, a.email, a.name, a.role, a.language, a.created_at, a.disabled_at"
KEY = "id, kind, name, hint, origins, created_at, revoked_at"


def add_agent(db: Db, agent: Agent, password_hash: str) -> bool:
    """Whether it was added: False when the address is taken."""
    row = db.execute(
        sa.text("""insert into agents (id, email, name, role, password_hash, language, created_at)
                   values (:id, :email, :name, :role, :hash, :language, :at)
                   on conflict (email) do nothing returning 1"""),
        {
            "id": agent.id, "email": agent.email, "name": agent.name, "role": agent.role,
            "hash": password_hash, "language": agent.language, "at": agent.created_at,
        },
    )  # fmt: skip
    return row.scalar_one_or_none() is not None


def agents(db: Db) -> list[Agent]:
    """Everyone, by name."""
    return [_agent(row) for row in db.execute(sa.text(f"select {AGENT} from agents a order by a.name, a.email"))]  # noqa: S608  a constant


def agent_with_password(db: Db, email: str) -> tuple[Agent, str] | None:
    """The agent with that address and the hash of their password."""
    query = sa.text(f"select {AGENT}, a.password_hash from agents a where a.email = :email")  # noqa: S608  a constant
    row = db.execute(query, {"email": email}).one_or_none()
    return None if row is None else (_agent(row), row.password_hash)


def set_password(db: Db, agent: AgentId, password_hash: str) -> bool:
    """Whether there is such an agent."""
    query = sa.text("update agents set password_hash = :hash where id = :id returning 1")
    return db.execute(query, {"id": agent, "hash": password_hash}).scalar_one_or_none() is not None


def disable_agent(db: Db, agent: AgentId, now: datetime) -> bool:
    """Whether there was such an agent, not disabled yet."""
    query = sa.text("update agents set disabled_at = :now where id = :id and disabled_at is null returning 1")
    return db.execute(query, {"id": agent, "now": now}).scalar_one_or_none() is not None


def failures(db: Db, email: str, address: str, *, since: datetime) -> tuple[int, int, int]:
    """Failed sign-ins since: of this address at this e-mail, of all addresses at it, of this address at all."""
    row = db.execute(
        sa.text("""select count(*) filter (where email = :email and address = :address),
                          count(*) filter (where email = :email),
                          count(*) filter (where address = :address)
                   from sign_in_failures where at > :since and (email = :email or address = :address)"""),
        {"email": email, "address": address, "since": since},
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def add_failure(db: Db, email: str, address: str, now: datetime) -> None:
    """Count a failed sign-in."""
    query = sa.text("insert into sign_in_failures (email, address, at) values (:email, :address, :now)")
    db.execute(query, {"email": email, "address": address, "now": now})


def forget_failures(db: Db, email: str, address: str, *, older_than: datetime) -> None:
    """Forget this pair's failures, and everybody's old ones."""
    query = sa.text("delete from sign_in_failures where (email = :email and address = :address) or at < :old")
    db.execute(query, {"email": email, "address": address, "old": older_than})


def add_session(db: Db, token_hash: str, agent: AgentId, span: tuple[datetime, datetime]) -> None:
    """Begin a session for (now, until), and forget the ones that are over."""
    db.execute(sa.text("delete from agent_sessions where expires_at <= :now"), {"now": span[0]})
    query = sa.text("insert into agent_sessions (token_hash, agent_id, created_at, expires_at) values (:t, :a, :c, :e)")
    db.execute(query, {"t": token_hash, "a": agent, "c": span[0], "e": span[1]})


def agent_of_session(db: Db, token_hash: str, now: datetime) -> Agent | None:
    """Whose session it is, when it is not over and they are not disabled."""
    query = sa.text(
        f"""select {AGENT} from agent_sessions s join agents a on a.id = s.agent_id
            where s.token_hash = :t and s.expires_at > :now and a.disabled_at is null"""  # noqa: S608  a constant
    )
    row = db.execute(query, {"t": token_hash, "now": now}).one_or_none()
    return None if row is None else _agent(row)


def end_session(db: Db, token_hash: str) -> None:
    """Forget one session."""
    db.execute(sa.text("delete from agent_sessions where token_hash = :t"), {"t": token_hash})


def end_sessions(db: Db, agent: AgentId) -> None:
    """Forget every session of an agent."""
    db.execute(sa.text("delete from agent_sessions where agent_id = :a"), {"a": agent})


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


def add_audit(db: Db, who: str, did: str, what: Mapping[str, Json], *, now: datetime) -> None:
    """Add one line."""
    query = sa.text("insert into audit_log (at, who, did, what) values (:now, :who, :did, cast(:what as jsonb))")
    db.execute(query, {"now": now, "who": who, "did": did, "what": json.dumps(what).replace("\\u0000", "\\ufffd")})


def audit_rows(db: Db, before: int | None, most: int) -> Sequence[sa.Row[tuple[object, ...]]]:
    """The newest lines before an id."""
    query = sa.text("""select id, at, who, did, what from audit_log
                       where cast(:before as bigint) is null or id < :before order by id desc limit :most""")
    return db.execute(query, {"before": before, "most": most}).all()


def _agent(row: sa.Row[tuple[object, ...]]) -> Agent:
    return Agent(AgentId(row.id), row.email, row.name, Role(row.role), row.language, row.created_at, row.disabled_at)


def _key(row: sa.Row[tuple[object, ...]]) -> ApiKey:
    origins = tuple(row.origins)
    return ApiKey(row.id, KeyKind(row.kind), row.name, row.hint, origins, row.created_at, row.revoked_at)
