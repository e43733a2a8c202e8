"""Invitations, and the sign-ins that are on their way through another provider."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.store import Db
from regulars.team.model import AgentId, DepartmentId, Invitation, Role

INVITATION = "id, email, role, departments, created_at, expires_at"


def add(db: Db, made: Invitation, token_hash: str, by: AgentId | None) -> None:
    """Keep it; an earlier open one of the same address is revoked."""
    old = sa.text("""update invitations set revoked_at = :now
                     where email = :email and accepted_at is null and revoked_at is null""")
    db.execute(old, {"email": made.email, "now": made.created_at})
    query = sa.text("""insert into invitations
                           (id, email, role, departments, token_hash, invited_by, created_at, expires_at)
                       values (:id, :email, :role, cast(:departments as uuid[]), :hash, :by, :at, :until)""")
    given = {
        "id": made.id, "email": made.email, "role": made.role, "departments": list(made.departments),
        "hash": token_hash, "by": by, "at": made.created_at, "until": made.expires_at,
    }  # fmt: skip
    db.execute(query, given)


def open_ones(db: Db, now: datetime) -> list[Invitation]:
    """Not accepted, not revoked, not over; newest first."""
    query = sa.text(f"""select {INVITATION} from invitations
                        where accepted_at is null and revoked_at is null and expires_at > :now
                        order by created_at desc, id""")  # noqa: S608  a constant
    return [_invitation(row) for row in db.execute(query, {"now": now})]


def by_token(db: Db, token_hash: str, now: datetime) -> Invitation | None:
    """The open one with that token, locked."""
    query = sa.text(f"""select {INVITATION} from invitations where token_hash = :t and accepted_at is null
                        and revoked_at is null and expires_at > :now for update""")  # noqa: S608  a constant
    row = db.execute(query, {"t": token_hash, "now": now}).one_or_none()
    return None if row is None else _invitation(row)


def accept(db: Db, invitation: UUID, now: datetime) -> None:
    """It was used."""
    db.execute(sa.text("update invitations set accepted_at = :now where id = :id"), {"id": invitation, "now": now})


def revoke(db: Db, invitation: UUID, now: datetime) -> bool:
    """Whether there was one that could still be used."""
    query = sa.text("""update invitations set revoked_at = :now
                       where id = :id and accepted_at is null and revoked_at is null returning 1""")
    return db.execute(query, {"id": invitation, "now": now}).scalar_one_or_none() is not None


def add_flow(db: Db, state_hash: str, kept: tuple[str, str, str], span: tuple[datetime, datetime]) -> None:
    """Remember (nonce, verifier, next) for (now, until); forget the ones that are over."""
    db.execute(sa.text("delete from oidc_flows where expires_at <= :now"), {"now": span[0]})
    query = sa.text("""insert into oidc_flows (state_hash, nonce, verifier, next, expires_at)
                       values (:s, :nonce, :verifier, :next, :until)""")
    given = {"s": state_hash, "nonce": kept[0], "verifier": kept[1], "next": kept[2], "until": span[1]}
    db.execute(query, given)


def take_flow(db: Db, state_hash: str, now: datetime) -> tuple[str, str, str] | None:
    """(nonce, verifier, next), once."""
    query = sa.text(
        "delete from oidc_flows where state_hash = :s and expires_at > :now returning nonce, verifier, next"
    )
    row = db.execute(query, {"s": state_hash, "now": now}).one_or_none()
    return None if row is None else (row.nonce, row.verifier, row.next)


def of_subject(db: Db, issuer: str, subject: str) -> AgentId | None:
    """Who is known by that name at that provider."""
    query = sa.text("select id from agents where oidc_issuer = :i and oidc_subject = :s")
    found = db.execute(query, {"i": issuer, "s": subject}).scalar_one_or_none()
    return None if found is None else AgentId(found)


def bind(db: Db, email: str, issuer: str, subject: str) -> AgentId | None:
    """The agent with that address, known by that name from now on; None: there is none, or they have another name."""
    query = sa.text("""update agents set oidc_issuer = :i, oidc_subject = :s
                       where email = :email and oidc_subject is null returning id""")
    found = db.execute(query, {"email": email, "i": issuer, "s": subject}).scalar_one_or_none()
    return None if found is None else AgentId(found)


def _invitation(row: sa.Row[tuple[object, ...]]) -> Invitation:
    departments: Sequence[UUID] = row.departments
    return Invitation(
        row.id, row.email, Role(row.role), tuple(DepartmentId(d) for d in departments), row.created_at, row.expires_at
    )
