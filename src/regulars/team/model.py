"""Agents, sessions and keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

AgentId = NewType("AgentId", UUID)
DepartmentId = NewType("DepartmentId", UUID)


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
    departments: tuple[DepartmentId, ...] = ()
    languages: tuple[str, ...] = ()  # the ones they can answer in; `language` is the one they read
    signature: Mapping[str, str] = field(default_factory=dict, hash=False)  # language → Markdown


@dataclass(frozen=True, slots=True)
class Department:
    """A part of the company that answers: "Orders", "Catering".

    address    the e-mail address it writes from; empty: the house's
    languages  the ones somebody there can answer in; empty: any
    signature  under what it writes: language → Markdown
    """

    id: DepartmentId
    name: str
    address: str = ""
    languages: tuple[str, ...] = ()
    signature: Mapping[str, str] = field(default_factory=dict, hash=False)
    archived_at: datetime | None = None


class Presence(StrEnum):
    """Whether an agent is there."""

    ONLINE = "online"
    BUSY = "busy"  # there, but gets nothing new
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Present:
    """An agent who is there, and since when it is so."""

    agent: Agent
    presence: Presence
    since: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that began. `token` goes into the agent's cookie; only its hash is kept."""

    agent: Agent
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NeedsSecondFactor:
    """The password was right; a code of the second factor is still to come. `ticket` goes with it."""

    ticket: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One place where an agent is signed in. `id` names it without opening it."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    device: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who may become an agent. `token` is known only when it is made: its hash is kept."""

    id: UUID
    email: str
    role: Role
    departments: tuple[DepartmentId, ...]
    created_at: datetime
    expires_at: datetime
    token: str = field(default="", repr=False)


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


@dataclass(frozen=True, slots=True)
class Company:
    """Who the customers are customers of.

    name    "" until somebody says it
    colour  of the brand, #rrggbb; "" is ours. Pages show the nearest shade that can be read
    site    the address of its own site, for the way back; "/…" where this server serves it
    """

    name: str = ""
    colour: str = ""
    site: str = ""
