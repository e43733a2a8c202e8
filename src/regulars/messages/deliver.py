"""Handing rows over to their channels, each at most once.

Claimed, and committed, before the world is reached; settled after. Whoever hands a row over holds its lock, which
PostgreSQL lets go the moment the process dies: a claimed row without a holder is one whose fate nobody knows.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from regulars.messages import store
from regulars.messages.door import queue
from regulars.messages.model import (
    Accepted,
    Carrier,
    Handed,
    LedgerId,
    Parcel,
    Refused,
    SentChanged,
    State,
    Unclear,
)
from regulars.store import Database

PAUSES = tuple(timedelta(minutes=m) for m in (1, 3, 10, 30, 60, 120, 240, 480, 960))
"""After a temporary refusal. With the last try, mail was offered for more than a day."""

KEEP_FILES = timedelta(days=30)
DIED = "the process died while handing it over: it may have arrived"


def deliver(
    database: Database, carriers: Mapping[str, Carrier], ledger: LedgerId, *, clock: Callable[[], datetime]
) -> Sequence[SentChanged]:
    """Hand a queued row over; nothing when it is not queued, not due, or somebody is at it. Returns the news."""
    with database.begin() as holding:
        if not store.hold(holding, ledger):
            return []
        parcel, carrier, news = _claim(database, carriers, ledger, clock())
        if parcel is None or carrier is None:
            return news
        handed = carrier.hand_over(parcel)
        return [*news, _settle(database, parcel, handed, clock())]


def sweep(database: Database, *, now: datetime, most: int = 1000) -> Sequence[SentChanged]:
    """Find rows whose process died while it handed them over: unknown. Queue rows whose job is lost."""
    with database.begin() as db:
        for ledger in store.due(db, now=now, most=most):
            queue(db, ledger)
        dead = [one for one in store.claimed(db, most=most) if store.hold(db, one)]
        moved = [
            one for one in dead
            if store.change(db, one, came_from=[State.CLAIMED], to=State.UNKNOWN, now=now, error=DIED)
        ]  # fmt: skip
        store.drop_files(db, before=now - KEEP_FILES)
        store.forget_answers(db, before=now - KEEP_FILES)
    return [SentChanged(one, State.UNKNOWN) for one in moved]


def _claim(
    database: Database, carriers: Mapping[str, Carrier], ledger: LedgerId, now: datetime
) -> tuple[Parcel | None, Carrier | None, list[SentChanged]]:
    with database.begin() as db:
        if store.change(db, ledger, came_from=[State.CLAIMED], to=State.UNKNOWN, now=now, error=DIED):
            return None, None, [SentChanged(ledger, State.UNKNOWN)]  # we hold it, so whoever claimed it is dead
        if not store.change(db, ledger, came_from=[State.QUEUED], to=State.CLAIMED, now=now):
            return None, None, []
        found = store.parcel(db, ledger)
        if found is None:
            return None, None, []
        channel, parcel = found
        carrier = carriers.get(channel)
        if carrier is None:
            words = f"there is no channel {channel!r} here: see docs/email.md for how to set up mail"
            store.change(db, ledger, came_from=[State.CLAIMED], to=State.FAILED, now=now, error=words)
            return None, None, [SentChanged(ledger, State.FAILED)]
        store.set_message_id(db, ledger, carrier.name(parcel))
        return parcel, carrier, [SentChanged(ledger, State.CLAIMED)]


def _settle(database: Database, parcel: Parcel, handed: Handed, now: datetime) -> SentChanged:
    state, error, again_at = verdict(handed, parcel.tries, now)
    with database.begin() as db:
        claimed = [State.CLAIMED]
        store.change(db, parcel.ledger, came_from=claimed, to=state, now=now, error=error, not_before=again_at)
        if again_at is not None:
            queue(db, parcel.ledger, at=again_at)
    return SentChanged(parcel.ledger, state)


def verdict(handed: Handed, tries: int, now: datetime) -> tuple[State, str | None, datetime | None]:
    """What a channel's answer means for a row after `tries` tries: its state, why, and when to try again."""
    match handed:
        case Accepted():
            return State.ACCEPTED, None, None
        case Unclear(words):
            return State.UNKNOWN, words, None
        case Refused(words, permanent=False) if tries <= len(PAUSES):
            return State.QUEUED, words, now + PAUSES[tries - 1]
        case Refused(words):
            return State.FAILED, words, None
