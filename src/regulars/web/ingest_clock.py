"""When an event happened, whatever the sender's clock says."""

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # nothing was sent over this protocol before; 1970 is a broken clock
CLEARLY_WRONG = timedelta(hours=24)


def happened_at(said: datetime | None, sent: datetime | None, received: datetime) -> tuple[datetime, bool]:
    """(when it happened, whether what was said was set aside).

    The Segment spec's correction: received − (sent − said), so only the sender's *differences* are believed.
    Nothing happens after it was received; a time more than a day ahead, or absurdly early, is set aside.
    """
    if said is None:
        return received, False
    try:
        at = received - (aware(sent) - aware(said)) if sent else aware(said)
    except OverflowError:
        return received, True
    if at > received:
        return received, at > received + CLEARLY_WRONG
    return (received, True) if at < EARLIEST else (at, False)


def aware(time: datetime) -> datetime:
    """`time` in UTC; one without a zone is taken as UTC."""
    if time.tzinfo is UTC:
        return time
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC)
    return time.astimezone(UTC)
