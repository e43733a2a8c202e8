"""The one door out: send, undo while it waits, repeat by hand, ask what became of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from regulars.kit.errors import Conflict, NotFound
from regulars.messages import store
from regulars.messages.model import LedgerId, Outgoing, Sent, State
from regulars.store import Db, jobs

DELIVER = "messages.deliver"
"""The job that hands a row over."""


AT_ONCE = frozenset({"chat"})
"""Channels where the conversation's own row is the delivery: accepted with the caller's transaction."""


def send(db: Db, out: Outgoing, *, now: datetime) -> LedgerId:
    """Write a row for `out` and queue its delivery, both with the caller's transaction.

    The same key again is the same row: nothing is sent a second time.
    """
    at_once = out.channel in AT_ONCE
    ledger = store.add(db, out, state=State.ACCEPTED if at_once else State.QUEUED, now=now)
    if ledger is None:
        found = store.of_key(db, out.key)
        if found is None:  # removed between the two statements: a person was erased
            raise Conflict("this message was erased a moment ago: it is not sent")
        return found
    if not at_once:
        store.add_files(db, ledger, out.files)
        queue(db, ledger, at=out.not_before)
    return ledger


def cancel(db: Db, ledger: LedgerId, *, now: datetime) -> bool:
    """Keep a row from going out; False when it is too late."""
    return store.change(db, ledger, came_from=[State.QUEUED], to=State.CANCELLED, now=now)


def again(db: Db, ledger: LedgerId, *, by: str, now: datetime) -> None:
    """Send a row once more, because a person said so. Raises NotFound; Conflict unless it failed or is unknown."""
    if store.change(
        db, ledger, came_from=[State.FAILED, State.UNKNOWN], to=State.QUEUED, now=now, by=by, not_before=now
    ):
        queue(db, ledger)
        return
    sent = states(db, [ledger]).get(ledger)
    if sent is None:
        raise NotFound(f"there is no message {ledger} in the ledger")
    raise Conflict(f"message {ledger} is {sent.state}: only one that failed or is unknown can be sent again")


def states(db: Db, ledgers: Iterable[LedgerId]) -> Mapping[LedgerId, Sent]:
    """What became of some rows; unknown ids are left out."""
    return store.states(db, ledgers)


def known(db: Db, message_ids: Iterable[str]) -> Mapping[str, LedgerId]:
    """Which of some Message-IDs are ours."""
    return store.of_message_ids(db, message_ids)


def tally(db: Db, *, since: datetime) -> Mapping[State, int]:
    """How many rows that changed since are in which state."""
    return store.tally(db, since=since)


def waiting_since(db: Db) -> datetime | None:
    """Since when the oldest message waits that could go out and was never tried; None when none does."""
    return store.waiting_since(db)


def bounced(db: Db, message_id: str, why: str, *, now: datetime) -> LedgerId | None:
    """Mark what went out under `message_id` as failed: it came back. None when it is none of ours, or failed before."""
    ledger = store.of_message_ids(db, [message_id]).get(message_id)
    if ledger is None:
        return None
    known = [State.ACCEPTED, State.UNKNOWN, State.CLAIMED]
    return ledger if store.change(db, ledger, came_from=known, to=State.FAILED, now=now, error=why) else None


def queue(db: Db, ledger: LedgerId, *, at: datetime | None = None) -> None:
    """Queue the delivery of a row."""
    jobs.later(db, DELIVER, {"ledger": ledger}, at=at)
