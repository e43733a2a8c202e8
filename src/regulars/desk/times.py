"""When something was written, as its sender says: clocks say anything, lists and pages need what can be true."""

from datetime import UTC, datetime, timedelta

from regulars.kit.errors import Invalid

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""How far a clock that is nearly right runs ahead."""


def plausible(at: datetime, now: datetime) -> datetime:
    """`at`, or the nearest moment that can be true."""
    return at if EARLIEST <= at <= now else now if at > now else EARLIEST


def said_at(at: datetime | None, now: datetime) -> datetime:
    """What a program says, now when it says nothing. Raises Invalid for what cannot be true."""
    if at is None:
        return now
    if not EARLIEST <= at <= now + AHEAD:
        words = f"between {EARLIEST:%Y-%m-%d} and now"
        raise Invalid(f"at: a time {words}", fields={"at": words})
    return plausible(at, now)
