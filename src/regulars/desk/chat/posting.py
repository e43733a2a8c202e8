"""What visitors say, on its way to the desk: many at once, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from regulars.desk.chat import store
from regulars.desk.chat.entering import Entry
from regulars.desk.chat.model import Kept, Ticket
from regulars.desk.chat.reading import key_of
from regulars.desk.model import Arrival, Channel, NewAttachment, Received, Sender, Thread
from regulars.desk.receive import receive
from regulars.desk.store import meant
from regulars.kit.json import Json
from regulars.store import Db

NOTED_FOR = timedelta(seconds=30)
"""Half as long as the table lets `used_at` be behind."""
MOST_NOTED = 20_000


@dataclass(frozen=True, slots=True)
class Post:
    """One message of a visitor.

    id       chosen by the browser: the same id is the same message
    address  where they want the answer, when nobody is there; only said, proven by nobody
    page     where they wrote it
    """

    entry: Entry
    id: str
    text: str
    at: datetime
    language: str = ""
    address: str = ""
    name: str = ""
    page: str = ""
    files: tuple[NewAttachment, ...] = field(default=(), repr=False)


class Noted:
    """Tickets this process wrote down a moment ago, so that it need not again with every word. From any thread."""

    def __init__(self) -> None:
        self._kept: dict[Ticket, tuple[Kept, datetime]] = {}

    def knows(self, kept: Kept, now: datetime) -> bool:
        """Whether nothing about `kept` need be written."""
        found = self._kept.get(kept.ticket)
        return found is not None and now < found[1] and found[0] == kept

    def add(self, posts: Sequence[Post], received: Sequence[Received], now: datetime) -> None:
        """Those of `posts` were written down, and that is durable."""
        if len(self._kept) > MOST_NOTED:
            self._kept.clear()
        for said, taken in zip(posts, received, strict=True):
            kept = _kept(said, taken)
            if not self.knows(kept, now):
                self._kept[kept.ticket] = kept, now + NOTED_FOR


def lane_of(said: Post, lanes: int) -> int:
    """Below `lanes` (a power of two): messages of one browser go in one lane, and lanes never wait for each other."""
    return meant.door_of(key_of(said.entry.kept.ticket, "")) % lanes


def post(db: Db, posts: Sequence[Post], *, now: datetime, noted: Noted | None = None) -> list[Received]:
    """Take in `posts`, in their order. The caller commits, and only then tells the browsers that they arrived.

    noted   what the caller remembers of tickets, and adds to after the commit
    """
    received = receive(db, [_arrival(p) for p in posts], now=now)
    kept = [_kept(p, r) for p, r in zip(posts, received, strict=True)]
    if noted is not None:
        kept = [k for k in kept if not noted.knows(k, now)]
    if kept:
        store.save_tickets(db, kept, now)
    return received


def _arrival(said: Post) -> Arrival:
    kept = said.entry.kept
    meta: dict[str, Json] = {"page": said.page} if said.page else {}
    return Arrival(
        key_of(kept.ticket, said.id),
        Channel.CHAT,
        Sender(said.entry.identity, said.address, said.name),
        said.at,
        said.text,
        thread=Thread(kept.conversation, begun=said.entry.read_in is not None),
        attachments=said.files,
        language=said.language,
        meta=meta,
    )


def _kept(said: Post, received: Received) -> Kept:
    """Where the ticket reads on: a follow-up of a closed conversation is a new one; a merged one stays its own."""
    kept = said.entry.kept
    return replace(kept, conversation=received.conversation) if received.opened else kept
