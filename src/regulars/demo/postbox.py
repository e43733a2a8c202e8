"""The demo's mail server: takes by SMTP whatever Regulars sends, keeps it in a Maildir, and posts replies back.

Real mail over real SMTP, on the loopback only: nothing leaves the machine. The company's guests all have their mailbox
here, so that a mail can be read, and answered, by whoever tries the demo.
"""

import mailbox
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from regulars.kit.errors import NotFound, Unavailable

FOLDER = "mail"
MOST = 200
LARGEST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail that arrived. `key` names it in the Maildir; `to` is whoever it was handed over for."""

    key: str
    at: datetime
    to: str
    mail: EmailMessage

    @property
    def subject(self) -> str:
        """Its subject, or ''."""
        return str(self.mail["subject"] or "")

    @property
    def sender(self) -> str:
        """From whom, as the mail says."""
        return str(self.mail["from"] or "")

    @property
    def text(self) -> str:
        """What it says, as plain text; '' when it is only HTML."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """What it says, as HTML; not cleaned. '' when it is only text."""
        return self._body("html")

    @property
    def files(self) -> Sequence[str]:
        """The names of what is attached."""
        return [part.get_filename() or "?" for part in self.mail.iter_attachments()]

    def _body(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        if part is None:
            return ""
        try:
            return str(part.get_content())
        except (LookupError, ValueError):  # a charset nobody knows
            return ""


class Postbox:
    """The guests' mailboxes, in one folder that several processes may read."""

    def __init__(self, var: Path) -> None:
        self._box = mailbox.Maildir(var / FOLDER, create=True)

    def keep(self, recipients: Sequence[str], content: bytes) -> None:
        """Keep one mail, once for each recipient. On disk when this returns."""
        for to in recipients:
            self._box.add(b"Delivered-To: " + to.encode("ascii", "replace") + b"\r\n" + content)

    def letters(self, to: str = "", most: int = MOST) -> Sequence[Letter]:
        """The newest mails first, of everybody or of one address."""
        keys = sorted(self._box.keys(), reverse=True)
        found = (self.letter(key) for key in keys)
        return [one for one, _ in zip((f for f in found if to in ("", f.to)), range(most), strict=False)]

    def letter(self, key: str) -> Letter:
        """The mail called `key`. Raises NotFound."""
        try:
            kept = self._box.get_message(key)
            mail = message_from_bytes(self._box.get_bytes(key), policy=policy.default)
        except KeyError as e:
            raise NotFound("there is no such mail in the demo's mailboxes") from e
        at = datetime.fromtimestamp(kept.get_date(), UTC)
        return Letter(key, at, str(mail["delivered-to"] or ""), mail)


def reply(letter: Letter, text: str, *, now: datetime) -> EmailMessage:
    """The recipient's answer to `letter`, as their mail program would write it: quoting, and saying what it answers."""
    answer = EmailMessage()
    answer["From"] = letter.to
    answer["To"] = str(letter.mail["reply-to"] or letter.mail["from"])
    subject = letter.subject
    answer["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    answer["Date"] = format_datetime(now)
    answer["Message-ID"] = make_msgid(domain="example.com")
    if asked := letter.mail["message-id"]:
        answer["In-Reply-To"] = asked
        answer["References"] = " ".join(filter(None, [str(letter.mail["references"] or ""), str(asked)]))
    quoted = "\n".join(f"> {line}" for line in letter.text.rstrip().splitlines())
    answer.set_content(f"{text}\n\n{format_datetime(letter.at)}, {letter.sender}:\n{quoted}\n")
    return answer


def post(mail: EmailMessage, host: str, port: int) -> None:
    """Hand `mail` to Regulars, as any mail server would. Raises Unavailable when nobody takes it."""
    to = parseaddr(str(mail["to"]))[1]
    try:
        with smtplib.SMTP(host, port, timeout=10) as server:
            server.send_message(mail, from_addr=parseaddr(str(mail["from"]))[1], to_addrs=[to])
    except (OSError, smtplib.SMTPException) as e:
        raise Unavailable(f"Regulars did not take the mail ({e}): is `regulars demo` still running?") from e


class _Sink:
    def __init__(self, box: Postbox) -> None:
        self._box = box

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        self._box.keep([str(to) for to in envelope.rcpt_tos], envelope.original_content or b"")
        return "250 Kept"


def serve_postbox(box: Postbox, host: str, port: int) -> Controller:
    """Take mail on `host`:`port` in a thread until its `stop` is called."""
    server = Controller(_Sink(box), hostname=host, port=port, data_size_limit=LARGEST_BYTES)
    server.start()
    return server
