"""Agents, sessions and keys."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

AgentId = NewType("AgentId", UUID)


class Role(StrEnum):
    """What an agent may do; each role may what the ones after it may."""

    ADMIN = "admin"  # everything, also agents and keys
    MANAGER = "manager"  # slots, rules, facets, people
    AGENT = "agent"  # people
    VIEWER = "viewer"  # looks only

    def may(self, needed: "Role") -> bool:
        """Whether this role includes `needed`."""
        order = list(Role)
        return order.index(self) <= order.index(needed)


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent to be. `password` of at least 10 characters; it is kept as an argon2id hash only."""

    email: str
    name: str
    role: Role
    password: str = field(repr=False)
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone on the company's side."""

    id: AgentId
    email: str
    name: str
    role: Role
    language: str
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that began. `token` goes into the agent's cookie; only its hash is kept."""

    agent: Agent
    token: str = field(repr=False)
    expires_at: datetime


class KeyKind(StrEnum):
    """`write` keys are public (they stand in web pages); `server` keys are secret and may everything."""

    WRITE = "write"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: never the key itself. `origins` empty: browsers of any site may use it."""

    id: UUID
    kind: KeyKind
    name: str
    hint: str
    origins: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `plain` is shown this once."""

    key: ApiKey
    plain: str = field(repr=False)
