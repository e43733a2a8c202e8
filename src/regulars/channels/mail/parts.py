"""Walking through a mail's parts: which is the text, which the HTML, what hangs on it. Bounded in number and depth."""

import re
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.utils import decode_rfc2231

from regulars.channels.mail.charsets import html_charset, text_of
from regulars.channels.mail.headers import Headers, decoded
from regulars.channels.mail.model import File

MOST_PARTS = 500
DEEPEST = 40
MOST_TEXT = 2_000_000
"""Characters of text shown; a longer text is cut there and hangs on the mail as a file, whole."""

_CALENDARS = {"text/calendar", "application/ics"}
_PARAMETER = re.compile(r""";\s*([\w*.-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s][^;]*)""")
_EXTENSIONS = {
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/vcard": ".vcf", "message/rfc822": ".eml",
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf",
}  # fmt: skip


@dataclass
class Found:
    """What a walk found."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    calendars: list[bytes] = field(default_factory=list)
    tnefs: list[bytes] = field(default_factory=list)
    status: list[Message] = field(default_factory=list)
    returned: list[Message] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def walk(message: Message) -> Found:
    """Everything in `message`, in its order."""
    found = Found()
    for count, (part, alternative) in enumerate(_leaves(message, 0)):
        if count >= MOST_PARTS:
            found.faults.append(f"more than {MOST_PARTS} parts: the rest is in the raw mail only")
            break
        _take(part, found, alternative=alternative)
    return found


def _leaves(part: Message, depth: int, *, alternative: bool = False) -> Iterator[tuple[Message, bool]]:
    kind = part.get_content_type()
    inside = part.get_payload()
    if not isinstance(inside, list) or kind.startswith("message/") or depth >= DEEPEST:
        yield part, alternative
        return
    for one in inside:
        if isinstance(one, Message):
            yield from _leaves(one, depth + 1, alternative=alternative or kind == "multipart/alternative")


def _take(part: Message, found: Found, *, alternative: bool) -> None:
    kind, headers = part.get_content_type(), Headers(part)
    disposition = headers.raw("content-disposition").lower()
    name = file_name(headers)
    if kind == "message/delivery-status":
        inside = part.get_payload()
        found.status += [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []
        return
    if kind in {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"}:
        _take_mail(part, name, found)
        return
    content = bytes_of(part)
    if kind in {"application/ms-tnef", "application/vnd.ms-tnef"} or name.lower() == "winmail.dat":
        found.tnefs.append(content)
        return
    if kind.startswith("multipart/") and isinstance(part.get_payload(), str):
        kind = "text/plain"  # it says it has parts and does not say where they end
    attached = disposition.startswith("attachment") or (bool(name) and kind not in {"text/plain", "text/html"})
    if not attached and kind == "text/html":
        found.htmls.append(_text(part, content, found, html=True))
    elif not attached and kind == "text/plain" and not (name and found.texts):
        found.texts.append(_text(part, content, found))
    else:
        _take_file(part, File(name, kind, content), found, alternative=alternative)


def _take_file(part: Message, file: File, found: Found, *, alternative: bool) -> None:
    if file.type in _CALENDARS or file.name.lower().endswith(".ics"):
        found.calendars.append(file.content)
    elif alternative and file.type in {"text/x-amp-html", "text/watch-html", "text/enriched", "text/rtf"}:
        return  # another form of a text that is there already
    if not file.content and not file.name:
        return
    inline_id = Headers(part).raw("content-id").strip().strip("<>") or None
    found.files.append(File(file.name or _a_name(file.type, len(found.files)), file.type, file.content, inline_id))


def _take_mail(part: Message, name: str, found: Found) -> None:
    inside = part.get_payload()
    mail = inside[0] if isinstance(inside, list) and inside and isinstance(inside[0], Message) else None
    content = _as_bytes(mail) if mail is not None else bytes_of(part)
    if mail is not None:
        found.returned.append(mail)
        name = name or _file_name_for(Headers(mail).text("subject"))
    found.files.append(File(name or "mail.eml", "message/rfc822", content))


def _text(part: Message, content: bytes, found: Found, *, html: bool = False) -> str:
    charset = part.get_param("charset")
    named = charset[2] if isinstance(charset, tuple) else charset
    text = text_of(content, str(named) if named else (html_charset(content) if html else None))
    if len(text) > MOST_TEXT:
        found.files.append(File("whole-text.html" if html else "whole-text.txt", part.get_content_type(), content))
        text = text[:MOST_TEXT]
    return text


def bytes_of(part: Message) -> bytes:
    """A part's content with its transfer encoding undone, as far as it can be."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, Error):
        content = None
    if isinstance(content, bytes):
        return content
    inside = part.get_payload()
    return inside.encode("utf-8", "surrogateescape") if isinstance(inside, str) else _as_bytes(part)


def file_name(headers: Headers) -> str:
    """What a part calls itself: by RFC 2231, in encoded words or raw, and never with a path."""
    for field_name, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        name = _parameter(headers.raw(field_name), parameter)
        if name:
            return _safe(decoded(name))
    return ""


def _parameter(value: str, name: str) -> str:
    given = {k.lower(): v.strip().strip('"') for k, v in _PARAMETER.findall(";" + value.partition(";")[2])}
    whole, encoded = "", False
    keys = [f"{name}*"] if f"{name}*" in given else [f"{name}*{n}" for n in range(50)]
    for key in keys:
        part = given.get(key, given.get(f"{key}*"))
        if part is None:
            break
        encoded = encoded or key.endswith("*") or f"{key}*" in given
        whole += part
    if not encoded:
        return whole or str(given.get(name, "")).replace('\\"', '"')
    charset, _, text = decode_rfc2231(whole)
    return text_of(_percent(text or ""), charset)


def _percent(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), raw)


def _safe(name: str) -> str:
    last = re.split(r"[/\\]", name.strip())[-1]
    return re.sub(r'[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]', "_", last).strip(". ")[:200]


def _a_name(kind: str, n: int) -> str:
    return f"file-{n + 1}{_EXTENSIONS.get(kind, '')}"


def _file_name_for(subject: str) -> str:
    return _safe(subject.replace("/", "-").replace("\\", "-"))[:80] + ".eml" if subject.strip() else ""


def _as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError, KeyError):  # what the library cannot write back
        return message.as_string().encode("utf-8", "replace") if message.keys() else b""
