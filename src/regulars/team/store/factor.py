"""The second factor: its secret, its recovery codes, and the tickets of who has still to show one."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from regulars.store import Db
from regulars.team.model import AgentId


def totp(db: Db, agent: AgentId) -> tuple[str | None, datetime | None, int]:
    """(secret, confirmed when, last step used) of an agent; locks the row, so that a code opens once."""
    query = sa.text("select totp_secret, totp_since, totp_step from agents where id = :id for update")
    row = db.execute(query, {"id": agent}).one_or_none()
    return (None, None, 0) if row is None else (row.totp_secret, row.totp_since, int(row.totp_step))


def set_totp(db: Db, agent: AgentId, secret: str | None, since: datetime | None) -> None:
    """Keep a secret (confirmed when `since` is said), or take it away."""
    query = sa.text("update agents set totp_secret = :s, totp_since = :since, totp_step = 0 where id = :id")
    db.execute(query, {"id": agent, "s": secret, "since": since})


def use_step(db: Db, agent: AgentId, step: int) -> None:
    """A code of this step was used: it and earlier ones open nothing any more."""
    db.execute(sa.text("update agents set totp_step = :step where id = :id"), {"id": agent, "step": step})


def set_codes(db: Db, agent: AgentId, hashes: Sequence[str]) -> None:
    """These recovery codes, and no earlier ones."""
    db.execute(sa.text("delete from recovery_codes where agent_id = :a"), {"a": agent})
    if hashes:
        query = sa.text("insert into recovery_codes (agent_id, code_hash) select :a, unnest(cast(:hs as text[]))")
        db.execute(query, {"a": agent, "hs": list(hashes)})


def use_code(db: Db, agent: AgentId, code_hash: str, now: datetime) -> bool:
    """Whether it was a recovery code that was not used yet; now it is."""
    query = sa.text("""update recovery_codes set used_at = :now
                       where agent_id = :a and code_hash = :h and used_at is null returning 1""")
    return db.execute(query, {"a": agent, "h": code_hash, "now": now}).scalar_one_or_none() is not None


def codes_left(db: Db, agent: AgentId) -> int:
    """How many recovery codes were not used yet."""
    query = sa.text("select count(*) from recovery_codes where agent_id = :a and used_at is null")
    return int(db.execute(query, {"a": agent}).scalar_one())


def add_ticket(
    db: Db, token_hash: str, agent: AgentId, place: tuple[str, str], span: tuple[datetime, datetime]
) -> None:
    """Keep a ticket for (now, until), made at (address, device); forget the ones that are over."""
    db.execute(sa.text("delete from second_factor_tickets where expires_at <= :now"), {"now": span[0]})
    query = sa.text("""insert into second_factor_tickets (token_hash, agent_id, address, device, expires_at)
                       values (:t, :a, :address, :device, :until)""")
    given = {"t": token_hash, "a": agent, "address": place[0], "device": place[1], "until": span[1]}
    db.execute(query, given)


def ticket(db: Db, token_hash: str, now: datetime) -> sa.Row[tuple[object, ...]] | None:
    """The ticket, locked; None when there is none or it is over."""
    query = sa.text("""select agent_id, address, device, failures from second_factor_tickets
                       where token_hash = :t and expires_at > :now for update""")
    return db.execute(query, {"t": token_hash, "now": now}).one_or_none()


def count_failure(db: Db, token_hash: str) -> None:
    """A wrong code was said with it."""
    query = sa.text("update second_factor_tickets set failures = failures + 1 where token_hash = :t")
    db.execute(query, {"t": token_hash})


def drop_ticket(db: Db, token_hash: str) -> None:
    """It opened the door, or never will."""
    db.execute(sa.text("delete from second_factor_tickets where token_hash = :t"), {"t": token_hash})
