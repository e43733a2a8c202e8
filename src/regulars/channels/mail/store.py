"""Every statement on mailboxes and raw mail."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from uuid import UUID

import sqlalchemy as sa

from regulars.kit.text import clean
from regulars.store import Db, driver

RawId = NewType("RawId", int)
FETCHING = 7_246_006 << 32  # advisory locks of ours: one process a mailbox
READING = 7_246_007


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail is fetched from, by IMAP. `password` may be env:NAME or file:/path.

    since  mail that was there before is left alone
    """

    id: UUID
    name: str
    address: str
    host: str
    port: int
    security: str
    login: str
    password: str
    since: datetime
    folders: tuple[str, ...] = ("INBOX",)
    department: UUID | None = None
    language: str = ""
    paused_at: datetime | None = None
    seen_at: datetime | None = None
    error: str | None = None
    error_at: datetime | None = None

    @property
    def access(self) -> tuple[object, ...]:
        """All that says where and how to fetch: it changes when a fetcher has to begin anew."""
        return (self.id, self.host, self.port, self.security, self.login, self.password, self.folders, self.department)


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a raw mail came. `sender`: of the envelope; "" where it is not known, `NOBODY` where it was empty."""

    mailbox: UUID | None = None
    department: UUID | None = None
    sender: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as it came, kept before anybody reads it."""

    id: RawId
    raw: bytes
    digest: bytes
    envelope: Envelope
    received_at: datetime


NOWHERE = Envelope()
NOBODY = "<>"
"""The sender of what machines write: nothing is ever sent back to it (RFC 5321, 4.5.5)."""

_KEEP = """
    insert into raw_mails (digest, mailbox_id, department_id, sender, recipients, received_at, size, raw)
    values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (digest) do nothing returning id
"""


def keep(db: Db, raws: Sequence[bytes], envelope: Envelope, *, now: datetime) -> list[RawId]:
    """Keep some mails as they came; those we hold already (the same bytes) are left out of the answer."""
    if not raws:
        return []
    how = (
        envelope.mailbox, envelope.department, clean(envelope.sender)[:400],
        [clean(r)[:400] for r in envelope.recipients[:50]], now,
    )  # fmt: skip
    ids = []
    with driver(db).cursor() as cursor:
        rows = [(hashlib.sha256(raw).digest(), *how, len(raw), raw) for raw in raws]
        cursor.executemany(_KEEP, rows, returning=True)
        while True:
            ids += [RawId(int(str(i))) for (i,) in cursor.fetchall()]
            if not cursor.nextset():
                return ids


def take(db: Db, *, most: int, only: Iterable[RawId] | None = None) -> list[RawMail]:
    """Mails nobody has read yet, oldest first, locked until the transaction ends; those others read are passed over."""
    asked = f"""
        select id, raw, digest, mailbox_id, department_id, sender, recipients, received_at from raw_mails
        where raw is not null and {"state = 'new'" if only is None else "id = any(:only)"}
        order by id limit :most for update skip locked
    """  # noqa: S608  one of two texts of our own
    told = {"most": most} if only is None else {"most": most, "only": list(only)}
    rows = db.execute(sa.text(asked), told)
    return [
        RawMail(
            RawId(r.id), bytes(r.raw), bytes(r.digest),
            Envelope(r.mailbox_id, r.department_id, r.sender, tuple(r.recipients)), r.received_at,
        )
        for r in rows
    ]  # fmt: skip


