"""A letter to bytes: text and HTML of the same Markdown, files, and header fields into which nothing can be smuggled.

Written by hand and not by the standard library, whose folding breaks long Message-IDs. The same letter is the same
bytes at every try, but for the date.
"""

import hashlib
import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import msgspec

from regulars.channels.mail.model import Address, File, Letter, Payload
from regulars.channels.mail.tokens import reply_token
from regulars.kit.errors import Invalid
from regulars.kit.text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MOST_REFERENCES = 20
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_TYPE = re.compile(r"^[a-z]+/[\w.+-]+$", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"^<[^<>\s]{1,900}>$")
_OWN_FIELDS = re.compile(r"^(?:List-[A-Za-z-]+|X-[A-Za-z-]+|Precedence|Feedback-ID)$")
_STYLE = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:15px;line-height:1.5"


def compose(letter: Letter, *, message_id: str, secret: str, now: datetime, plus: bool = True) -> bytes:
    """The mail as it goes over the wire, CRLF line ends, ASCII only.

    secret  signs the reply token
    plus    whether replies may come to address+token@…; without, the token is in the Message-ID only
    """
    alternatives = _parts(
        "alternative", message_id,
        [_text(letter.markdown + _quote(letter), "plain"), _text(html_of(letter), "html")],
    )  # fmt: skip
    shown = [f for f in letter.files if f.inline_id]
    body = _parts("related", message_id, [alternatives, *map(_file, shown)]) if shown else alternatives
    others = [f for f in letter.files if not f.inline_id]
    whole = _parts("mixed", message_id, [body, *map(_file, others)]) if others else body
    head = [f"{name}: {value}" for name, value in _fields(letter, message_id, now, reply_address(letter, secret, plus))]
    return "\r\n".join([*head, "MIME-Version: 1.0", whole]).encode("ascii")


def message_id_of(number: int, letter: Letter, *, secret: str) -> str:
    """The Message-ID of row `number` of the ledger: the same at every try, with the reply token in it."""
    token = reply_token(secret, letter.conversation or f"-{number}")
    return f"<{number}.{token}@{_domain(letter.from_.address)}>"


def reply_address(letter: Letter, secret: str, plus: bool) -> str:
    """Where answers and bounces go."""
    address = letter.from_.address
    if not plus or letter.conversation is None:
        return address
    local, _, domain = address.rpartition("@")
    return f"{local}+{reply_token(secret, letter.conversation)}@{domain}"


def payload_of(letter: Letter) -> Payload:
    """What the ledger keeps of a letter; its files go beside it."""
    kept = msgspec.to_builtins(letter)
    return {name: value for name, value in kept.items() if name not in {"files", "to"} and value not in (None, "", [])}


def letter_of(payload: Payload, to: Address, files: Sequence[File], *, sender: Address) -> Letter:
    """The letter that was kept. `sender`: whom it is from when it does not say. Raises Invalid."""
    kept = {"from_": {"address": sender.address, "name": sender.name}, "subject": "", "markdown": "", **payload}
    try:
        letter = msgspec.convert({**kept, "to": {"address": to.address, "name": to.name}}, Letter)
    except msgspec.ValidationError as e:
        raise Invalid(f"this is no letter: {e}") from e
    return replace(letter, files=tuple(files))


def html_of(letter: Letter) -> str:
    """The letter's HTML: its Markdown, raw HTML in it shown and not obeyed, and the quoted rest."""
    body = _markdown().render(clean(letter.markdown))
    quoted = f'<blockquote type="cite">{_markdown().render(clean(letter.quoted))}</blockquote>' if letter.quoted else ""
    language = f' lang="{escape(letter.language)}"' if letter.language else ""
    return (
        f'<!doctype html>\n<html{language}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>\n'
        f'<body style="{_STYLE}">\n{body}{quoted}</body></html>\n'
    )


@lru_cache(maxsize=1)
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415  only who writes mail needs it

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


