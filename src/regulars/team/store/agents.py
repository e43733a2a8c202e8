"""Agents, and which departments they work in."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from regulars.store import Db
from regulars.team.model import Agent, AgentId, DepartmentId, Role

AGENT = """a.id, a.email, a.name, a.role, a.language, a.created_at, a.disabled_at, a.languages, a.signature,
    array(select department_id from agent_departments d where d.agent_id = a.id order by 1) as departments"""


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
    return [of_row(row) for row in db.execute(sa.text(f"select {AGENT} from agents a order by a.name, a.email"))]  # noqa: S608  a constant


def agent_with_password(db: Db, email: str) -> tuple[Agent, str] | None:
    """The agent with that address and the hash of their password."""
    query = sa.text(f"select {AGENT}, a.password_hash from agents a where a.email = :email")  # noqa: S608  a constant
    row = db.execute(query, {"email": email}).one_or_none()
    return None if row is None else (of_row(row), row.password_hash)


def set_password(db: Db, agent: AgentId, password_hash: str) -> bool:
    """Whether there is such an agent."""
    query = sa.text("update agents set password_hash = :hash where id = :id returning 1")
    return db.execute(query, {"id": agent, "hash": password_hash}).scalar_one_or_none() is not None


def disable_agent(db: Db, agent: AgentId, now: datetime) -> bool:
    """Whether there was such an agent, not disabled yet."""
    query = sa.text("update agents set disabled_at = :now where id = :id and disabled_at is null returning 1")
    return db.execute(query, {"id": agent, "now": now}).scalar_one_or_none() is not None


def agent_by_id(db: Db, agent: AgentId) -> Agent | None:
    """The agent with that id."""
    query = sa.text(f"select {AGENT} from agents a where a.id = :id")  # noqa: S608  a constant
    row = db.execute(query, {"id": agent}).one_or_none()
    return None if row is None else of_row(row)


def enable_agent(db: Db, agent: AgentId) -> bool:
    """Whether there was such an agent, disabled."""
    query = sa.text("update agents set disabled_at = null where id = :id and disabled_at is not null returning 1")
    return db.execute(query, {"id": agent}).scalar_one_or_none() is not None


def set_role(db: Db, agent: AgentId, role: Role) -> bool:
    """Whether there is such an agent."""
    query = sa.text("update agents set role = :role where id = :id returning 1")
    return db.execute(query, {"id": agent, "role": role}).scalar_one_or_none() is not None


def other_admins(db: Db, agent: AgentId) -> int:
    """How many others could still let somebody in. Locks them: two who leave at once must not both find the other."""
    query = sa.text("select id from agents where role = 'admin' and disabled_at is null order by id for update")
    return sum(row.id != agent for row in db.execute(query))


def set_profile(db: Db, agent: Agent) -> bool:
    """Keep name, languages and signature. Whether there is such an agent."""
    query = sa.text("""update agents set name = :name, language = :language, languages = :languages,
                              signature = cast(:signature as jsonb) where id = :id returning 1""")
    given = {
        "id": agent.id, "name": agent.name, "language": agent.language, "languages": list(agent.languages),
        "signature": json.dumps(dict(agent.signature)),
    }  # fmt: skip
    return db.execute(query, given).scalar_one_or_none() is not None


def set_departments(db: Db, agent: AgentId, departments: Sequence[DepartmentId]) -> None:
    """Work in these, and in no others."""
    db.execute(sa.text("delete from agent_departments where agent_id = :a"), {"a": agent})
    query = sa.text("""insert into agent_departments (agent_id, department_id)
                       select :a, d.id from departments d where d.id = any(cast(:ds as uuid[]))""")
    db.execute(query, {"a": agent, "ds": list(departments)})


def capacities(db: Db) -> Mapping[AgentId, Mapping[str, int]]:
    """What was set, of everybody who may work."""
    query = sa.text("select id, capacity from agents where disabled_at is null")
    return {AgentId(row.id): row.capacity for row in db.execute(query)}


def set_capacity(db: Db, agent: AgentId, capacity: Mapping[str, int]) -> bool:
    """Whether there is such an agent."""
    query = sa.text("update agents set capacity = cast(:c as jsonb) where id = :id returning 1")
    return db.execute(query, {"id": agent, "c": json.dumps(dict(capacity))}).scalar_one_or_none() is not None


def of_row(row: sa.Row[tuple[object, ...]]) -> Agent:
    """The agent a row of AGENT is."""
    return Agent(
        AgentId(row.id), row.email, row.name, Role(row.role), row.language, row.created_at, row.disabled_at,
        tuple(DepartmentId(d) for d in row.departments), tuple(row.languages), row.signature,
    )  # fmt: skip
