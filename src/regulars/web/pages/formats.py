"""Dates, numbers and money as people read them, in their language."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

from regulars.kit.clock import utc_now
from regulars.kit.i18n import speaker


def ago(at: datetime, language: str, *, now: datetime | None = None) -> str:
    """ "3 minutes ago", "in 2 days", in `language`."""
    delta = at - (now or utc_now())
    if abs(delta.total_seconds()) < 10:
        return speaker(language).gettext("just now")
    return str(format_timedelta(delta, add_direction=True, locale=language))


def brief(at: datetime, language: str, *, now: datetime | None = None) -> str:
    """How far away in the fewest letters: "3m", "2h", "4d"; further away the day."""
    seconds = abs(int((at - (now or utc_now())).total_seconds()))
    for size, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            if letter == "d" and seconds > 7 * size:
                return str(format_date(at, "d MMM", locale=language))
            return f"{seconds // size}{letter}"
    return speaker(language).gettext("now")


def exact(at: datetime, language: str) -> str:
    """The instant to the minute, UTC."""
    return str(format_datetime(at.astimezone(UTC), "medium", locale=language)) + " UTC"


def money(amount: Decimal | float | None, currency: str, language: str) -> str:
    """A price; empty when there is none."""
    if amount is None:
        return ""
    if not currency:
        return str(format_decimal(amount, "#,##0.00", locale=language))
    return str(format_currency(amount, currency, locale=language))


def number(value: float, language: str) -> str:
    """A count or a figure with at most three decimals."""
    return str(format_decimal(value, "#,##0.###", locale=language))


def percent(value: float, language: str) -> str:
    """0.83 → "83 %" the way the language writes it."""
    return str(format_percent(round(value, 2), locale=language))


def sure(confidence: float, language: str) -> str:
    """A probability in words: a guess calls itself a guess."""
    _ = speaker(language).gettext
    if confidence >= 0.9:
        return _("almost certain")
    if confidence >= 0.75:
        return _("quite sure")
    if confidence >= 0.5:
        return _("likely")
    return _("a hunch")


def filters(language: str) -> Mapping[str, Callable[..., str]]:
    """The filters of templates in `language`."""
    return {
        "ago": lambda at: ago(at, language),
        "brief": lambda at: brief(at, language),
        "exact": lambda at: exact(at, language),
        "money": lambda amount, currency: money(amount, currency, language),
        "number": lambda value: number(value, language),
        "percent": lambda value: percent(value, language),
        "sure": lambda confidence: sure(confidence, language),
    }
