"""Invitations: a link by e-mail makes an agent. The token is 256 random bits; only its hash is kept."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.store import Db
from regulars.team.agents import create_agent, fold_email
from regulars.team.departments import EMAIL, departments
from regulars.team.model import Agent, AgentId, DepartmentId, Invitation, NewAgent, Role
from regulars.team.store import agents as agents_store
from regulars.team.store import invitations as store

LASTS = timedelta(days=7)


def invite(
    db: Db, email: str, role: Role, departments: Sequence[DepartmentId], *, by: AgentId | None, now: datetime
) -> Invitation:
    """Make an invitation; an earlier one of the same address stops working. `token` is known this once.

    Raises Invalid, Conflict when the address is an agent's, NotFound when a department is not.
    """
    email = fold_email(email)
    if not EMAIL.fullmatch(email):
        raise Invalid("an invitation needs an e-mail address like ana@example.com", fields={"email": "is no address"})
    if agents_store.agent_with_password(db, email):
        raise Conflict(f"there is an agent with the address {email} already", fields={"email": "is taken"})
    _check_departments(db, departments)
    token = secrets.token_urlsafe(32)
    made = Invitation(new_id(), email, Role(role), tuple(dict.fromkeys(departments)), now, now + LASTS, token)
    store.add(db, made, _hash(token), by)
    return made


def invitations(db: Db, *, now: datetime) -> list[Invitation]:
    """The ones that can still be accepted, newest first."""
    return store.open_ones(db, now)


def invitation(db: Db, token: str, *, now: datetime) -> Invitation:
    """The one `token` opens. Raises NotFound when it was used, revoked, is over or never was."""
    found = store.by_token(db, _hash(token), now)
    if found is None:
        raise NotFound("this invitation was used, taken back or is over: ask for a new one")
    return found


def accept(db: Db, token: str, new: tuple[str, str], *, now: datetime, language: str = "en") -> Agent:
    """Become an agent with `new` = (name, password). Raises NotFound, Invalid with the field, Conflict."""
    found = invitation(db, token, now=now)
    name, password = new
    made = create_agent(db, NewAgent(found.email, name, found.role, password, language), now=now)
    agents_store.set_departments(db, made.id, found.departments)
    store.accept(db, found.id, now)
    return made


def revoke_invitation(db: Db, invitation: UUID, *, now: datetime) -> None:
    """Take it back. Raises NotFound."""
    if not store.revoke(db, invitation, now):
        raise NotFound("there is no such invitation, or it was used or taken back already")


def _check_departments(db: Db, wanted: Sequence[DepartmentId]) -> None:
    if not {d.id for d in departments(db)}.issuperset(wanted):
        raise NotFound("there is no such department, or it was archived")


def _hash(token: str) -> str:
    return sha256(b"invitation:" + token.encode("utf-8", "replace")).hexdigest()
