"""Conversations: what arrives, what is said, who takes part, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NewType, TypeAlias
from uuid import UUID

from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.messages import LedgerId
from regulars.people import Identity
from regulars.team import Agent, AgentId, DepartmentId

ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", int)
MassId = NewType("MassId", UUID)
"""A change of many conversations at once, to be undone as one."""
ViewId = NewType("ViewId", UUID)


class Channel(StrEnum):
    """How words travel."""

    CHAT = "chat"
    EMAIL = "email"
    FORM = "form"
    API = "api"
    WEBHOOK = "webhook"


class Status(StrEnum):
    """Whose turn it is."""

    NEW = "new"  # nobody answered yet
    OPEN = "open"  # ours
    PENDING = "pending"  # the customer's
    ON_HOLD = "on_hold"  # a third party's
    SOLVED = "solved"  # opens again when the customer writes
    CLOSED = "closed"  # for good: what the customer writes next is a new conversation
    SPAM = "spam"


ACTIVE = frozenset({Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD})
"""Not finished."""


class Priority(IntEnum):
    """How urgent; the number is what the database keeps."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3


class Author(StrEnum):
    """Who said it. A note is an agent's word to colleagues: customers never see it."""

    CUSTOMER = "customer"
    AGENT = "agent"
    NOTE = "note"
    SYSTEM = "system"
    AUTOMATIC = "automatic"  # a machine on the customer's side: out of office, bounces


class LinkKind(StrEnum):
    """Why two conversations belong together without being one."""

    RELATED = "related"
    FOLLOW_UP = "follow_up"  # the customer wrote again after it was closed
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Machine:
    """A part of the house that acts without an agent: the API, a rule, the demo. It sees and may everything."""

    name: str


