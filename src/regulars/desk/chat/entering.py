"""Who may read which chat.

An anonymous id stands in first-party storage and travels with every event: whoever reads a log knows it. So it opens no
chat. What opens one is a secret the browser makes for its chat alone and sends nowhere else (its SHA-256 is the
`Ticket`), or the company's signed person token. Once a chat belongs to a proven user, the secret alone opens it no
more: on a shared device the next person begins anew. Joins in the people graph grant nothing here: who makes a device's
anonymous id their own by signing in with it gets its history, not its chat.

What it reads of its conversation is `reading.visible`.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from regulars import people
from regulars.desk.chat import store
from regulars.desk.chat.model import Kept, Ticket, VisitorId
from regulars.desk.model import ConversationId
from regulars.kit.errors import Conflict, Invalid
from regulars.people import IdentifyCall, Identity, IdentityKind
from regulars.store import Db

SHORTEST_SECRET, LONGEST_SECRET = 32, 200
CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a browser may do in chat.

    kept      its ticket and conversation; the conversation may not have begun yet
    identity  under whom it writes
    read_in   the conversation its words are read in now (another when agents merged it); None: nothing was said yet
    anew      the secret it came with is another person's: it must make a new one (then nothing else counts)
    """

    kept: Kept
    identity: Identity
    read_in: ConversationId | None = None
    anew: bool = False

    @property
    def visitor(self) -> VisitorId:
        """How agents address this browser."""
        return visitor_of(self.kept.ticket)


def ticket_of(secret: str) -> Ticket:
    """The ticket of a browser's secret. Raises Invalid for one that could be guessed."""
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET or not secret.isascii() or len(set(secret)) < 8:
        raise Invalid("a chat secret is 32 to 200 random ASCII characters", fields={"secret": "is no secret"})
    return Ticket(sha256(b"regulars chat\0" + secret.encode()).digest())


def visitor_of(ticket: Ticket) -> VisitorId:
    """How agents address a browser: half of its ticket, which opens nothing."""
    return VisitorId(UUID(bytes=ticket[:16], version=4))


def enter(db: Db, secret: str, *, user: str | None, anonymous: str | None, now: datetime) -> Entry:
    """Let a browser in with its secret; `user` was proven by a person token. Raises Invalid.

    A proven user's earlier anonymous chat in this browser becomes theirs, and the people graph learns that the two are
    one (as far as its own policy allows).
    """
    ticket = ticket_of(secret)
    kept = store.ticket(db, ticket)
    if kept is not None and kept.user is not None and kept.user != user:
        return Entry(kept, Identity(IdentityKind.ANONYMOUS, ""), anew=True)
    if user is not None:
        kept = _of_user(db, ticket, kept, user, now)
    if kept is None:
        kept = Kept(ticket, first_conversation(ticket), user, anonymous or device_of(ticket))
    return _with_what_is_there(db, kept)


def device_of(ticket: Ticket) -> str:
    """The anonymous id of a browser that gave none: known to nobody but us, good for nothing but its chat."""
    return f"chat:{ticket.hex()[32:]}"


def first_conversation(ticket: Ticket) -> ConversationId:
    """The id of the conversation a ticket begins: the same for every tab and after every crash."""
    return ConversationId(UUID(bytes=sha256(b"conversation\0" + ticket).digest()[:16], version=4))


def _of_user(db: Db, ticket: Ticket, kept: Kept | None, user: str, now: datetime) -> Kept | None:
    if kept is None:
        earlier = store.newest_of_user(db, user)  # written on another device
        return None if earlier is None else Kept(ticket, earlier.conversation, user, device_of(ticket))
    if kept.user is None:
        _join(db, kept.device, user, now)
        if not store.bind(db, ticket, user):
            raise Conflict("this chat was just taken over by somebody else who signed in: reload the page")
    return Kept(ticket, kept.conversation, user, kept.device)


def _join(db: Db, device: str, user: str, now: datetime) -> None:
    call = IdentifyCall(user, device, proven=True, source=CHAT)
    answer = people.identify_all(db, [call], now=now)[0]
    if isinstance(answer, Conflict):  # over 1,000 identities: the chat is theirs all the same
        return


def _with_what_is_there(db: Db, kept: Kept) -> Entry:
    identity = Identity(IdentityKind.USER, kept.user) if kept.user else Identity(IdentityKind.ANONYMOUS, kept.device)
    return Entry(kept, identity, store.root_of(db, kept.conversation))
