"""Handing mail to a server by SMTP, over connections that are kept (RFC 5321, STARTTLS, TLS from the start)."""

import asyncio
import ssl
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from regulars.kit.errors import Invalid

if TYPE_CHECKING:
    from aiosmtplib import SMTP

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over. `security`: tls (from the start), starttls (required), none."""

    host: str
    port: int
    security: str
    login: str | None = None
    password: str | None = None
    verify: bool = True
    timeout_seconds: float = 60

    @classmethod
    def of(cls, url: str) -> "SmtpServer":
        """The server that `smtp://user:password@host:587` or `smtps://host:465` names (`?tls=none` without).

        Raises Invalid.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise Invalid("write the mail server as smtp://user:password@host:587 or smtps://user:password@host:465")
        asked = parse_qs(parts.query)
        near = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        security = "tls" if parts.scheme == "smtps" else asked.get("tls", ["none" if near else "starttls"])[0]
        if security not in {"tls", "starttls", "none"}:
            raise Invalid(f"tls={security} in the mail server's address: it is tls, starttls or none")
        login = unquote(parts.username) if parts.username else None
        if login and security == "none" and not near:
            raise Invalid("a password is not sent to a mail server without TLS: take tls=none out of its address")
        port = parts.port or {"tls": 465, "starttls": 587, "none": 25}[security]
        return cls(
            parts.hostname, port, security, login, unquote(parts.password or "") or None,
            verify=asked.get("verify", ["yes"])[0] != "no",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """The server took it."""

    words: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The server did not take it, or could not be reached: nothing went out."""

    words: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection broke after the mail was on its way and before the answer."""

    words: str


class Smtp:
    """Some kept connections to one server. Called from any thread; it has one of its own."""

    def __init__(self, server: SmtpServer, *, keep: int = 4, idle_seconds: float = 60) -> None:
        self.server = server
        self._keep, self._idle_seconds = keep, idle_seconds
        self._idle: list[tuple[float, SMTP]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="smtp", daemon=True)
        self._thread.start()

    def hand_over(self, mail: bytes, *, sender: str, recipient: str) -> Taken | NotTaken | Lost:
        """Offer one mail for one recipient. `sender` of the envelope: bounces go there; empty for none."""
        return self._wait_for(self._hand_over(mail, sender, recipient))

    def check(self) -> str:
        """Reach the server and sign in; returns how it greets. Raises Invalid with its words."""
        try:
            client = self._wait_for(self._connect())
        except _faults() as e:
            raise Invalid(f"{self.server.host}:{self.server.port}: {_said(e)}") from e
        words = str(client.last_ehlo_response.message if client.last_ehlo_response else "")
        self._wait_for(self._bid_farewell(client))
        return words.splitlines()[0] if words else "it answers"

    def close(self) -> None:
        """End the connections."""
        while self._idle:
            self._wait_for(self._bid_farewell(self._idle.pop()[1]))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _wait_for(self, work: Coroutine[object, object, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _hand_over(self, mail: bytes, sender: str, recipient: str) -> Taken | NotTaken | Lost:
        for last in (False, True):  # a kept connection may have died: then once more, over a new one
            client, kept = await self._kept(fresh=last)
            try:
                client = client or await self._connect()
            except _faults() as e:  # a wrong password of ours is no fault of the mail's: it waits
                return NotTaken(_said(e), permanent=False)
            try:
                await client.mail(sender)
                await client.rcpt(recipient)
            except _faults() as e:
                await self._let_go(client)
                if kept and not last and _code(e) in {0, 421}:
                    continue
                return NotTaken(_said(e), permanent=500 <= _code(e) < 600)
            return await self._data(client, mail)
        raise AssertionError("unreachable")

    async def _data(self, client: "SMTP", mail: bytes) -> Taken | NotTaken | Lost:
        try:
            answer = await client.data(mail)
        except _faults() as e:
            await self._let_go(client)
            if _code(e):
                return NotTaken(_said(e), permanent=500 <= _code(e) < 600)
            return Lost(f"the connection broke while the mail went over: {_said(e)}")
        if len(self._idle) < self._keep:
            self._idle.append((monotonic(), client))
        else:
            await self._bid_farewell(client)
        return Taken(f"{answer.code} {answer.message}"[:500])

    async def _kept(self, *, fresh: bool) -> tuple["SMTP | None", bool]:
        while self._idle and not fresh:
            since, client = self._idle.pop()
            if client.is_connected and monotonic() - since < self._idle_seconds:
                return client, True
            await self._let_go(client)
        return None, False

    async def _connect(self) -> "SMTP":
        from aiosmtplib import SMTP  # noqa: PLC0415  only processes that send mail

        server = self.server
        context = ssl.create_default_context()
        if not server.verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client = SMTP(
            hostname=server.host, port=server.port, timeout=server.timeout_seconds, tls_context=context,
            use_tls=server.security == "tls", start_tls=server.security == "starttls",
            username=server.login, password=server.password,
        )  # fmt: skip
        await client.connect()
        return client

    async def _let_go(self, client: "SMTP | None") -> None:
        if client is not None:
            client.close()

    async def _bid_farewell(self, client: "SMTP") -> None:
        with suppress(*_faults()):
            await asyncio.wait_for(client.quit(), 5)
        client.close()


def _faults() -> tuple[type[Exception], ...]:
    from aiosmtplib import SMTPException  # noqa: PLC0415

    return (SMTPException, OSError, TimeoutError, ValueError)


def _code(e: Exception) -> int:
    """The server's answer; 0 when it gave none."""
    recipients = getattr(e, "recipients", None)
    if recipients:
        return int(recipients[0].code)
    code = int(getattr(e, "code", 0) or 0)
    return code if 400 <= code < 600 else 0


def _said(e: Exception) -> str:
    code, message = getattr(e, "code", ""), getattr(e, "message", "") or str(e) or type(e).__name__
    return f"{code} {message}".strip()[:500]
