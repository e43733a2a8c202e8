"""Taking mail in by SMTP or LMTP, from a mail server that passes it on. Acknowledged when it is kept, not before.

It is no open relay: only what is addressed to one of `domains` is taken.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from regulars.channels.mail import store
from regulars.channels.mail.model import MOST_BYTES, Kept
from regulars.channels.mail.store import NOBODY, Envelope
from regulars.kit.errors import Conflict, Fault, Invalid
from regulars.store import Database

if TYPE_CHECKING:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Session
    from aiosmtpd.smtp import Envelope as SmtpEnvelope

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the listener listens, and which domains' mail it takes (all of them: "*")."""

    lmtp: bool
    host: str
    port: int
    domains: frozenset[str]

    @classmethod
    def of(cls, url: str) -> "Listening":
        """What `lmtp://127.0.0.1:2424?domains=shop.example,other.example` says. Raises Invalid."""
        parts = urlsplit(url)
        domains = frozenset(
            d.strip().lower() for d in ",".join(parse_qs(parts.query).get("domains", [])).split(",") if d
        )
        if parts.scheme not in {"smtp", "lmtp"} or not parts.hostname or not parts.port or not domains:
            raise Invalid("write where to take mail in as lmtp://127.0.0.1:2424?domains=shop.example (or smtp://…)")
        return cls(parts.scheme == "lmtp", parts.hostname, parts.port, domains)

    def takes(self, address: str) -> bool:
        """Whether mail for `address` is ours."""
        return "*" in self.domains or address.rpartition("@")[2].lower() in self.domains


class Listener:
    """Listens, in a thread of its own."""

    def __init__(self, database: Database, where: Listening, *, kept: Kept, clock: Callable[[], datetime]) -> None:
        self._door = _Door(database, where, kept, clock)
        self._where = where
        self._controller: Controller | None = None

    def start(self) -> None:
        """Begin to listen. Raises Conflict when the port is taken."""
        from aiosmtpd.controller import Controller  # noqa: PLC0415  only who listens
        from aiosmtpd.lmtp import LMTP  # noqa: PLC0415
        from aiosmtpd.smtp import SMTP  # noqa: PLC0415

        class LongSmtp(SMTP):
            line_length_limit = MOST_BYTES  # its own, 1,001, would refuse HTML on one line for good

        class LongLmtp(LMTP):
            line_length_limit = MOST_BYTES

        door, kind = self._door, LongLmtp if self._where.lmtp else LongSmtp

        class Ours(Controller):
            def factory(self) -> SMTP:
                return kind(
                    door, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, ident="Regulars", loop=self.loop,
                    decode_data=False,
                )  # fmt: skip

        self._controller = Ours(door, hostname=self._where.host, port=self._where.port, ready_timeout=10)
        try:
            self._controller.start()
        except OSError as e:
            raise Conflict(f"cannot take mail in at {self._where.host}:{self._where.port}: {e.strerror}") from e

    def stop(self) -> None:
        """Stop listening."""
        if self._controller is not None:
            self._controller.stop()


class _Door:
    """aiosmtpd's handler: names and signatures are its own."""

    def __init__(self, database: Database, where: Listening, kept: Kept, clock: Callable[[], datetime]) -> None:
        self._database, self._where, self._kept, self._clock = database, where, kept, clock

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: "SMTP", _session: "Session", envelope: "SmtpEnvelope", address: str, options: list[str]
    ) -> str:
        if not self._where.takes(address):
            return "550 5.7.1 mail for this address is not taken here"
        if self._where.lmtp and envelope.rcpt_tos:  # LMTP owes an answer for each: one at a time (RFC 2033)
            return "452 4.5.3 one recipient at a time"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: "SMTP", _session: "Session", envelope: "SmtpEnvelope") -> str:  # noqa: N802
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode()
        how = Envelope(sender=envelope.mail_from or NOBODY, recipients=tuple(envelope.rcpt_tos))
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._keep, raw, how)
        except Fault as e:
            _log.warning("a mail could not be kept: %s", e.detail)
            return "451 4.3.0 it cannot be kept right now: try again"
        return "250 2.0.0 kept"

    def _keep(self, raw: bytes, how: Envelope) -> None:
        with self._database.begin() as db:
            if store.keep(db, [raw], how, now=self._clock()):
                self._kept(db)