def _fields(letter: Letter, message_id: str, now: datetime, reply_to: str) -> list[tuple[str, str]]:
    fields = [
        ("From", _mailbox(letter.from_)),
        ("To", _mailbox(letter.to)),
        ("Subject", _words(letter.subject, "Subject")),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id),
    ]
    if reply_to != letter.from_.address:
        fields.append(("Reply-To", _mailbox(Address(reply_to, letter.from_.name))))
    if letter.in_reply_to and _MESSAGE_ID.match(letter.in_reply_to):
        fields.append(("In-Reply-To", letter.in_reply_to))
    chain = [r for r in dict.fromkeys([*letter.references, letter.in_reply_to or ""]) if _MESSAGE_ID.match(r)]
    if chain:
        kept = chain if len(chain) <= MOST_REFERENCES else [chain[0], *chain[1 - MOST_REFERENCES :]]
        fields.append(("References", "\r\n ".join(kept)))
    if letter.automatic:
        fields += [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")]
    if letter.language:
        fields.append(("Content-Language", re.sub(r"[^A-Za-z0-9-]", "", letter.language)[:20]))
    return fields + _more(letter.headers)


def _more(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    unknown = [name for name in headers if not _OWN_FIELDS.match(name)]
    if unknown:
        raise Invalid(f"a letter may not set the header field {unknown[0]!r}")
    return [(name, _words(value, name)) for name, value in headers.items()]


def _mailbox(address: Address) -> str:
    plain = _LINE_BREAKS.sub("", address.address).strip()
    if "@" not in plain or re.search(r'[<>,;"\s]', plain):
        raise Invalid(f"{address.address!r} is no mail address")
    local, _, domain = plain.rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError as e:
            raise Invalid(f"{address.address!r} is no mail address: its domain cannot be") from e
    if not local.isascii():
        raise Invalid(f"{address.address!r}: letters outside ASCII before the @ cannot be mailed to")
    name = _LINE_BREAKS.sub(" ", address.name).strip()[:200]
    if not name:
        return f"{local}@{domain}"
    shown = _words(name, "To") if not name.isascii() else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{shown}\r\n <{local}@{domain}>"


def _words(text: str, name: str) -> str:
    """`text` as a field's value: on one line for who reads it, folded for the wire."""
    line = _LINE_BREAKS.sub(" ", clean(text)).strip()[:2000]
    if line.isascii() and "=?" not in line:
        return Header(line, "us-ascii", header_name=name, maxlinelen=76).encode(linesep="\r\n") if line else ""
    return Header(line, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _quote(letter: Letter) -> str:
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in letter.quoted.splitlines()) if letter.quoted else ""


def _parts(kind: str, message_id: str, parts: Sequence[str]) -> str:
    boundary = "=_" + hashlib.sha256(f"{kind} {message_id}".encode()).hexdigest()[:24]  # "=_" is in no encoded text
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n{inside}--{boundary}--\r\n'


def _text(text: str, kind: str) -> str:
    lines = clean(text).replace("\r\n", "\n").replace("\r", "\n").strip("\n").encode() + b"\n"
    encoded = b2a_qp(lines.replace(b"\n", b"\r\n"), istext=True).decode("ascii")
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + re.sub(
        r"(?<!\r)\n", "\r\n", encoded
    )


def _file(file: File) -> str:
    kind = (
        file.type if _TYPE.match(file.type) and not file.type.startswith("multipart/") else "application/octet-stream"
    )
    if kind.startswith("message/"):
        kind = "application/octet-stream"  # these may not stand in base64
    name = _LINE_BREAKS.sub("_", clean(file.name))[:200] or "file"
    percent = "".join(c if c.isascii() and c.isalnum() else "".join(f"%{b:02X}" for b in c.encode()) for c in name)
    simple = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    fields = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"]
    if file.inline_id:
        fields.append(f"Content-ID: <{re.sub(r'[^A-Za-z0-9@._-]', '_', file.inline_id)}>")
    how = "inline" if file.inline_id else "attachment"
    fields.append(f"Content-Disposition: {how};\r\n filename=\"{simple}\";\r\n filename*=utf-8''{percent}")
    packed = encodebytes(file.content).decode("ascii").replace("\n", "\r\n")
    return "\r\n".join(fields) + "\r\n\r\n" + packed


def _domain(address: str) -> str:
    domain = _LINE_BREAKS.sub("", address).rpartition("@")[2].strip() or "localhost"
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")
