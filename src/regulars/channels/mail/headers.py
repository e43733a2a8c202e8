"""Header fields: encoded words, addresses, Message-IDs, dates. Tolerant of all that is sent (RFC 5322, RFC 2047)."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from quopri import decodestring

from regulars.channels.mail.charsets import text_of
from regulars.channels.mail.model import Address

MOST_ADDRESSES = 100
MOST_REFERENCES = 60
_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[\w-]*)?\?([bBqQ])\?([^?\r\n]*)\?=")
_FOLDS = re.compile(r"[\r\n]+[ \t]*")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_ADDRESS = re.compile(r"""((?:"(?:[^"\\]|\\.)*"|[^",;<>:])*)(?:<([^<>]*)>)?""")
_COMMENT = re.compile(r"\([^()]*\)")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


class Headers:
    """The header fields of a mail or part: the first, or all, of a name, as text."""

    def __init__(self, message: Message) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._fields.setdefault(name.lower(), []).append(value)

    def raw(self, name: str) -> str:
        """The field as it stands, unfolded and readable, its encoded words untouched; empty when it is missing."""
        values = self._fields.get(name)
        return _unfolded(values[0]) if values else ""

    def text(self, name: str) -> str:
        """The field as a person reads it, on one line."""
        return decoded(self.raw(name))

    def all(self, name: str) -> list[str]:
        """Every field of this name, as it stands."""
        return [_unfolded(v) for v in self._fields.get(name, ())]

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)


def decoded(value: str) -> str:
    """A field with its encoded words read. Characters split between two words are joined, as some mailers need."""
    if "=?" not in value:
        return _one_line(value)
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        same = word.group(1).lower() == charset and not between.strip()
        if not same and pending:
            out.append(text_of(pending, charset))
            pending = b""
        if between.strip() or not end:
            out.append(between)
        pending += _word_bytes(word.group(2), word.group(3))
        charset, end = word.group(1).lower(), word.end()
    out += [text_of(pending, charset), value[end:]]
    return _one_line("".join(out))


def addresses(values: list[str]) -> tuple[Address, ...]:
    """The addresses of some fields; what has no @ is left out, an address twice is one."""
    found: dict[str, Address] = {}
    for value in values:
        for match in _ADDRESS.finditer(value[:20_000]):
            beside, inside = match.group(1), match.group(2)
            plain = _address(_COMMENT.sub("", beside) if inside is None else inside)
            if plain and plain not in found:
                found[plain] = Address(plain, "" if inside is None else _name(beside))
            if len(found) >= MOST_ADDRESSES:
                return tuple(found.values())
    return tuple(found.values())


def message_ids(value: str) -> tuple[str, ...]:
    """The Message-IDs of a field, with their brackets, oldest first; of very many, the first and the last ones."""
    found = tuple(dict.fromkeys(f"<{m}>" for m in _MESSAGE_ID.findall(value[:100_000])))
    return found if len(found) <= MOST_REFERENCES else (found[0], *found[1 - MOST_REFERENCES :])


def moment(value: str) -> datetime | None:
    """The instant of a Date field, UTC; None when it has none that could be."""
    try:
        at = parsedate_to_datetime(value)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if 1980 <= at.year <= 2200 else None


def _address(address: str) -> str:
    address = _CONTROLS.sub("", address).strip().strip("<>'\"")
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or " " in domain or len(address) > 320:
        return ""
    return f"{local}@{domain.lower().rstrip('.')}"


def _name(beside: str) -> str:
    name = decoded(beside.strip()).strip("' ")
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    return re.sub(r"\\(.)", r"\1", name).strip()


def _unfolded(value: str) -> str:
    value = _FOLDS.sub(" ", value).strip() if "\n" in value or "\r" in value else value.strip()
    if value.isascii():
        return value.replace("\x00", "\ufffd")
    return text_of(value.encode("utf-8", "surrogateescape"), None)


def _one_line(value: str) -> str:
    return _CONTROLS.sub(" ", value).strip()


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return decodestring(text.replace("_", " ").encode("utf-8", "replace"), header=False)
    packed = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        return b64decode(packed + "=" * (-len(packed) % 4))
    except Error:
        return b64decode(packed[: len(packed) // 4 * 4])
