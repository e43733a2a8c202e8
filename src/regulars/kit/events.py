"""News travels up on this bus: rooms return or collect news, the edge publishes it after the commit.

`main` subscribes; nobody else does. Handlers run in the order they were subscribed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

News = TypeVar("News")


class Bus:
    """Delivers each piece of news to whoever subscribed to its type."""

    def __init__(self) -> None:
        self._handlers: dict[type[object], list[Callable[[object], None]]] = defaultdict(list)

    def subscribe(self, kind: type[News], handler: Callable[[News], None]) -> None:
        """Call `handler` with every `kind` that is published from now on."""
        self._handlers[kind].append(handler)  # type: ignore[arg-type]  # kept per type, so the argument fits

    def publish(self, news: Iterable[object]) -> None:
        """Deliver `news`. Call it after the commit, never before."""
        for one in news:
            for handler in self._handlers[type(one)]:
                handler(one)
