"""Raw bytes to a `Mail`. Any bytes: what cannot be read is said in `fault`, and never raised."""

import logging
import re
from email import policy
from email.message import Message
from email.parser import BytesParser

from regulars.channels.mail.automatic import automatic
from regulars.channels.mail.bounces import bounce_of
from regulars.channels.mail.charsets import text_of
from regulars.channels.mail.extras import appointment, card, unpack_tnef
from regulars.channels.mail.headers import Headers, addresses, message_ids, moment
from regulars.channels.mail.model import TRUNCATED, Address, Appointment, Automatic, AutomaticKind, Bounce, File, Mail
from regulars.channels.mail.parts import Found, walk
from regulars.channels.mail.plain import plain
from regulars.channels.mail.quotes import Folded, fold
from regulars.channels.mail.tokens import candidates

_PARSER = BytesParser(policy=policy.compat32)
_WHERE = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "resent-to")
_CID = re.compile(r"cid:([^\"'\s>)]+)", re.IGNORECASE)
_CARDS = {"text/vcard", "text/x-vcard", "text/directory"}
MOST_SUBJECT = 500
UNREADABLE = "this mail could not be read; it hangs here as it came"
_log = logging.getLogger(__name__)


def parse(raw: bytes, *, recipients: tuple[str, ...] = (), sender: str = "") -> Mail:
    """Read a mail.

    recipients  of the envelope, where known: they may hold the reply token when no header does
    sender      of the envelope, where known: "<>" is a machine
    """
    try:
        return _read(raw, recipients, sender)
    except Exception as e:  # any bytes can come; a fault of ours must not lose a customer's words
        _log.exception("a mail of %s bytes could not be read", len(raw))
        return unreadable(raw, f"{type(e).__name__}: {e}"[:300])


def unreadable(raw: bytes, why: str) -> Mail:
    """A mail of which only the raw bytes are known, with what its first lines give away."""
    head = text_of(raw[:20_000], None)
    sender = addresses(re.findall(r"^from:(.{1,300})$", head, re.IGNORECASE | re.MULTILINE)[:1])
    return Mail(
        None, None, (), sender[0] if sender else Address(""), (), (), (), "", None, UNREADABLE,
        attachments=(File("mail.eml", "message/rfc822", raw),), fault=why,
    )  # fmt: skip


def _read(raw: bytes, recipients: tuple[str, ...], sender: str) -> Mail:
    message = _PARSER.parsebytes(raw.replace(b"\0", b"") if b"\0" in raw else raw)
    headers = Headers(message)
    if not any(name in headers for name in ("from", "subject", "date", "message-id", "to", "received", "content-type")):
        return unreadable(raw, "it has no header fields")
    found = walk(message)
    html, calendar = _open_extras(found)
    body = found.texts if "".join(found.texts).strip() else [plain(h) for h in found.htmls]
    folded = fold("\n\n".join(t.strip("\r\n") for t in body if t.strip()))
    inline, attachments = _sorted_files(found, html)
    froms = addresses(headers.all("from")) or addresses(headers.all("sender")) or addresses(headers.all("return-path"))
    subject = headers.text("subject")[:MOST_SUBJECT]
    machine = _automatic(headers, froms, message, sender)
    answered = message_ids(headers.raw("in-reply-to"))
    references = message_ids(headers.raw("references"))
    own = message_ids(headers.raw("message-id"))
    return Mail(
        message_id=own[0] if own else None,
        in_reply_to=answered[0] if answered else (references[-1] if references else None),
        references=references,
        from_=froms[0] if froms else Address(""),
        reply_to=addresses(headers.all("reply-to")), to=addresses(headers.all("to")), cc=addresses(headers.all("cc")),
        subject=subject, date=moment(headers.raw("date")),
        text=folded.text, quoted=folded.quoted, signature=folded.signature, html=html,
        attachments=attachments, inline=inline, calendar=calendar, automatic=machine,
        bounce=_bounce(machine, found, folded),
        language_hint=_language(headers),
        tokens=candidates([*recipients, *_places(headers), *answered, *reversed(references)]),
        fault="; ".join([*_truncated(headers), *found.faults]) or None,
    )  # fmt: skip


def _open_extras(found: Found) -> tuple[str | None, Appointment | None]:
    """Look into winmail.dat, invitations and cards; returns the HTML there is then, and the invitation."""
    for content in found.tnefs:
        try:
            text, html, files = unpack_tnef(content)
        except ValueError as e:
            found.faults.append(str(e))
            found.files.append(File("winmail.dat", "application/ms-tnef", content))
            continue
        found.files += files
        if not found.texts and not found.htmls:
            found.texts += [text] if text else []
            found.htmls += [html] if html else []
    for file in [f for f in found.files if f.type in _CARDS]:
        said = card(file.content)
        if said and not "".join(found.texts + found.htmls).strip():
            found.texts.append(said)
    calendar = next((a for a in map(appointment, found.calendars) if a), None)
    return "\n".join(found.htmls) or None, calendar


def _sorted_files(found: Found, html: str | None) -> tuple[tuple[File, ...], tuple[File, ...]]:
    """Pictures that the HTML shows, and all the rest."""
    shown = {name.lower() for name in _CID.findall(html)} if html else set()
    inline = tuple(f for f in found.files if f.inline_id and f.inline_id.lower() in shown)
    return inline, tuple(f for f in found.files if f not in inline)


def _automatic(headers: Headers, froms: tuple[Address, ...], message: Message, envelope: str) -> Automatic | None:
    sender, subject = froms[0].address if froms else "", headers.text("subject")[:MOST_SUBJECT]
    kind = message.get_content_type()
    return automatic(headers, sender=sender, subject=subject, content_type=kind, envelope=envelope)


def _bounce(machine: Automatic | None, found: Found, folded: Folded) -> Bounce | None:
    if machine is None or (machine.kind is not AutomaticKind.BOUNCE and not found.status):
        return None
    text = "\n".join([folded.text, folded.signature, folded.quoted])
    mails = [f.content for f in found.files if f.type == "message/rfc822"]
    return bounce_of(found.status, found.returned, text, mails)


def _places(headers: Headers) -> list[str]:
    return [value for name in _WHERE for value in headers.all(name)]


def _truncated(headers: Headers) -> list[str]:
    size = headers.raw(TRUNCATED.lower())
    return [f"it is larger than we fetch ({size} bytes): this is its beginning"] if size else []


def _language(headers: Headers) -> str:
    said = headers.raw("content-language") or headers.raw("accept-language")
    found = re.match(r"\s*([a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})?)\b", said)
    return found.group(1) if found else ""
