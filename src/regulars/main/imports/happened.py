"""An event of a file, understood but not yet written, and the ids that make a rerun add nothing."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from regulars.catalog import SeenProduct
from regulars.people.model import EventType, Identity, Verb


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a file; `properties` and `context` are JSON."""

    message_id: str
    who: Identity
    name: str
    at: datetime
    verb: Verb | None
    products: tuple[SeenProduct, ...]
    properties: bytes
    context: bytes
    type: EventType = EventType.TRACK


class MessageIds:
    """Ids made from what a row says. Two equal rows are two events: the second is told from the first by its number.

    The same file gives the same ids, in whatever order its rows are, and so does a longer export of the same.
    """

    def __init__(self) -> None:
        self._once: set[int] = set()
        self._more: dict[int, int] = {}

    def of(self, *parts: str) -> str:
        """The id of the next row that says `parts`."""
        digest = blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=15)
        short = int.from_bytes(digest.digest()[:8], "big")
        number = 1
        if short in self._once:
            number = self._more[short] = self._more.get(short, 1) + 1
        else:
            self._once.add(short)
        return f"import:{digest.hexdigest()}:{number}"
