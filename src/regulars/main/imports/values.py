"""Values of a row as events need them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from regulars.catalog.feeds import money
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.people.model import Verb

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LEEWAY = timedelta(days=1)  # clocks and time zones of others
LONGEST_TEXT = 1_000


def word(said: Json, field: str) -> str:
    """A text or number as text. Raises Invalid."""
    if said is None:
        return ""
    if isinstance(said, str):
        if len(said) > LONGEST_TEXT:
            raise Invalid(f"{field} is longer than {LONGEST_TEXT:,} characters")
        return said.strip()
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise Invalid(f"{field} should be a text")
    return str(int(said)) if isinstance(said, float) and said.is_integer() else str(said)


def person_id(said: Json, field: str) -> str:
    """An id of a person; spreadsheets write 17850 as 17850.0. Raises Invalid."""
    found = word(said, field)
    if found.endswith(".0") and found[:-2].isdigit():
        found = found[:-2]
    if len(found) > 512 or "\x00" in found:
        raise Invalid(f"{field} has more than 512 characters or a NUL")
    return found


def price(said: Json) -> tuple[Decimal | None, str]:
    """An amount that is not negative, and its currency. Raises Invalid."""
    amount, currency = money(said)
    if amount is not None and amount < 0:
        raise Invalid("price is negative")
    return amount, currency


def quantity(said: Json) -> float | int | None:
    """How many; None when nothing is said. Raises Invalid."""
    text = word(said, "quantity")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError as e:
        raise Invalid("quantity is not a number") from e
    if number != number or abs(number) > 1e9:  # noqa: PLR0124  NaN
        raise Invalid("quantity is not a sensible number")
    return int(number) if number.is_integer() else number


def verb(said: Json) -> Verb | None:
    """A verb by its name. Raises Invalid with the names there are."""
    text = word(said, "verb").upper()
    if not text:
        return None
    try:
        return Verb[text]
    except KeyError as e:
        raise Invalid(f"verb should be one of {', '.join(v.name.lower() for v in Verb)}") from e


def clock(zone: tzinfo, time_format: str, now: datetime) -> Callable[[Json], datetime]:
    """A reader of times: ISO 8601, `time_format`, or seconds or milliseconds since 1970; naive ones are of `zone`."""
    latest = now + LEEWAY

    def read(said: Json) -> datetime:
        if said is None or said == "":
            raise Invalid("time is missing")
        try:
            at = _parsed(said, time_format)
            at = (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
        except (ValueError, OverflowError, OSError) as e:
            raise Invalid("time is not one we can read") from e
        if at > latest:
            raise Invalid("time lies in the future")
        if at < EARLIEST:
            raise Invalid("time lies before 1970")
        return at

    return read


def _parsed(said: Json, time_format: str) -> datetime:
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        raise ValueError
    text = str(said).strip()
    if time_format:
        return datetime.strptime(text, time_format)  # noqa: DTZ007  the zone is given by the caller
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        number = float(text)
        return datetime.fromtimestamp(number / 1000 if abs(number) > 1e11 else number, UTC)
