"""Telling another server by a signed POST, and believing one only when it signed (standardwebhooks.com).

Never to addresses inside our own net: the name is resolved once, every address it has is looked at, and the connection
goes to the one that was looked at. Redirects are not followed.
"""

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

from regulars.kit.errors import Forbidden, Invalid, Unauthorized

MOST_ANSWER_BYTES = 65_536
TOLERANCE = timedelta(minutes=5)
SECRET_PREFIX = "whsec_"  # noqa: S105  how such secrets begin, not one
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_OWN_HEADERS = {"host", "content-length", "transfer-encoding", "connection", "webhook-id", "webhook-timestamp",
                "webhook-signature"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Where a POST goes: the name it is asked by, and the one address it is sent to."""

    host: str
    port: int
    address: str
    path: str
    tls: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What the other server said: its status, and the beginning of its words."""

    status: int
    words: str

    @property
    def accepted(self) -> bool:
        """Whether it took it."""
        return 200 <= self.status < 300

    @property
    def permanent(self) -> bool:
        """Whether trying again makes no sense: it is gone (410)."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class NotReached:
    """No answer. `sent`: it may have arrived all the same."""

    words: str
    sent: bool


def guarded(url: str, *, private: bool = False) -> Target:
    """Look at where `url` leads. Raises Invalid for what is no such URL; Forbidden for addresses inside our net.

    private  let addresses of our own net, and plain http, pass: for tests, and for who says so
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as e:
        raise Invalid(f"{url!r} is no address of a web server", fields={"url": "is no address"}) from e
    if parts.scheme not in ({"https", "http"} if private else {"https"}) or not parts.hostname:
        raise Invalid("a webhook's address begins with https://", fields={"url": "must begin with https://"})
    if parts.username or parts.password:
        raise Invalid("a webhook's address holds no password", fields={"url": "must not hold a password"})
    port = port or (443 if parts.scheme == "https" else 80)
    addresses = _resolved(parts.hostname, port)
    inside = [a for a in addresses if not _is_public(a)]
    if inside and not private:
        raise Forbidden(f"{parts.hostname} leads to {inside[0]}, which is no public address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or any(c.isspace() or not c.isprintable() for c in path):
        raise Invalid(f"{url!r} is no address of a web server", fields={"url": "is no address"})
    return Target(parts.hostname, port, str(addresses[0]), path, parts.scheme == "https")


def post(
    url: str, body: bytes, *, secret: str, message: str, now: datetime, headers: Mapping[str, str] | None = None,
    timeout_seconds: float = 10, private: bool = False,
) -> Answered | NotReached:  # fmt: skip
    """Tell `url`, signed with `secret`. Raises Invalid and Forbidden as `guarded` does.

    message  its id, the same at every try, so that the receiver can tell a repetition
    headers  more of them; ours cannot be replaced
    """
    target = guarded(url, private=private)
    own = {k: v for k, v in (headers or {}).items() if k.lower() not in _OWN_HEADERS}
    told = {"Content-Type": "application/json", "User-Agent": "Regulars", **own, **signed(secret, message, body, now)}
    connection = _Pinned(target, timeout_seconds)
    sent = False
    try:
        connection.connect()
        sent = True
        connection.request("POST", target.path, body, told)
        answer = connection.getresponse()
        return Answered(answer.status, _beginning(answer, monotonic() + timeout_seconds))
    except (OSError, http.client.HTTPException, ValueError) as e:
        return NotReached(f"{target.host}: {e or type(e).__name__}"[:300], sent)
    finally:
        connection.close()


def signed(secret: str, message: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers that prove who sent `body`, and when."""
    at = str(int(now.timestamp()))
    return {
        "webhook-id": message,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{_mac(secret, message, at, body)}",
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """The id of a message whose signature holds. Raises Unauthorized: not signed, by another, too old or too new."""
    given = {k.lower(): v for k, v in headers.items()}
    message, at = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not message or not at.isascii() or not at.isdigit() or len(at) > 12:
        raise Unauthorized("sign the message: webhook-id, webhook-timestamp and webhook-signature are needed")
    if abs(now.timestamp() - int(at)) > TOLERANCE.total_seconds():
        raise Unauthorized("the signature's time is more than five minutes off: look at your clock")
    ours = _mac(secret, message, at, body).encode()
    offered = [s.partition(",")[2].encode() for s in given.get("webhook-signature", "").split() if s.startswith("v1,")]
    if not any(hmac.compare_digest(ours, theirs) for theirs in offered[:20]):
        raise Unauthorized("the signature does not fit the message")
    return message


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was looked at, whatever its name means a moment later."""

    def __init__(self, target: Target, timeout_seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout_seconds)
        self._target = target

    def connect(self) -> None:
        plain = socket.create_connection((self._target.address, self._target.port), self.timeout)
        if not self._target.tls:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._target.host)
        except OSError:
            plain.close()
            raise


def _mac(secret: str, message: str, at: str, body: bytes) -> str:
    key = secret.encode()
    if secret.startswith(SECRET_PREFIX):
        try:
            key = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except Error as e:
            raise Invalid("a secret that begins with whsec_ goes on in base64") from e
    return b64encode(hmac.digest(key, f"{message}.{at}.".encode() + body, hashlib.sha256)).decode()


def _resolved(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as e:
        raise Invalid(f"there is no server called {host}", fields={"url": "there is no such server"}) from e
    return [ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is out in the world, also when it hides an IPv4 one inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _beginning(answer: http.client.HTTPResponse, until: float) -> str:
    got = b""
    while len(got) < MOST_ANSWER_BYTES and monotonic() < until:
        piece = answer.read1(4096)
        if not piece:
            break
        got += piece
    return got.decode("utf-8", "replace")[:2000].replace("\x00", "\ufffd")
