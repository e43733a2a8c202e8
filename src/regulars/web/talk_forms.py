"""Conversations, webhooks and channels as the HTTP API takes and gives them."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from regulars.desk import Author, Channel, Conversation, Message, NewAttachment, Priority, Row, Sender, Status
from regulars.desk.hooks import ChannelHook, Delivery, HookEvent, NewWebhook, Webhook
from regulars.desk.words import is_address
from regulars.kit.errors import Invalid
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.people import Identity, IdentityKind

Text = Annotated[str, Meta(max_length=200_000)]
Short = Annotated[str, Meta(max_length=300)]
Key = Annotated[str, Meta(min_length=1, max_length=200)]
PriorityName = Literal["low", "normal", "high", "urgent"]
Filename = Annotated[str, Meta(min_length=1, max_length=255)]


class FileIn(Struct, forbid_unknown_fields=True):
    """A file that comes along."""

    name: Filename
    content: Annotated[str, Meta(description="Base64.", max_length=14_000_000)]
    type: Annotated[str, Meta(max_length=100)] = "application/octet-stream"


class CustomerIn(Struct, forbid_unknown_fields=True, rename={"user_id": "userId", "anonymous_id": "anonymousId"}):
    """Who writes. At least one of `userId`, `anonymousId` and `email`."""

    user_id: Annotated[Key | None, Meta(description="Your own id of someone signed in.", examples=["vera"])] = None
    anonymous_id: Annotated[Key | None, Meta(description="The random id of a browser.")] = None
    email: Annotated[str, Meta(description="Where answers go.", max_length=320, examples=["vera@example.org"])] = ""
    name: Short = ""

    def sender(self) -> Sender:
        """As the desk takes it. Raises Invalid for nobody."""
        if self.email and not is_address(self.email):
            raise Invalid("customer.email: is no address", fields={"customer.email": "is no address"})
        if self.user_id:
            identity = Identity(IdentityKind.USER, self.user_id)
        elif self.anonymous_id:
            identity = Identity(IdentityKind.ANONYMOUS, self.anonymous_id)
        elif self.email:
            return Sender(None, self.email, self.name)
        else:
            raise Invalid("customer: say userId, anonymousId or email", fields={"customer": "is nobody"})
        return Sender(identity, self.email, self.name)


class ConversationIn(Struct, forbid_unknown_fields=True):
    """A conversation to begin, with the customer's first message."""

    customer: CustomerIn
    text: Text
    key: Annotated[Key | None, Meta(description="Your own id of this message: sent twice, it arrives once.")] = None
    subject: Short = ""
    language: Annotated[str, Meta(max_length=35, examples=["nl"])] = ""
    department: UUID | None = None
    tags: Annotated[list[Short], Meta(max_length=20)] = []
    priority: PriorityName = "normal"
    at: Annotated[datetime, Meta(tz=True, description="When it was written; now when left out.")] | None = None
    attachments: Annotated[list[FileIn], Meta(max_length=10)] = []


class MessageIn(Struct, forbid_unknown_fields=True):
    """One more message: of the customer, or your answer, or a note for colleagues."""

    text: Text
    author: Literal["customer", "agent", "note"] = "agent"
    customer: Annotated[CustomerIn | None, Meta(description="Who wrote; needed when `author` is customer.")] = None
    channel: Annotated[
        Literal["chat", "email", "webhook"] | None, Meta(description="How an answer goes out; else as they wrote last.")
    ] = None
    key: Annotated[Key | None, Meta(description="Your own id of this message: sent twice, it is said once.")] = None
    status: Annotated[
        Literal["open", "pending", "on_hold", "solved", "closed"] | None, Meta(description="After your answer.")
    ] = None
    attachments: Annotated[list[FileIn], Meta(max_length=10)] = []


class ChangeConversationIn(Struct, forbid_unknown_fields=True):
    """What to change; what is left out stays."""

    status: Status | UnsetType = UNSET
    priority: PriorityName | UnsetType = UNSET
    assignee: Annotated[str | None | UnsetType, Meta(description="An agent's e-mail address; null for nobody.")] = UNSET
    department: UUID | None | UnsetType = UNSET
    add_tags: Annotated[list[Short], Meta(max_length=20)] = []
    remove_tags: Annotated[list[Short], Meta(max_length=20)] = []
    fields: Annotated[dict[str, object], Meta(description="Custom fields; null takes one away.")] = {}


class ConversationOut(Struct, rename="camel"):
    """A conversation in a list."""

    id: UUID
    number: int
    subject: str
    status: Status
    priority: str
    channel: Channel
    language: str
    tags: list[str]
    name: str
    email: str
    department: UUID | None
    assignee: UUID | None
    preview: str
    messages: int
    created_at: datetime
    last_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None

    @classmethod
    def of(cls, row: Row) -> "ConversationOut":
        """The same for the API."""
        return cls(
            row.id, row.number, row.subject, row.status, row.priority.name.lower(), row.channel, row.language,
            list(row.tags), row.name, row.address, row.department, row.assignee, row.preview, row.messages,
            row.created_at, row.last_at, row.waiting_since, row.due_at,
        )  # fmt: skip


class FileOut(Struct):
    """A file of a message."""

    id: UUID
    name: str
    type: str
    size: int


class MessageOut(Struct, rename="camel"):
    """One thing that was said. `delivery`: what became of an answer that went out."""

    id: int
    at: datetime
    channel: Channel
    author: Author
    name: str
    text: str
    language: str
    delivery: str
    withdrawn: bool
    attachments: list[FileOut]

    @classmethod
    def of(cls, one: Message) -> "MessageOut":
        """The same for the API."""
        files = [FileOut(f.id, f.name, f.type, f.size) for f in one.attachments]
        gone = one.withdrawn is not None
        return cls(
            int(one.id), one.at, one.channel, one.author, one.name, one.text, one.language, one.delivery, gone, files
        )


