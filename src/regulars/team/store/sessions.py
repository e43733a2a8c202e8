"""Sessions and failed sign-ins."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from regulars.store import Db
from regulars.team.model import Agent, AgentId
from regulars.team.store.agents import AGENT, of_row

SEEN_EVERY = timedelta(minutes=1)  # written down no more often: reading a page should not cost a write


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


def add_session(
    db: Db, token_hash: str, agent: AgentId, span: tuple[datetime, datetime], place: tuple[str, str]
) -> None:
    """Begin a session for (now, until) at (address, device), and forget the ones that are over."""
    db.execute(sa.text("delete from agent_sessions where expires_at <= :now"), {"now": span[0]})
    query = sa.text("""insert into agent_sessions
                           (token_hash, agent_id, created_at, expires_at, seen_at, address, device)
                       values (:t, :a, :c, :e, :c, :address, :device)""")
    given = {"t": token_hash, "a": agent, "c": span[0], "e": span[1], "address": place[0], "device": place[1]}
    db.execute(query, given)


def agent_of_session(db: Db, token_hash: str, now: datetime) -> Agent | None:
    """Whose session it is, when it is not over and they are not disabled."""
    query = sa.text(
        f"""select {AGENT}, coalesce(s.seen_at, s.created_at) as session_seen
            from agent_sessions s join agents a on a.id = s.agent_id
            where s.token_hash = :t and s.expires_at > :now and a.disabled_at is null"""  # noqa: S608  a constant
    )
    row = db.execute(query, {"t": token_hash, "now": now}).one_or_none()
    if row is None:
        return None
    if now - row.session_seen > SEEN_EVERY:
        seen = sa.text("update agent_sessions set seen_at = :now where token_hash = :t")
        db.execute(seen, {"t": token_hash, "now": now})
    return of_row(row)


def sessions(db: Db, agent: AgentId, now: datetime) -> Sequence[sa.Row[tuple[object, ...]]]:
    """Where they are signed in, lately seen first."""
    query = sa.text("""select id, created_at, coalesce(seen_at, created_at) as seen_at, expires_at, address, device,
                              token_hash from agent_sessions where agent_id = :a and expires_at > :now
                       order by coalesce(seen_at, created_at) desc, id""")
    return db.execute(query, {"a": agent, "now": now}).all()


def end_session(db: Db, token_hash: str) -> None:
    """Forget one session."""
    db.execute(sa.text("delete from agent_sessions where token_hash = :t"), {"t": token_hash})


def end_one(db: Db, agent: AgentId, session: UUID) -> bool:
    """Forget one session of an agent. Whether there was one."""
    query = sa.text("delete from agent_sessions where agent_id = :a and id = :s returning 1")
    return db.execute(query, {"a": agent, "s": session}).scalar_one_or_none() is not None


def end_sessions(db: Db, agent: AgentId, *, but: str = "") -> int:
    """Forget every session of an agent except the one with the hash `but`; how many that were."""
    query = sa.text("delete from agent_sessions where agent_id = :a and token_hash <> :but")
    return db.execute(query, {"a": agent, "but": but}).rowcount
