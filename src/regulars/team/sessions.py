"""Signing in and out. Tokens are random; the database keeps their hashes only."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from argon2.exceptions import VerifyMismatchError

from regulars.kit.errors import TooMany
from regulars.kit.text import clean
from regulars.store import Db
from regulars.team.agents import HASHER, LONGEST_PASSWORD, fold_email
from regulars.team.model import Agent, SignedIn
from regulars.team.store import agents as agents_store
from regulars.team.store import sessions as store

SESSION_LASTS = timedelta(days=14)
WINDOW = timedelta(minutes=15)
MOST_FAILURES = 5  # of one address at one agent's door
MOST_FAILURES_OF_ADDRESS = 25
MOST_FAILURES_AT_EMAIL = 100  # of all addresses together: high, or anybody could lock an agent out

_NOBODY = HASHER.hash(secrets.token_urlsafe())  # so that an unknown address takes as long as a wrong password


def sign_in(db: Db, email: str, password: str, *, address: str, now: datetime) -> SignedIn | None:
    """Begin a session; None when the e-mail address or password is wrong.

    The failure is counted in the caller's transaction: commit it, then refuse.
    Raises TooMany after repeated failures, also for the right password.
    """
    email = clean(fold_email(email))[:300]
    _throttle(db, email, address, now)
    found = agents_store.agent_with_password(db, email)
    agent = found[0] if found else None
    right = _verify(found[1] if found else _NOBODY, password)
    if agent is None or not right or agent.disabled_at:
        store.add_failure(db, email, address, now)
        return None
    store.forget_failures(db, email, address, older_than=now - WINDOW)
    token = secrets.token_urlsafe(32)
    expires = now + SESSION_LASTS
    store.add_session(db, _hash(token), agent.id, (now, expires), (address, ""))
    return SignedIn(agent, token, expires)


def agent_of(db: Db, token: str, *, now: datetime) -> Agent | None:
    """Whose session `token` is; None when it ended, never began, or its agent was disabled."""
    return store.agent_of_session(db, _hash(token), now)


def end_session(db: Db, token: str) -> None:
    """Sign out. Ending a session that is not there is fine."""
    store.end_session(db, _hash(token))


def _throttle(db: Db, email: str, address: str, now: datetime) -> None:
    pair, at_email, of_address = store.failures(db, email, address, since=now - WINDOW)
    if pair >= MOST_FAILURES or at_email >= MOST_FAILURES_AT_EMAIL or of_address >= MOST_FAILURES_OF_ADDRESS:
        raise TooMany(f"too many failed sign-ins: wait {WINDOW.seconds // 60} minutes and try again")


def _verify(hashed: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return HASHER.verify(hashed, password.encode("utf-8", "replace"))
    except VerifyMismatchError:
        return False


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
