"""Every statement on the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.messages.model import File, LedgerId, Outgoing, Parcel, Purpose, Recipient, Sent, State
from regulars.store import Db

HOLDING = 7_246_005 << 32  # advisory locks of ours: whoever hands a row over holds its lock


def add(db: Db, out: Outgoing, *, state: State, now: datetime) -> LedgerId | None:
    """A new row; None when the key has one."""
    row = db.execute(
        sa.text("""
            insert into ledger (key, purpose, channel, person_id, address, name, payload, state, not_before, created_at, changed_at)
            values (:key, :purpose, :channel, :person, :address, :name, cast(:payload as jsonb), :state, :at, :now, :now)
            on conflict (key) do nothing returning id
        """),  # noqa: E501
        {
            "key": out.key, "purpose": out.purpose.value, "channel": out.channel, "person": out.to.person,
            "address": clean(out.to.address), "name": clean(out.to.name), "at": max(out.not_before or now, now),
            "payload": msgspec.json.encode(_cleaned(out.payload)).decode(), "now": now,
            "state": state.value,
        },
    ).first()  # fmt: skip
    return LedgerId(row.id) if row else None


def add_files(db: Db, ledger: LedgerId, files: Sequence[File]) -> None:
    """What goes with it."""
    if files:
        db.execute(
            sa.text("insert into ledger_files values (:ledger, :n, :name, :type, :content, :inline)"),
            [
                {"ledger": ledger, "n": n, "name": clean(f.name), "type": f.type,
                 "content": f.content, "inline": f.inline_id}
                for n, f in enumerate(files)
            ],
        )  # fmt: skip


def of_key(db: Db, key: str) -> LedgerId | None:
    """The row of `key`."""
    found = db.execute(sa.text("select id from ledger where key = :key"), {"key": key}).scalar()
    return None if found is None else LedgerId(found)


def states(db: Db, ledgers: Iterable[LedgerId]) -> dict[LedgerId, Sent]:
    """Where the rows are."""
    rows = db.execute(
        sa.text("select id, state, changed_at, error, message_id from ledger where id = any(:ids)"),
        {"ids": list(ledgers)},
    )
    return {LedgerId(r.id): Sent(State(r.state), r.changed_at, r.error, r.message_id) for r in rows}


def of_message_ids(db: Db, message_ids: Iterable[str]) -> dict[str, LedgerId]:
    """Our rows with these Message-IDs."""
    asked = sa.text("select message_id, id from ledger where message_id = any(:ids)")
    return {r.message_id: LedgerId(r.id) for r in db.execute(asked, {"ids": list(message_ids)})}


def change(
    db: Db, ledger: LedgerId, *, came_from: Iterable[State], to: State, now: datetime, error: str | None = None,
    not_before: datetime | None = None, by: str = "",
) -> bool:  # fmt: skip
    """Move a row from one of some states into another; False when it was in none of them."""
    row = db.execute(
        sa.text("""
            with moved as (
                update ledger set state = :to, changed_at = :now, error = :error,
                       not_before = coalesce(:not_before, not_before), tries = tries + (:to = 'claimed')::int
                where id = :id and state = any(:came_from) returning id
            )
            insert into ledger_changes (ledger_id, at, state, by_whom, words)
            select id, :now, :to, :by, :error from moved returning ledger_id
        """),
        {
            "id": ledger, "came_from": [s.value for s in came_from], "to": to.value, "now": now,
            "error": clean(error)[:1000] if error else None, "not_before": not_before, "by": by,
        },
    ).first()  # fmt: skip
    return row is not None


def set_message_id(db: Db, ledger: LedgerId, message_id: str | None) -> None:
    """The channel's name of it, written down before it goes out."""
    db.execute(sa.text("update ledger set message_id = :m where id = :id"), {"m": message_id, "id": ledger})


