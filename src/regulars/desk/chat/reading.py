"""What a browser may read of its conversation."""

from collections.abc import Sequence
from functools import lru_cache

from regulars.desk.chat import store
from regulars.desk.chat.entering import Entry
from regulars.desk.chat.model import Said, Ticket
from regulars.desk.model import MessageId
from regulars.store import Db

MOST_SHOWN = 200


def thread(db: Db, entry: Entry) -> list[Said]:
    """The newest messages of the conversation that this browser may read, oldest first."""
    if entry.read_in is None:
        return []
    return [said for said in store.newest(db, entry.read_in, MOST_SHOWN) if visible(said, entry)]


def messages(db: Db, ids: Sequence[MessageId]) -> list[Said]:
    """These messages, as far as any customer may see them; whether this one may is `visible`."""
    return store.said(db, ids)


def visible(said: Said, entry: Entry) -> bool:
    """Whether `entry` may read `said`: their own words, and what agents answered them.

    What others of the customer's side wrote (an e-mail from the address a visitor only *said* is theirs) is for a
    proven user only. When agents merged the conversation into another's, of that only what they say in chat since.
    """
    own = said.key.startswith(key_of(entry.kept.ticket, ""))
    if own or said.origin == entry.kept.conversation:
        return own or said.author == "agent" or entry.kept.user is not None
    return said.author == "agent" and said.channel == "chat" and said.conversation == entry.read_in


def key_of(ticket: Ticket, client_id: str) -> str:
    """The key of a message at `desk.receive`. It begins with the ticket's, so nobody can take another's ids."""
    return _family(ticket) + client_id


@lru_cache(10_000)
def _family(ticket: Ticket) -> str:
    return f"chat:{ticket.hex()[:32]}:"