def hold_reading(db: Db) -> None:
    """Be the one who reads until this transaction ends: an answer must not be read before what it answers."""
    db.execute(sa.text("select pg_advisory_xact_lock(:k)"), {"k": READING})


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a raw mail: `parsed`, `failed` or `double`."""

    id: RawId
    state: str
    message_id: str | None = None
    in_reply_to: str | None = None
    error: str | None = None


def mark(db: Db, done: Sequence[Done], *, now: datetime) -> None:
    """Say what became of some mails."""
    if done:
        db.execute(
            sa.text("""
                update raw_mails r set state = d.state, message_id = d.message_id, in_reply_to = d.in_reply_to,
                       error = d.error, parsed_at = :now
                from unnest(cast(:ids as bigint[]), cast(:states as text[]), cast(:names as text[]),
                            cast(:answered as text[]), cast(:errors as text[]))
                     as d(id, state, message_id, in_reply_to, error)
                where r.id = d.id
            """),
            {
                "ids": [d.id for d in done], "states": [d.state for d in done],
                "names": [_short(d.message_id) for d in done], "answered": [_short(d.in_reply_to) for d in done],
                "errors": [_short(d.error) for d in done], "now": now,
            },
        )  # fmt: skip


def answers_to(db: Db, message_ids: Sequence[str]) -> dict[str, list[str]]:
    """Message-IDs → those of mails that answer them and were read before: folders are not always in order."""
    asked = sa.text("""
        select in_reply_to, message_id from raw_mails
        where in_reply_to = any(:ids) and message_id is not null and state in ('parsed', 'double')
    """)
    found: dict[str, list[str]] = {}
    for row in db.execute(asked, {"ids": list(message_ids)}):
        found.setdefault(row.in_reply_to, []).append(row.message_id)
    return found


def _short(text: str | None) -> str | None:
    return clean(text)[:1000] if text else None


def failed(db: Db, *, most: int) -> list[RawId]:
    """Mails that could not be read when they came."""
    asked = sa.text("select id from raw_mails where state = 'failed' and raw is not null order by id limit :most")
    return [RawId(i) for i in db.execute(asked, {"most": most}).scalars()]


def waiting(db: Db) -> tuple[int, datetime | None]:
    """How many mails nobody has read yet, and since when the oldest waits."""
    row = db.execute(
        sa.text("select count(*) as n, min(received_at) as since from raw_mails where state = 'new'")
    ).one()
    return row.n, row.since


def forget_raw(db: Db, *, before: datetime) -> int:
    """Drop the bytes of mails that were read long ago; that they came, and their digests, stay."""
    asked = sa.text("""
        update raw_mails set raw = null
        where state in ('parsed', 'double') and raw is not null and received_at < :before
    """)
    return db.execute(asked, {"before": before}).rowcount


def blank(db: Db, ids: Sequence[int]) -> None:
    """Drop everything of these mails, also where they came twice, but that they came.

    Who wrote them asked to be forgotten.
    """
    asked = sa.text("""
        update raw_mails set raw = null, message_id = null, in_reply_to = null, sender = '', recipients = '{}',
               error = null, state = 'parsed'
        where id = any(:ids) or message_id in (select d.message_id from raw_mails d where d.id = any(:ids))
    """)
    db.execute(asked, {"ids": list(ids)})


def mailboxes(db: Db) -> list[Mailbox]:
    """All mailboxes, by name."""
    rows = db.execute(sa.text("select * from mailboxes order by name"))
    return [
        Mailbox(
            r.id, r.name, r.address, r.host, r.port, r.security, r.login, r.password, r.created_at, tuple(r.folders),
            r.department_id, r.language, r.paused_at, r.seen_at, r.error, r.error_at,
        )
        for r in rows
    ]  # fmt: skip


def save_mailbox(db: Db, box: Mailbox) -> None:
    """Add a mailbox, or change the one of its id."""
    db.execute(
        sa.text("""
            insert into mailboxes (id, name, address, host, port, security, login, password, folders, department_id,
                                   language, created_at, paused_at)
            values (:id, :name, :address, :host, :port, :security, :login, :password, :folders, :department,
                    :language, :now, :paused)
            on conflict (id) do update set name = :name, address = :address, host = :host, port = :port,
                security = :security, login = :login, password = :password, folders = :folders,
                department_id = :department, language = :language, paused_at = :paused, error = null, error_at = null
        """),
        {
            "id": box.id, "name": box.name, "address": box.address, "host": box.host, "port": box.port,
            "security": box.security, "login": box.login, "password": box.password, "folders": list(box.folders),
            "department": box.department, "language": box.language, "now": box.since, "paused": box.paused_at,
        },
    )  # fmt: skip


def remove_mailbox(db: Db, name: str) -> bool:
    """Forget a mailbox; its mail stays. False when there is none of that name."""
    return db.execute(sa.text("delete from mailboxes where name = :name"), {"name": name}).rowcount > 0


def seen(db: Db, mailbox: UUID, *, now: datetime, error: str | None = None) -> None:
    """Note that a mailbox answered, or why it did not."""
    asked = """
        update mailboxes set error = :error, error_at = case when cast(:error as text) is null then null else :now end,
               seen_at = case when cast(:error as text) is null then :now else seen_at end
        where id = :id
    """
    db.execute(sa.text(asked), {"id": mailbox, "now": now, "error": clean(error)[:500] if error else None})


def cursor(db: Db, mailbox: UUID, folder: str) -> tuple[int, int] | None:
    """UIDVALIDITY and the highest UID that is kept; None for a folder never read."""
    asked = sa.text("select uid_validity, uid from mailbox_cursors where mailbox_id = :m and folder = :f")
    row = db.execute(asked, {"m": mailbox, "f": folder}).first()
    return (row.uid_validity, row.uid) if row else None


def move_cursor(db: Db, mailbox: UUID, folder: str, validity: int, uid: int) -> None:
    """Say how far a folder was read."""
    asked = sa.text("""
        insert into mailbox_cursors values (:m, :f, :v, :u)
        on conflict (mailbox_id, folder) do update set uid_validity = :v, uid = :u
    """)
    db.execute(asked, {"m": mailbox, "f": folder, "v": validity, "u": uid})


def hold_mailbox(db: Db, mailbox: UUID) -> bool:
    """Be the one process that fetches from a mailbox, while this transaction is open."""
    key = FETCHING + (mailbox.int & 0xFFFFFFFF)
    return bool(db.execute(sa.text("select pg_try_advisory_xact_lock(:k)"), {"k": key}).scalar_one())
