"""Opening hours: local times in the company's zone, asked with UTC instants."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from regulars.desk.chat.model import ChatSettings

LOOK_AHEAD_DAYS = 15


def is_open(settings: ChatSettings, now: datetime) -> bool:
    """Whether chat is open at `now` (aware)."""
    if settings.switched_off:
        return False
    if settings.hours is None:
        return now.astimezone(ZoneInfo(settings.zone)).date() not in settings.closed_days
    return any(begins <= now < ends for begins, ends in _spans(settings, now, days=1))


def opens_next(settings: ChatSettings, now: datetime) -> datetime | None:
    """When it opens again after `now`, UTC; None when it is open, switched off, or never opens in two weeks."""
    if settings.switched_off or is_open(settings, now):
        return None
    return min((begins for begins, _ in _spans(settings, now, days=LOOK_AHEAD_DAYS) if begins > now), default=None)


def _spans(settings: ChatSettings, now: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Every open span from yesterday (one may reach past midnight) to `days` ahead, in UTC."""
    zone = ZoneInfo(settings.zone)
    today = now.astimezone(zone).date()
    for offset in range(-1, days + 1):
        day = today + timedelta(days=offset)
        if day in settings.closed_days:
            continue
        always = ((time(), time()),)
        for begins, ends in (settings.hours or {}).get(day.weekday(), ()) if settings.hours is not None else always:
            over = day if ends > begins else day + timedelta(days=1)
            yield (
                datetime.combine(day, begins, zone).astimezone(UTC),
                datetime.combine(over, ends, zone).astimezone(UTC),
            )
