"""Signing in and out. Tokens are random; the database keeps their hashes only."""

import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from uuid import UUID

from argon2.exceptions import VerifyMismatchError

from regulars.kit.errors import NotFound, TooMany, Unauthorized
from regulars.kit.text import clean
from regulars.store import Db
from regulars.team.agents import HASHER, LONGEST_PASSWORD, fold_email
from regulars.team.factor import right_code
from regulars.team.model import Agent, AgentId, NeedsSecondFactor, Presence, Session, SignedIn
from regulars.team.store import agents as agents_store
from regulars.team.store import factor as factor_store
from regulars.team.store import presence as presence_store
from regulars.team.store import sessions as store

SESSION_LASTS = timedelta(days=14)
TICKET_LASTS = timedelta(minutes=10)
WINDOW = timedelta(minutes=15)
MOST_FAILURES = 5  # of one address at one agent's door
MOST_FAILURES_OF_ADDRESS = 25
MOST_FAILURES_AT_EMAIL = 100  # of all addresses together: high, or anybody could lock an agent out


def sign_in(
    db: Db, email: str, password: str, *, address: str, now: datetime, device: str = ""
) -> SignedIn | NeedsSecondFactor | None:
    """Begin a session, or ask for the second factor; None when the e-mail address or password is wrong.

    The failure is counted in the caller's transaction: commit it, then refuse.
    Raises TooMany after repeated failures, also for the right password.
    """
    email = clean(fold_email(email))[:300]
    _throttle(db, email, address, now)
    found = agents_store.agent_with_password(db, email)
    agent = found[0] if found else None
    right = _verify(found[1] if found else _nobody(), password)
    if agent is None or not right or agent.disabled_at:
        store.add_failure(db, email, address, now)
        return None
    if factor_store.totp(db, agent.id)[1] is not None:
        token = secrets.token_urlsafe(32)
        place = (address, clean(device)[:300])
        factor_store.add_ticket(db, _hash(token), agent.id, place, (now, now + TICKET_LASTS))
        return NeedsSecondFactor(token, now + TICKET_LASTS)
    return begin_session(db, agent, address=address, device=device, now=now)


def second_factor(db: Db, ticket: str, code: str, *, now: datetime) -> SignedIn | None:
    """Begin the session that `sign_in` gave a ticket for; None when the code is wrong or was used.

    The failure is counted in the caller's transaction: commit it, then refuse.
    Raises Unauthorized when the ticket is over, TooMany after repeated wrong codes.
    """
    found = factor_store.ticket(db, _hash(ticket), now)
    agent = agents_store.agent_by_id(db, AgentId(found.agent_id)) if found else None
    if found is None or agent is None or agent.disabled_at or found.failures >= MOST_FAILURES:
        raise Unauthorized("signing in took too long or too many tries: begin again with your password")
    _throttle(db, agent.email, found.address, now)
    if not right_code(db, agent.id, code, now=now):
        factor_store.count_failure(db, _hash(ticket))
        store.add_failure(db, agent.email, found.address, now)
        return None
    factor_store.drop_ticket(db, _hash(ticket))
    return begin_session(db, agent, address=found.address, device=found.device, now=now)


def begin_session(db: Db, agent: Agent, *, address: str, device: str, now: datetime) -> SignedIn:
    """Let `agent` in: whoever calls this has proof that it is them. They are there from now on."""
    store.forget_failures(db, agent.email, address, older_than=now - WINDOW)
    token = secrets.token_urlsafe(32)
    expires = now + SESSION_LASTS
    store.add_session(db, _hash(token), agent.id, (now, expires), (address, clean(device)[:300]))
    if presence_store.chosen(db, agent.id) == Presence.OFFLINE:
        presence_store.set_presence(db, agent.id, Presence.ONLINE, now)
    presence_store.touch(db, agent.id, now)
    return SignedIn(agent, token, expires)


def agent_of(db: Db, token: str, *, now: datetime) -> Agent | None:
    """Whose session `token` is; None when it ended, never began, or its agent was disabled."""
    return store.agent_of_session(db, _hash(token), now)


def end_session(db: Db, token: str) -> None:
    """Sign out. Ending a session that is not there is fine."""
    store.end_session(db, _hash(token))


def sessions(db: Db, agent: AgentId, *, current: str = "", now: datetime) -> list[Session]:
    """Where `agent` is signed in, lately seen first; `current` is the token of the one that asks."""
    mine = _hash(current)
    return [
        Session(r.id, r.created_at, r.seen_at, r.expires_at, r.address, r.device, r.token_hash == mine)
        for r in store.sessions(db, agent, now)
    ]


def end_session_of(db: Db, agent: AgentId, session: UUID) -> None:
    """Sign `agent` out in one place. Raises NotFound."""
    if not store.end_one(db, agent, session):
        raise NotFound("there is no such session, or it ended already")


def end_sessions(db: Db, agent: AgentId, *, keep: str = "") -> int:
    """Sign `agent` out everywhere but where the token `keep` is; how many sessions that ended."""
    return store.end_sessions(db, agent, but=_hash(keep) if keep else "")


def right_password(db: Db, agent: Agent, password: str, *, address: str, now: datetime) -> bool:
    """Whether it is theirs, asked again before something that matters. Counts and throttles as signing in does."""
    _throttle(db, agent.email, address, now)
    found = agents_store.agent_with_password(db, agent.email)
    right = _verify(found[1] if found else _nobody(), password)
    if not right:
        store.add_failure(db, agent.email, address, now)
    return right


def right_code_of(db: Db, agent: Agent, code: str, *, address: str, now: datetime) -> bool:
    """Whether it is a code of their second factor, asked again before something that matters. Counts and throttles."""
    _throttle(db, agent.email, address, now)
    right = right_code(db, agent.id, code, now=now)
    if not right:
        store.add_failure(db, agent.email, address, now)
    return right


def _throttle(db: Db, email: str, address: str, now: datetime) -> None:
    pair, at_email, of_address = store.failures(db, email, address, since=now - WINDOW)
    if pair >= MOST_FAILURES or at_email >= MOST_FAILURES_AT_EMAIL or of_address >= MOST_FAILURES_OF_ADDRESS:
        raise TooMany(f"too many failed sign-ins: wait {WINDOW.seconds // 60} minutes and try again")


@cache
def _nobody() -> str:
    """A hash nobody has the password of: an unknown address takes as long as a wrong password."""
    return HASHER.hash(secrets.token_urlsafe())


def _verify(hashed: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return HASHER.verify(hashed, password.encode("utf-8", "replace"))
    except VerifyMismatchError:
        return False


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
