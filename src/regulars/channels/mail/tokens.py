"""Reply tokens: which conversation a mail answers, signed, so that nobody enters one by guessing its number.

A token is `kind + id + signature` in lower-case base32: it survives mail servers that change case, stands in a
plus address (help+TOKEN@…) and in a Message-ID. The signature is 80 bits of HMAC-SHA-256.
"""

import hmac
import re
from base64 import b32decode, b32encode
from binascii import Error
from collections.abc import Iterable
from uuid import UUID

SIGNED_CHARACTERS = 16  # of base32, 5 bits each
TOKEN = re.compile(r"(?<![a-z2-7])[un][a-z2-7]{17,80}(?![a-z2-7])")
MOST = 20


def reply_token(secret: str, conversation: str) -> str:
    """The signed token of a conversation, by its UUID or any short text."""
    try:
        packed = "u" + _packed(UUID(conversation).bytes)
    except ValueError:
        packed = "n" + _packed(conversation.encode())
    return packed + _signature(secret, packed)


def conversation_of(secret: str, token: str) -> str | None:
    """The conversation that `token` was signed for; None when we did not sign it."""
    token = token.lower()
    packed, signature = token[:-SIGNED_CHARACTERS], token[-SIGNED_CHARACTERS:]
    if not token.isascii() or not hmac.compare_digest(signature, _signature(secret, packed)):
        return None
    try:
        raw = b32decode(packed[1:].upper() + "=" * (-len(packed[1:]) % 8))
        return str(UUID(bytes=raw)) if packed[0] == "u" else raw.decode()
    except (Error, ValueError):
        return None


def candidates(places: Iterable[str]) -> tuple[str, ...]:
    """What looks like a token in some addresses and Message-IDs, each once, in their order."""
    found: dict[str, None] = {}
    for place in places:
        if len(place) < 2000:
            found.update(dict.fromkeys(TOKEN.findall(place.lower())))
    return tuple(found)[:MOST]


def _packed(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def _signature(secret: str, packed: str) -> str:
    mac = hmac.digest(secret.encode(), b"reply:" + packed.encode(), "sha256")
    return _packed(mac)[:SIGNED_CHARACTERS]
