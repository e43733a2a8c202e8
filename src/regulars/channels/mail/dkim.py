"""DKIM signatures (RFC 6376, relaxed/relaxed; RSA with SHA-256, or Ed25519 of RFC 8463), by `cryptography`."""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from regulars.kit.errors import Invalid

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SIGNED = (
    "from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version",
    "content-type", "auto-submitted", "list-id", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
TWICE = ("from", "to", "subject", "date", "reply-to")
"""Signed once more than they stand there, so that nobody can add another of them (RFC 6376, 8.15)."""

_SPACE = re.compile(rb"[ \t]+")
_FOLD = re.compile(r"\r\n[ \t]+")


@dataclass(frozen=True)
class Dkim:
    """Who signs: the key under `selector._domainkey.domain` in the DNS."""

    domain: str
    selector: str
    pem: bytes

    @cached_property
    def _key(self) -> "RSAPrivateKey | Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric import ed25519, rsa  # noqa: PLC0415  only for who signs
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

        try:
            key = load_pem_private_key(self.pem, password=None)
        except (ValueError, TypeError) as e:
            raise Invalid(f"the DKIM key of {self.domain} is no private key in PEM: {e}") from e
        if isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
            return key
        raise Invalid(f"the DKIM key of {self.domain} must be RSA or Ed25519")

    def signed(self, mail: bytes) -> bytes:
        """`mail` (CRLF line ends) with its signature in front."""
        head, _, body = mail.partition(b"\r\n\r\n")
        fields = _fields(head.decode("ascii"))
        names = [n for n in SIGNED if n in fields for _ in fields[n]]
        names += [n for n in TWICE if n in fields]
        rsa = hasattr(self._key, "key_size")
        own = (
            f"v=1; a={'rsa' if rsa else 'ed25519'}-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};\r\n"
            f"\th={':'.join(names)};\r\n\tbh={b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()};\r\n\tb="
        )
        told = [_relaxed(n, v) for n, v in _in_order(fields, names)] + [_relaxed("dkim-signature", own)]
        signature = self._sign("\r\n".join(told).encode("ascii"))
        folded = "\r\n\t  ".join(signature[i : i + 72] for i in range(0, len(signature), 72))
        return f"DKIM-Signature: {own}{folded}\r\n".encode("ascii") + mail

    def _sign(self, told: bytes) -> str:
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        key = self._key
        if isinstance(key, rsa.RSAPrivateKey):
            return b64encode(key.sign(told, padding.PKCS1v15(), SHA256())).decode()
        return b64encode(key.sign(hashlib.sha256(told).digest())).decode()


def dkim_of(setting: str) -> Dkim:
    """The signer that `domain:selector:/path/to/key.pem` names. Raises Invalid when the file is not there or no key."""
    domain, _, rest = setting.partition(":")
    selector, _, path = rest.partition(":")
    if not (domain and selector and path):
        raise Invalid("write the DKIM setting as domain:selector:/path/to/private-key.pem")
    try:
        dkim = Dkim(domain, selector, Path(path).read_bytes())
    except OSError as e:
        raise Invalid(f"the DKIM key {path} cannot be read: {e.strerror}") from e
    dkim.signed(b"From: a@b\r\n\r\n")
    return dkim


def _fields(head: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for line in _FOLD.sub(" ", head).split("\r\n"):
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), []).append(value)
    return fields


def _in_order(fields: dict[str, list[str]], names: list[str]) -> list[tuple[str, str]]:
    """Each signed field, of the same name the last one first; a name beyond those that are there signs nothing."""
    left = {name: list(values) for name, values in fields.items()}
    return [(name, left[name].pop()) for name in names if left[name]]


def _relaxed(name: str, value: str) -> str:
    plain = re.sub(r"[ \t]+", " ", _FOLD.sub(" ", value)).strip()
    return f"{name}:{plain}"


def _relaxed_body(body: bytes) -> bytes:
    lines = [_SPACE.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