class ThreadOut(Struct):
    """A conversation with its newest 500 messages, the oldest first."""

    conversation: ConversationOut
    fields: dict[str, object]
    messages: list[MessageOut]

    @classmethod
    def of(cls, found: Conversation) -> "ThreadOut":
        """The same for the API."""
        return cls(ConversationOut.of(found.row), dict(found.fields), [MessageOut.of(m) for m in found.messages])


class ConversationsOut(Struct):
    """A page of a list. `next`: what to ask `after` for the next one; null at the end."""

    conversations: list[ConversationOut]
    next: str | None


class ReceivedOut(Struct):
    """Where a message ended up. `fresh` false: it had arrived before."""

    conversation: UUID
    message: int
    fresh: bool
    opened: bool


class WrittenOut(Struct, rename="camel"):
    """An answer or note, and until when it can be taken back."""

    conversation: UUID
    message: int
    undo_until: datetime | None = None


class WebhookIn(Struct, forbid_unknown_fields=True):
    """A server to tell, and of what."""

    url: Annotated[str, Meta(max_length=2_000, examples=["https://shop.example/hooks/regulars"])]
    events: Annotated[list[HookEvent], Meta(min_length=1, max_length=20)]


class WebhookOut(Struct, rename="camel", omit_defaults=True):
    """A webhook. The secret is in the answer that makes it, and never again."""

    id: UUID
    url: str
    events: list[HookEvent]
    created_at: datetime
    paused_at: datetime | None = None
    paused_because: str = ""
    secret: str = ""

    @classmethod
    def of(cls, one: Webhook) -> "WebhookOut":
        """The same for the API."""
        return cls(one.id, one.url, list(one.events), one.created_at, one.paused_at, one.paused_because)

    @classmethod
    def made(cls, new: NewWebhook) -> "WebhookOut":
        """With its secret."""
        out = cls.of(new.webhook)
        out.secret = new.secret
        return out


class WebhooksOut(Struct):
    """All of them."""

    webhooks: list[WebhookOut]


class DeliveryOut(Struct, rename="camel"):
    """One event for one webhook, and what became of it."""

    id: UUID
    webhook: UUID
    event: HookEvent
    conversation: UUID
    at: datetime
    state: str
    tries: int
    next_at: datetime | None
    answered: str

    @classmethod
    def of(cls, one: Delivery) -> "DeliveryOut":
        """The same for the API."""
        return cls(
            one.id,
            one.webhook,
            one.event,
            one.conversation,
            one.at,
            one.state.value,
            one.tries,
            one.next_at,
            one.answered,
        )


class DeliveriesOut(Struct):
    """The newest of them."""

    deliveries: list[DeliveryOut]


class ChannelIn(Struct, forbid_unknown_fields=True):
    """Where the answers of a channel go."""

    url: Annotated[str, Meta(max_length=2_000, examples=["https://chat.example/from-regulars"])]
    department: UUID | None = None


class ChannelOut(Struct):
    """A channel with the secret both sides sign with."""

    name: str
    url: str
    secret: str
    department: UUID | None

    @classmethod
    def of(cls, one: ChannelHook) -> "ChannelOut":
        """The same for the API."""
        return cls(one.name, one.url, one.secret, one.department)


class SenderIn(Struct, rename={"user_id": "userId"}):
    """Who wrote, as the other side calls them. `userId`: your own id of them, when they are signed in with you."""

    id: Key
    name: Short = ""
    email: Annotated[str, Meta(max_length=320)] = ""
    user_id: Key | None = None


class ChannelMessageIn(Struct):
    """A message from another service. The same `id` arrives once; `thread` keeps a conversation together."""

    id: Key
    sender: SenderIn
    text: Text = ""
    thread: Annotated[str, Meta(max_length=200)] = ""
    subject: Short = ""
    language: Annotated[str, Meta(max_length=35)] = ""
    at: Annotated[datetime, Meta(tz=True)] | None = None
    files: Annotated[list[FileIn], Meta(max_length=10)] = []

    def said(self) -> Mapping[str, Json]:
        """As the desk takes it."""
        sender: dict[str, Json] = {"id": self.sender.id, "name": self.sender.name, "email": self.sender.email}
        if self.sender.user_id:
            sender["userId"] = self.sender.user_id
        at = self.at.isoformat() if self.at else None
        return {
            "id": self.id, "sender": sender, "text": self.text, "thread": self.thread, "subject": self.subject,
            "language": self.language, "at": at,
        }  # fmt: skip


def files(given: list[FileIn], *, field: str = "attachments") -> tuple[NewAttachment, ...]:
    """The files, decoded. Raises Invalid naming the one that is not base64."""
    made = []
    for n, one in enumerate(given):
        try:
            content = b64decode(one.content, validate=True)
        except (Error, ValueError) as e:
            raise Invalid(
                f"{field}[{n}].content: is not base64", fields={f"{field}[{n}].content": "is not base64"}
            ) from e
        made.append(NewAttachment(one.name, one.type, content))
    return tuple(made)


def said_text(data: ConversationIn | MessageIn) -> str:
    """What the customer said. Raises Invalid when that is nothing: no words and no file."""
    if not clean(data.text).strip() and not data.attachments:
        raise Invalid("text: say something, or attach a file", fields={"text": "is needed"})
    return data.text


def priority(name: str) -> Priority:
    """By its name."""
    return Priority[name.upper()]
