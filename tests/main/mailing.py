"""A mail server of our own for tests: it takes what is sent, and can be told to misbehave."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from regulars.main.mail_settings import MailSettings


class Sink:
    """What arrived, with the envelope it came in. `answers` are given to DATA, one a mail, before "250"."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, tuple[str, ...], bytes]] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}
        self.sessions = 0
        self.delay_seconds = 0.0
        self.port = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "hang up":
            assert server.transport is not None
            server.transport.close()
            return "250 never heard"
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append((envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
            await asyncio.sleep(self.delay_seconds)
        return answer

    @property
    def settings(self) -> MailSettings:
        """How to send here."""
        return MailSettings(smtp_url=f"smtp://127.0.0.1:{self.port}", sender="Shop <help@shop.example>")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def sink() -> Iterator[Sink]:
    """A `Sink` that listens on a port of its own."""
    it = Sink()
    it.port = free_port()
    controller = Controller(it, hostname="127.0.0.1", port=it.port)
    controller.start()
    try:
        yield it
    finally:
        controller.stop()


def raw_mail(
    text: str = "Is my sandwich ready?", *, sender: str = "Vera <vera@example.com>", to: str = "help@shop.example",
    subject: str = "My sandwich", message_id: str | None = "<1@example.com>", **more: str,
) -> bytes:  # fmt: skip
    """A plain mail of a customer. More fields by name: In_Reply_To="<…>"."""
    mail = Message()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    if message_id:
        mail["Message-ID"] = message_id
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_payload(text, "utf-8")
    return mail.as_bytes()