def parcel(db: Db, ledger: LedgerId) -> tuple[str, Parcel] | None:
    """The channel and all of a row."""
    row = db.execute(sa.text("select * from ledger where id = :id"), {"id": ledger}).first()
    if row is None:
        return None
    files = db.execute(
        sa.text("select name, type, content, inline_id from ledger_files where ledger_id = :id order by n"),
        {"id": ledger},
    )
    person = None if row.person_id is None else PersonId(row.person_id)
    return row.channel, Parcel(
        ledger, Recipient(person, row.address, row.name), row.payload,
        tuple(File(f.name, f.type, bytes(f.content), f.inline_id) for f in files),
        Purpose(row.purpose), row.tries, row.created_at, row.message_id,
    )  # fmt: skip


def hold(db: Db, ledger: LedgerId) -> bool:
    """Hold a row until this transaction ends; False when somebody does. A process that dies lets go at once."""
    return bool(db.execute(sa.text("select pg_try_advisory_xact_lock(:k)"), {"k": HOLDING + ledger}).scalar_one())


def due(db: Db, *, now: datetime, most: int) -> list[LedgerId]:
    """Rows that should have gone out a while ago: their job is lost."""
    asked = sa.text("""
        select id from ledger where state = 'queued' and changed_at < :late and not_before < :late
        order by id limit :most
    """)
    return [LedgerId(r.id) for r in db.execute(asked, {"late": now - timedelta(minutes=10), "most": most})]


def claimed(db: Db, *, most: int) -> list[LedgerId]:
    """Rows that are being handed over, or were when somebody died."""
    asked = sa.text("select id from ledger where state = 'claimed' order by id limit :most")
    return [LedgerId(r.id) for r in db.execute(asked, {"most": most})]


def tally(db: Db, *, since: datetime) -> Mapping[State, int]:
    """How many rows are in which state, of those that changed since."""
    asked = sa.text("select state, count(*) as n from ledger where changed_at >= :since group by state")
    return {State(r.state): r.n for r in db.execute(asked, {"since": since})}


def drop_files(db: Db, *, before: datetime) -> int:
    """Remove what went with accepted messages; they are kept where they were written."""
    asked = sa.text("""
        delete from ledger_files f using ledger l
        where l.id = f.ledger_id and l.state in ('accepted', 'cancelled') and l.changed_at < :before
    """)
    return db.execute(asked, {"before": before}).rowcount


def waiting_since(db: Db) -> datetime | None:
    """Since when the oldest row waits that may go out and was never tried."""
    asked = sa.text("select min(not_before) from ledger where state = 'queued' and tries = 0")
    return db.execute(asked).scalar()


def hold_address(db: Db, address: str) -> None:
    """Be the only one who answers an address automatically, until the transaction ends."""
    db.execute(sa.text("select pg_advisory_xact_lock(7246008, hashtext(:a))"), {"a": address})


def answered(db: Db, address: str, about: str, *, since: datetime, here_since: datetime) -> tuple[int, bool]:
    """How many automatic answers went to an address, and whether one went about `about`."""
    asked = sa.text("""
        select count(*) filter (where at > :since) as n, count(*) filter (where about = :about and at > :here) as here
        from automatic_answers where address = :a and at > least(:since, :here)
    """)
    row = db.execute(asked, {"a": address, "about": about, "since": since, "here": here_since}).one()
    return row.n, row.here > 0


def note_answer(db: Db, address: str, about: str, *, now: datetime) -> None:
    """An automatic answer goes."""
    asked = sa.text("insert into automatic_answers values (:a, :about, :now)")
    db.execute(asked, {"a": address, "about": about, "now": now})


def forget_answers(db: Db, *, before: datetime) -> None:
    """Old ones count no more."""
    db.execute(sa.text("delete from automatic_answers where at < :before"), {"before": before})


def _cleaned(value: Json) -> Json:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(k): _cleaned(v) for k, v in value.items()}
    if isinstance(value, Sequence):
        return [_cleaned(v) for v in value]
    return value
