"""The company's chat settings: read and saved as JSON."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from regulars.desk.chat import store
from regulars.desk.chat.model import ChatSettings, Span
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.store import Db
from regulars.store.live import tell

LONGEST_GREETING = 500
MOST_SPANS = 6
STANDING = "chat"
"""The live topic of hours, presence and rules: whoever listens asks how chat stands."""


def settings(db: Db) -> ChatSettings:
    """As they were saved; at first open at all times."""
    raw = store.settings(db)
    return ChatSettings() if raw is None else from_json(raw)


def save_settings(db: Db, said: ChatSettings, *, by: str, now: datetime) -> None:
    """Counts for every visitor within seconds. Raises Invalid with the field."""
    raw = to_json(said)
    from_json(raw)
    store.save_settings(db, raw, by, now)
    tell(db, STANDING)


def from_json(raw: Mapping[str, Json]) -> ChatSettings:
    """What `to_json` wrote. Raises Invalid with the field."""
    zone, privacy = str(raw.get("zone", "UTC")), str(raw.get("privacy", ""))
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as e:
        raise _wrong("zone", f"there is no time zone {zone[:60]!r}: write one like Europe/Amsterdam") from e
    if privacy and not privacy.startswith(("https://", "http://")):
        raise _wrong("privacy", "an address begins with https://")
    return ChatSettings(
        zone,
        _hours(raw.get("hours")),
        _days(raw.get("closed_days", [])),
        bool(raw.get("switched_off", False)),
        _greeting(raw.get("greeting", {})),
        clean(privacy)[:500],
        bool(raw.get("files", True)),
    )


def to_json(settings: ChatSettings) -> Mapping[str, Json]:
    """As it is kept: times as "09:00", days as "0" (Monday) to "6"."""
    hours: Json = None
    if settings.hours is not None:
        hours = {
            str(day): [[f"{begins:%H:%M}", f"{ends:%H:%M}"] for begins, ends in spans]
            for day, spans in sorted(settings.hours.items())
        }
    return {
        "zone": settings.zone,
        "hours": hours,
        "closed_days": [day.isoformat() for day in sorted(settings.closed_days)],
        "switched_off": settings.switched_off,
        "greeting": dict(settings.greeting),
        "privacy": settings.privacy,
        "files": settings.files,
    }


def _hours(raw: Json) -> Mapping[int, tuple[Span, ...]] | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping) or not set(raw) <= {str(day) for day in range(7)}:
        raise _wrong("hours", "hours are given by day, 0 (Monday) to 6")
    return {int(day): _spans(spans) for day, spans in raw.items() if spans}


def _spans(raw: Json) -> tuple[Span, ...]:
    if not isinstance(raw, list | tuple) or len(raw) > MOST_SPANS:
        raise _wrong("hours", f"a day has at most {MOST_SPANS} spans")
    return tuple(_span(pair) for pair in raw)


def _span(raw: Json) -> Span:
    match raw:
        case [str(begins), str(ends)]:
            try:
                return time.fromisoformat(begins), time.fromisoformat(ends)
            except ValueError as e:
                raise _wrong("hours", f"{begins[:10]}–{ends[:10]} is no span: write times like 09:00") from e
    raise _wrong("hours", "a span is a pair of times like 09:00 and 17:30")


def _days(raw: Json) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(str(day)) for day in raw) if isinstance(raw, list | tuple) else frozenset()
    except ValueError as e:
        raise _wrong("closed_days", f"a day is written like 2026-12-25 ({e})") from e


def _greeting(raw: Json) -> Mapping[str, str]:
    said = raw if isinstance(raw, Mapping) else {}
    kept = {language: clean(str(text).strip()) for language, text in said.items() if str(text).strip()}
    if any(len(text) > LONGEST_GREETING for text in kept.values()):
        raise _wrong("greeting", f"a greeting has at most {LONGEST_GREETING} characters")
    return kept


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, fields={field: words})
