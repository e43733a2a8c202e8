"""The second factor: time-based codes (TOTP, RFC 6238) and one-time recovery codes for when the phone is gone."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

import pyotp

from regulars.kit.errors import Conflict, Invalid
from regulars.store import Db
from regulars.team.model import Agent, AgentId
from regulars.team.store import factor as store

ISSUER = "Regulars"
STEP_SECONDS = 30
CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike; 10 of them are 49 bits, used once, behind a brake


@dataclass(frozen=True, slots=True)
class Totp:
    """What the agent's phone needs: `uri` as a QR code, or `secret` typed in."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Factor:
    """Whether an agent has a second factor, since when, and how many recovery codes are left."""

    since: datetime | None
    codes_left: int


def factor(db: Db, agent: AgentId) -> Factor:
    """What an agent has."""
    return Factor(store.totp(db, agent)[1], store.codes_left(db, agent))


def totp_begin(db: Db, agent: Agent) -> Totp:
    """A secret for the agent's phone; it counts once a code of it was shown. Asked twice before that, it is the same.

    Raises Conflict when there is a second factor already.
    """
    secret, since, _ = store.totp(db, agent.id)
    if since is not None:
        raise Conflict("you have a second factor already: remove it before you set up another")
    if secret is None:
        secret = pyotp.random_base32()
        store.set_totp(db, agent.id, secret, None)
    return Totp(secret, pyotp.TOTP(secret).provisioning_uri(name=agent.email, issuer_name=ISSUER))


def totp_confirm(db: Db, agent: AgentId, code: str, *, now: datetime) -> list[str]:
    """Make it count, by a code of the phone; answers with the recovery codes, shown this once.

    Raises Invalid when the code is wrong, Conflict when there is nothing to confirm.
    """
    secret, since, _ = store.totp(db, agent)
    if secret is None or since is not None:
        raise Conflict("there is no second factor to confirm: begin again")
    step = _step_of(secret, code, 0, now)
    if step is None:
        words = "that code does not fit: look at the phone again, and at whether its clock is right"
        raise Invalid(words, fields={"code": words})
    store.set_totp(db, agent, secret, now)
    store.use_step(db, agent, step)
    return new_recovery_codes(db, agent)


def new_recovery_codes(db: Db, agent: AgentId) -> list[str]:
    """Ten new ones, shown this once; earlier ones open nothing any more."""
    codes = ["-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(CODES)]
    store.set_codes(db, agent, [_hash(agent, code) for code in codes])
    return codes


def totp_remove(db: Db, agent: AgentId) -> None:
    """No second factor any more; removing what is not there is fine."""
    store.set_totp(db, agent, None, None)
    store.set_codes(db, agent, [])


def right_code(db: Db, agent: AgentId, code: str, *, now: datetime) -> bool:
    """Whether `code` is of their phone or one of their recovery codes. It opens this once."""
    secret, since, last = store.totp(db, agent)
    if secret is None or since is None:
        return False
    step = _step_of(secret, code, last, now)
    if step is not None:
        store.use_step(db, agent, step)
        return True
    return store.use_code(db, agent, _hash(agent, code), now)


def _step_of(secret: str, code: str, last: int, now: datetime) -> int | None:
    """Which step `code` belongs to: the one now, before or after (RFC 6238, 5.2), and none that was used."""
    typed = "".join(code.split())[:20].encode("utf-8", "replace")
    here = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (here, here - 1, here + 1):
        if step > last and compare_digest(totp.at(step * STEP_SECONDS).encode(), typed):
            return step
    return None


def _hash(agent: AgentId, code: str) -> str:
    typed = "".join(c for c in code[:100].lower() if c.isalnum())
    return sha256(f"recovery:{agent}:{typed}".encode("utf-8", "replace")).hexdigest()
