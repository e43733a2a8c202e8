"""A brake on abuse: so many calls a minute from one address, far above what a person or an office makes."""

import time
from collections import OrderedDict
from threading import Lock

from regulars.kit.errors import TooMany

MOST_ADDRESSES = 50_000


class Brake:
    """A token bucket per address, of this process alone: with n workers the limit is n times as wide.

    per_minute  how many calls a minute an address may make; as many may come in one burst
    """

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._rate = per_minute / 60
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def spend(self, address: str, *, cost: float = 1.0) -> None:
        """Count one call. Raises TooMany."""
        now = time.monotonic()
        with self._lock:
            left, then = self._buckets.pop(address, (self._size, now))
            left = min(self._size, left + (now - then) * self._rate)
            self._buckets[address] = (max(left - cost, 0.0), now)
            if len(self._buckets) > MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        if left < cost:
            raise TooMany("this address calls too often: wait some seconds and try again")
