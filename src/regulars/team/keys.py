"""API keys: 256 random bits, shown once, kept as a SHA-256 hash (a slow hash protects guessable secrets only)."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.text import clean
from regulars.store import Db
from regulars.team.model import ApiKey, KeyKind, NewKey
from regulars.team.store import keys as store

PREFIX = {KeyKind.WRITE: "wk_", KeyKind.SERVER: "sk_"}


def create_key(db: Db, kind: KeyKind, name: str, *, now: datetime, origins: Sequence[str] = ()) -> NewKey:
    """Make a key. `origins`: sites whose browsers may use a write key ("https://shop.example"); none = any.

    Raises Invalid with the field.
    """
    name = clean(name.strip())
    if not 1 <= len(name) <= 200:
        raise Invalid("a key needs a name of 1 to 200 characters", fields={"name": "1 to 200 characters"})
    plain = PREFIX[kind] + secrets.token_urlsafe(32)
    key = ApiKey(new_id(), kind, name, plain[-4:], tuple(_origin(o) for o in origins), now)
    store.add_key(db, key, hash_of(plain))
    return NewKey(key, plain)


def key_of(db: Db, plain: str) -> ApiKey | None:
    """The key `plain` is; None when there is none or it was revoked."""
    return store.key_by_hash(db, hash_of(plain))


def keys(db: Db) -> list[ApiKey]:
    """All keys, newest first, revoked ones too."""
    return store.keys(db)


def revoke_key(db: Db, key: UUID, *, now: datetime) -> None:
    """Make `key` useless. Servers that have it cached forget it within seconds. Raises NotFound."""
    if not store.revoke_key(db, key, now):
        raise NotFound("there is no such key, or it was revoked already")


def hash_of(plain: str) -> str:
    """What is kept of a key."""
    return sha256(plain.encode("utf-8", "replace")).hexdigest()


def _origin(text: str) -> str:
    parts = urlsplit(text.strip().lower())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise Invalid(f"an origin looks like https://shop.example, not {text[:100]!r}", fields={"origins": text[:100]})
    return f"{parts.scheme}://{parts.netloc}"
