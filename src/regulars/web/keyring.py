"""The keys and secrets of the database, remembered for a few seconds so that no call waits for them."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from regulars import team
from regulars.kit.clock import utc_now
from regulars.store import Database
from regulars.team import ApiKey

REMEMBERED_SECONDS = 3.0
MOST = 10_000

T = TypeVar("T")


class Keyring:
    """What plain keys and secrets are, at most three seconds old: a revoked key stops working within that time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: _Remembered[ApiKey | None] = _Remembered(self._read_key)
        self._secrets: _Remembered[str] = _Remembered(self._read_secret)

    def known(self, plain: str) -> tuple[ApiKey | None] | None:
        """(the key or None,) when remembered, without reading; None when it has to be read with `key`."""
        return self._keys.remembered(plain)

    def key(self, plain: str) -> ApiKey | None:
        """The key `plain` is; None when there is none. May read: call it from a thread. Raises Unavailable."""
        return self._keys.get(plain)

    def secret(self, name: str) -> str:
        """The secret called `name`. May read: call it from a thread. Raises Unavailable."""
        return self._secrets.get(name)

    def _read_key(self, plain: str) -> ApiKey | None:
        with self._database.begin() as db:
            return team.key_of(db, plain)

    def _read_secret(self, name: str) -> str:
        with self._database.begin() as db:
            return team.secret(db, name, now=utc_now())


class _Remembered(Generic[T]):
    def __init__(self, read: Callable[[str], T]) -> None:
        self._read = read
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._lock = Lock()

    def remembered(self, name: str) -> tuple[T] | None:
        found = self._kept.get(name)
        return (found[1],) if found and found[0] > time.monotonic() else None

    def get(self, name: str) -> T:
        found = self.remembered(name)
        if found:
            return found[0]
        value = self._read(name)
        with self._lock:
            self._kept[name] = (time.monotonic() + REMEMBERED_SECONDS, value)
            self._kept.move_to_end(name)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return value
