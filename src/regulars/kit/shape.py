"""From what JSON says to values with types, with faults named by their path."""

import re
from typing import TypeVar

import msgspec

from regulars.kit.errors import Invalid
from regulars.kit.json import Json

T = TypeVar("T")


def shaped(raw: Json | bytes, kind: type[T], *, path: str = "") -> T:
    """`raw` (parsed, or JSON text) as a `kind` (dataclass or msgspec struct).

    path   where `raw` stands in what the caller was given
    Raises Invalid with that path and the words of what was expected.
    """
    try:
        if isinstance(raw, bytes):
            return msgspec.json.decode(raw, type=kind)
        return msgspec.convert(raw, kind)
    except msgspec.DecodeError as e:
        raise _fault(str(e), path) from e


def _fault(message: str, path: str) -> Invalid:
    words, _, where = message.partition(" - at `")
    inside = re.sub(r"^(key in )?\$\.?", "", where.rstrip("`"))
    full = f"{path}.{inside}" if path and inside and not inside.startswith("[") else path + inside
    words = words[0].lower() + words[1:]
    return Invalid(f"{full}: {words}" if full else words, fields={full or "body": words})
