"""The keys, secrets and the company's name, remembered for a few seconds so that no call waits for them."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from regulars import team
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.team import ApiKey, Company

REMEMBERED_SECONDS = 1.5
MOST = 10_000

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Keyring:
    """What plain keys and secrets are, at most three seconds old (a header that names a key, 1.5 s more
    than the key): a revoked key stops working within that time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: _Remembered[str, ApiKey | None] = _Remembered(self._read_key)
        self._headers: _Remembered[bytes, ApiKey | None] = _Remembered(lambda _: None)
        self._secrets: _Remembered[str, str] = _Remembered(self._read_secret)
        self._companies: _Remembered[None, Company] = _Remembered(self._read_company)

    def known(self, header: bytes) -> tuple[ApiKey | None] | None:
        """(the key or None,) of an Authorization header, when remembered; None when `key` has to be asked."""
        return self._headers.remembered(header)

    def key(self, plain: str, header: bytes | None = None) -> ApiKey | None:
        """The key `plain` is; None when there is none. May read: call it from a thread. Raises Unavailable.

        header  the Authorization header it stood in, to be `known` from now on
        """
        found = self._keys.get(plain)
        if header is not None:
            self._headers.remember(header, found)
        return found

    def holds(self, name: str) -> bool:
        """Whether the secret called `name` is remembered: then asking for it reads nothing."""
        return self._secrets.remembered(name) is not None

    def secret(self, name: str) -> str:
        """The secret called `name`. May read: call it from a thread. Raises Unavailable."""
        return self._secrets.get(name)

    def company(self) -> Company:
        """The company as its customers see it. May read: call it from a thread. Raises Unavailable."""
        return self._companies.get(None)

    def _read_company(self, _: None) -> Company:
        with self._database.begin() as db:
            return team.company(db)

    def _read_key(self, plain: str) -> ApiKey | None:
        with self._database.begin() as db:
            return team.key_of(db, plain)

    def _read_secret(self, name: str) -> str:
        with self._database.begin() as db:
            return team.secret(db, name, now=utc_now())


class _Remembered(Generic[K, T]):
    def __init__(self, read: Callable[[K], T]) -> None:
        self._read = read
        self._kept: OrderedDict[K, tuple[float, T]] = OrderedDict()
        self._lock = Lock()

    def remembered(self, name: K) -> tuple[T] | None:
        found = self._kept.get(name)
        return (found[1],) if found and found[0] > time.monotonic() else None

    def get(self, name: K) -> T:
        found = self.remembered(name)
        if found:
            return found[0]
        value = self._read(name)
        self.remember(name, value)
        return value

    def remember(self, name: K, value: T) -> None:
        with self._lock:
            self._kept[name] = (time.monotonic() + REMEMBERED_SECONDS, value)
            self._kept.move_to_end(name)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
