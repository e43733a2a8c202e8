"""The moment of a question: what the context says that deciding can use, from our own names and Segment's."""

from collections.abc import Mapping
from typing import cast

from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.web.ingest_read import PURPOSES

MOST = 40
LONGEST = 500

DEEP: Mapping[str, tuple[str, str]] = {
    "city": ("location", "city"),
    "region": ("location", "region"),
    "country": ("location", "country"),
    "device": ("device", "type"),
    "page": ("page", "path"),
}
"""Our name → where Segment's context has it."""


def moment(context: Mapping[str, object], accept_language: str = "") -> dict[str, Json]:
    """What is kept of `context`: plain values under plain names. Whatever is not understood is passed over.

    accept_language  the header of the browser that asks, for when the context says no language
    """
    said: dict[str, Json] = {}
    for name, value in context.items():
        plain = _plain(value)
        if plain is not None and name != "personToken" and len(said) < MOST:
            said[clean(name[:100])] = plain
    for name, (outer, inner) in DEEP.items():
        deeper = context.get(outer)
        if name not in said and isinstance(deeper, Mapping):
            plain = _plain(deeper.get(inner))
            if plain is not None:
                said[name] = plain
    if "language" not in said:
        language = said.get("locale") or accept_language.partition(",")[0].partition(";")[0].strip()
        if isinstance(language, str) and language not in ("", "*"):
            said["language"] = language[:35]
    return said


def refuses(context: Mapping[str, object]) -> bool:
    """Whether the context carries a no to personalisation: Global Privacy Control, or a consent that is not given."""
    consent = context.get("consent")
    said = consent.get("categoryPreferences") if isinstance(consent, Mapping) else None
    given = said if isinstance(said, Mapping) else {}
    return context.get("gpc") is True or any(str(k).lower() in PURPOSES and v is False for k, v in given.items())


def _plain(value: object) -> Json:
    if isinstance(value, str):
        return clean(value[:LONGEST]) or None
    if isinstance(value, bool | int):
        return value if abs(value) < 2**53 else None
    if isinstance(value, float):
        return cast("Json", value)
    return None
