"""What some mails carry beside text: Outlook's winmail.dat, invitations, visiting cards. As far as they read."""

import logging
import re
import warnings

from regulars.channels.mail.charsets import text_of
from regulars.channels.mail.model import Appointment, File

MOST_FILES = 100
_WORTH_OPENING = 5_000_000  # bytes of a calendar or card; a larger one stays a file


def unpack_tnef(content: bytes) -> tuple[str, str, list[File]]:
    """The text, the HTML and the files of a winmail.dat. Raises ValueError when it is none."""
    from tnefparse import TNEF  # noqa: PLC0415  only a few mails need it

    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tnef = TNEF(content)
            html = _any_text(getattr(tnef, "htmlbody", None))
            text = _any_text(getattr(tnef, "body", None))
            files = [_tnef_file(one, n) for n, one in enumerate(tnef.attachments[:MOST_FILES])]
        except Exception as e:  # whatever the library does on bytes it does not expect
            raise ValueError(f"winmail.dat cannot be read: {e}") from e
    return text, html, files


def appointment(content: bytes) -> Appointment | None:
    """What an invitation (RFC 5545) is about; None when it cannot be read."""
    if len(content) > _WORTH_OPENING:
        return None
    from icalendar import Calendar  # noqa: PLC0415  only invitations need it

    try:
        calendar = Calendar.from_ical(text_of(content, "utf-8"))
        event = next(iter(calendar.walk("VEVENT")), None)
        if event is None:
            return None
        method = str(calendar.get("method", "PUBLISH")).upper()[:20]
        place, summary = str(event.get("location", "")), str(event.get("summary", ""))
        organizer = re.sub(r"^mailto:", "", str(event.get("organizer", "")), flags=re.IGNORECASE)
        return Appointment(
            method, summary[:500], _when(event, "dtstart"), _when(event, "dtend"), place[:500], organizer
        )
    except Exception:  # a calendar of the real world: it stays a file
        logging.getLogger(__name__).info("an invitation could not be read: it stays a file")
        return None


def card(content: bytes) -> str:
    """A visiting card (RFC 6350) in a few lines: name, addresses, numbers. Empty when it cannot be read."""
    if len(content) > _WORTH_OPENING:
        return ""
    import vobject  # noqa: PLC0415  only cards need it

    try:
        one = vobject.readOne(text_of(content, "utf-8"))
        lines = [str(one.fn.value)] if hasattr(one, "fn") else []
        for name in ("org", "title", "email", "tel"):
            for found in one.contents.get(name, []):
                value = found.value
                lines.append(" ".join(value) if isinstance(value, list) else str(value))
        return "\n".join(line.strip()[:200] for line in lines if line.strip())[:1000]
    except Exception:  # a card of the real world: it stays a file
        logging.getLogger(__name__).info("a visiting card could not be read: it stays a file")
        return ""


def _when(event: object, name: str) -> str:
    value = getattr(event.get(name), "dt", None)  # type: ignore[attr-defined]  # a mapping of the library's own
    return value.isoformat() if value is not None else ""


def _any_text(value: object) -> str:
    if isinstance(value, bytes):
        return text_of(value.rstrip(b"\0"), None)
    return text_of(str(value).rstrip("\0").encode("utf-8", "replace"), "utf-8") if value else ""


def _tnef_file(one: object, n: int) -> File:
    name = ""
    for attribute in ("long_filename", "name"):
        value = getattr(one, attribute, None)
        value = value() if callable(value) else value
        name = name or _any_text(value)
    data = getattr(one, "data", b"")
    return File(re.split(r"[/\\]", name)[-1][:200] or f"file-{n + 1}", "application/octet-stream", bytes(data or b""))
