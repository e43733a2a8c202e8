"""Agents: making one, changing a password, sending one away."""

import re
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher

from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.text import LANGUAGES, clean
from regulars.store import Db
from regulars.team.departments import checked_languages, checked_signature
from regulars.team.model import Agent, AgentId, NewAgent, Role
from regulars.team.store import agents as store
from regulars.team.store import sessions as sessions_store

HASHER = PasswordHasher()  # argon2id, RFC 9106 low-memory parameters
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1_000


def create_agent(db: Db, new: NewAgent, *, now: datetime) -> Agent:
    """Make an agent. Raises Invalid with the field, Conflict when the e-mail address is taken."""
    _check(new)
    agent = Agent(AgentId(new_id()), fold_email(new.email), clean(new.name.strip()), Role(new.role), new.language, now)
    if not store.add_agent(db, agent, HASHER.hash(new.password)):
        raise Conflict(f"there is an agent with the address {agent.email} already", fields={"email": "is taken"})
    return agent


def change_password(db: Db, agent: AgentId, password: str) -> None:
    """Give `agent` a new password and end every session of theirs. Raises Invalid, NotFound."""
    _check_password(password)
    if not store.set_password(db, agent, HASHER.hash(password)):
        raise NotFound("there is no such agent")
    sessions_store.end_sessions(db, agent)


def change_profile(db: Db, agent: Agent) -> None:
    """Keep name, language, languages and signature of `agent`. Raises Invalid with the field, NotFound."""
    if not 1 <= len(agent.name.strip()) <= 200:
        raise Invalid("an agent needs a name of 1 to 200 characters", fields={"name": "1 to 200 characters"})
    if agent.language not in LANGUAGES:
        raise Invalid(f"a language is one of {', '.join(LANGUAGES)}", fields={"language": "is unknown"})
    kept = replace(
        agent,
        name=clean(agent.name.strip()),
        languages=checked_languages(agent.languages),
        signature=checked_signature(agent.signature),
    )
    if not store.set_profile(db, kept):
        raise NotFound("there is no such agent")


def change_role(db: Db, agent: AgentId, role: Role) -> None:
    """Let `agent` do what `role` may. Raises NotFound, Conflict when nobody would be left to let others in."""
    if role is not Role.ADMIN:
        _leave_one_admin(db, agent)
    if not store.set_role(db, agent, role):
        raise NotFound("there is no such agent")


def disable_agent(db: Db, agent: AgentId, *, now: datetime) -> None:
    """Let `agent` in no more and end every session of theirs.

    Raises NotFound, Conflict when nobody would be left to let others in.
    """
    _leave_one_admin(db, agent)
    if not store.disable_agent(db, agent, now):
        raise NotFound("there is no such agent, or they were disabled already")
    sessions_store.end_sessions(db, agent)


def enable_agent(db: Db, agent: AgentId) -> None:
    """Let `agent` in again. Raises NotFound."""
    if not store.enable_agent(db, agent):
        raise NotFound("there is no such agent, or they are not disabled")


def agent(db: Db, id: UUID) -> Agent:
    """One of them, disabled ones too. Raises NotFound."""
    found = store.agent_by_id(db, AgentId(id))
    if found is None:
        raise NotFound("there is no such agent")
    return found


def agents(db: Db) -> list[Agent]:
    """Everyone, by name."""
    return store.agents(db)


def fold_email(email: str) -> str:
    """The form in which an address is kept and compared."""
    return email.strip().casefold()


def _leave_one_admin(db: Db, agent: AgentId) -> None:
    found = store.agent_by_id(db, agent)
    if found and found.role is Role.ADMIN and not found.disabled_at and not store.other_admins(db, agent):
        raise Conflict("this is the only administrator: make another one first")


def _check(new: NewAgent) -> None:
    if not re.fullmatch(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,190}", new.email.strip()):
        raise Invalid("an agent needs an e-mail address like ana@example.com", fields={"email": "is no address"})
    if not 1 <= len(new.name.strip()) <= 200:
        raise Invalid("an agent needs a name of 1 to 200 characters", fields={"name": "1 to 200 characters"})
    if new.role not in set(Role):
        raise Invalid(f"a role is one of {', '.join(Role)}", fields={"role": "is unknown"})
    if new.language not in LANGUAGES:
        raise Invalid(f"a language is one of {', '.join(LANGUAGES)}", fields={"language": "is unknown"})
    _check_password(new.password)


def _check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        words = f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Invalid(words, fields={"password": words})