Actor: TypeAlias = Agent | Machine
"""Who does something; every verb checks what they may."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote. Without an identity the e-mail address is one; without both it is nobody in particular."""

    identity: Identity | None = None
    address: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file that comes along. `inline_id`: the Content-ID by which the HTML shows it."""

    name: str
    type: str
    content: bytes = field(repr=False)
    inline_id: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a message says it belongs.

    conversation  proved by a signed token. When there is none of that id yet, it is opened under it: a channel may
                  choose the id of a conversation before the first word
    in_reply_to, references  RFC 5322 Message-IDs with their angle brackets, as they came
    number        of a conversation, quoted in the subject; never enough by itself
    begun         the conversation of that id is there already, as the sender knows: nobody can open it at the same time
    """

    conversation: ConversationId | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    number: int | None = None
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message of a customer, of any channel, on its way in.

    key         unique: "email:<message-id>", "chat:<client id>", "form:…": the same key arrives once
    at          when it was written, aware UTC
    message_id  RFC 5322 Message-ID, where there is one: replies refer to it
    quoted      what it repeats of earlier mail: folded away, not lost
    automatic   "" or what kind of machine wrote it ("auto-reply", "bounce" …): it reopens nothing and is owed no answer
    copies      further people it went to: they belong to the conversation
    meta        whatever the channel wants to keep with it (the page it was written on, the raw mail)
    """

    key: str
    channel: Channel
    sender: Sender
    at: datetime
    text: str = ""
    html: str = ""
    quoted: str = ""
    subject: str = ""
    message_id: str = ""
    thread: Thread = Thread()
    attachments: tuple[NewAttachment, ...] = ()
    copies: tuple[Sender, ...] = ()
    automatic: str = ""
    language: str = ""
    department: DepartmentId | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """Where an arrival ended up. `fresh` False: it had arrived before. `opened`: it began a conversation."""

    message: MessageId
    conversation: ConversationId
    fresh: bool
    opened: bool


@dataclass(frozen=True, slots=True)
class NewReply:
    """What an agent answers. `channel` None: the one the customer wrote by last. `text` is Markdown.

    close_with  the status afterwards; None: the customer's turn
    seen        the newest message its writer had before them: when a colleague answered since, it is not sent
    signature   stands under it in mail, and only there
    key         who says the same key twice says it once: the second is told what became of the first
    """

    text: str
    channel: Channel | None = None
    attachments: tuple[NewAttachment, ...] = ()
    language: str = ""
    close_with: Status | None = None
    html: str = ""
    seen: MessageId | None = None
    signature: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A reply that is on its way, and until when it can be taken back.

    ledger  None: nothing had to go out
    fresh   False: it was written before, under the same key
    """

    message: MessageId
    conversation: ConversationId
    ledger: LedgerId | None
    undo_until: datetime
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message, without its content (see `attachment`)."""

    id: UUID
    message: MessageId
    name: str
    type: str
    size: int
    inline_id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that was said.

    origin     the conversation it was written to, when that was merged into this one since
    delivery   state of the ledger ("queued" … "unknown"); "" when nothing goes out
    withdrawn  taken back: agents still see it
    erased     its words are gone because the person asked for it
    """

    id: MessageId
    origin: ConversationId
    at: datetime
    channel: Channel
    author: Author
    agent: AgentId | None
    person: PersonId | None
    name: str
    address: str
    subject: str
    text: str
    html: str
    quoted: str
    language: str
    message_id: str
    ledger: LedgerId | None
    withdrawn: datetime | None
    erased: datetime | None
    meta: Mapping[str, Json]
    attachments: tuple[Attachment, ...] = ()
    delivery: str = ""
    error: str = ""
    mentions: tuple[AgentId, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """One change, as history keeps it; also the news of it."""

    conversation: ConversationId
    kind: str
    before: Json
    after: Json
    by: str
    agent: AgentId | None
    at: datetime
    id: int = 0
    mass: MassId | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone on the customer's side."""

    person: PersonId | None
    address: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """Another conversation that belongs with this one."""

    conversation: ConversationId
    number: int
    subject: str
    status: Status
    kind: LinkKind
    later: bool


@dataclass(frozen=True, slots=True)
class Looker:
    """A colleague who has the conversation on their screen."""

    agent: AgentId
    typing: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation as lists show it.

    unread        the customer said something this agent has not seen
    waiting_since the customer's oldest unanswered message; None when it is not our turn
    due_at        until when the answer is owed
    """

    id: ConversationId
    number: int
    subject: str
    channel: Channel
    status: Status
    priority: Priority
    person: PersonId | None
    name: str
    address: str
    department: DepartmentId | None
    assignee: AgentId | None
    language: str
    tags: tuple[str, ...]
    snoozed_until: datetime | None
    created_at: datetime
    last_at: datetime
    last_author: Author
    preview: str
    messages: int
    waiting_since: datetime | None
    due_at: datetime | None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything about one conversation, for whoever may see it."""

    row: Row
    last_channel: Channel
    fields: Mapping[str, Json]
    messages: tuple[Message, ...]
    changes: tuple[Changed, ...]
    participants: tuple[Participant, ...]
    followers: tuple[AgentId, ...]
    links: tuple[Link, ...]
    merged: tuple[Link, ...]
    seen: Mapping[AgentId, MessageId]
    seen_by_customer: MessageId | None

    @property
    def id(self) -> ConversationId:
        """Its id."""
        return self.row.id


@dataclass(frozen=True, slots=True)
class Task:
    """A conversation in which a customer waits for us. `mine`: it is the asking agent's already."""

    id: ConversationId
    number: int
    subject: str
    priority: Priority
    due_at: datetime | None
    waiting_since: datetime
    channel: Channel
    language: str
    department: DepartmentId | None
    person: PersonId | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """News: a customer's message came in, the first of its conversation when `opened`."""

    conversation: ConversationId
    message: MessageId
    opened: bool


@dataclass(frozen=True, slots=True)
class Replied:
    """News: an agent answered."""

    conversation: ConversationId
    message: MessageId
    by: str
