"""An appointment that came with a mail, in words an agent reads at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date

from regulars.kit.i18n import N_, speaker
from regulars.kit.json import Json

OTHER = N_("Appointment")
METHODS = {"REQUEST": N_("Invitation"), "CANCEL": N_("Called off"), "REPLY": N_("Answer to an invitation")}


@dataclass(frozen=True, slots=True)
class Meeting:
    """What it is about. `when`: by the clock it was written for, which it names where the mail does."""

    kind: str
    summary: str
    when: str
    place: str
    organizer: str


def meeting(meta: Mapping[str, Json], language: str) -> Meeting | None:
    """The appointment of a message; None when it has none."""
    told = meta.get("appointment")
    if not isinstance(told, dict):
        return None
    said = {name: str(value or "") for name, value in told.items()}
    kind = speaker(language).gettext(METHODS.get(said.get("method", ""), OTHER))
    when = span(said.get("starts", ""), said.get("ends", ""), language)
    return Meeting(kind, said.get("summary", ""), when, said.get("place", ""), said.get("organizer", ""))


def span(starts: str, ends: str, language: str) -> str:
    """From when to when: ISO dates or instants, of which the end may be missing. Whole days end before their end."""
    begin, end = _read(starts), _read(ends)
    if begin is None:
        return starts
    if not isinstance(begin, datetime):
        last = end - timedelta(days=1) if end and not isinstance(end, datetime) else begin
        return " – ".join(dict.fromkeys(_day(d, language) for d in (begin, max(begin, last))))
    parts = [f"{_day(begin, language)}, {begin:%H:%M}"]
    if isinstance(end, datetime):
        day = "" if end.date() == begin.date() else f"{_day(end, language)}, "
        parts.append(f"{day}{end:%H:%M}")
    zone = begin.tzname()
    return " – ".join(parts) + (f" ({zone})" if zone else "")


def _read(text: str) -> date | datetime | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def _day(day: date, language: str) -> str:
    return str(format_date(day, "EEE d MMM y", locale=language))
