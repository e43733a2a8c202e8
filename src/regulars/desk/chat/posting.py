"""What visitors say, on its way to the desk: many at once, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from regulars.desk.chat import store
from regulars.desk.chat.entering import Entry
from regulars.desk.chat.model import Kept
from regulars.desk.chat.reading import key_of
from regulars.desk.model import Arrival, Channel, NewAttachment, Received, Sender, Thread
from regulars.desk.receive import receive
from regulars.kit.json import Json
from regulars.store import Db


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


def post(db: Db, posts: Sequence[Post], *, now: datetime) -> list[Received]:
    """Take in `posts`, in their order. The caller commits, and only then tells the browsers that they arrived."""
    received = receive(db, [_arrival(p) for p in posts], now=now)
    store.save_tickets(db, [_kept(p, r) for p, r in zip(posts, received, strict=True)], now)
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
        thread=Thread(kept.conversation),
        attachments=said.files,
        language=said.language,
        meta=meta,
    )


def _kept(said: Post, received: Received) -> Kept:
    """Where the ticket reads on: a follow-up of a closed conversation is a new one; a merged one stays its own."""
    kept = said.entry.kept
    return replace(kept, conversation=received.conversation) if received.opened else kept
