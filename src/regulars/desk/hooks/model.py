"""The words of telling other servers, and of hearing from them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from regulars.team import DepartmentId

WebhookId = NewType("WebhookId", UUID)
DeliveryId = NewType("DeliveryId", UUID)


class HookEvent(StrEnum):
    """What can be told."""

    OPENED = "conversation.opened"
    CHANGED = "conversation.changed"  # status, assignee, tags …: what and from what to what
    RECEIVED = "message.received"  # from the customer, or a machine on their side
    SENT = "message.sent"  # an agent's answer
    NOTE = "note.written"  # for colleagues only: tell it to nobody outside


class DeliveryState(StrEnum):
    """Where a delivery is."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    DEAD = "dead"  # given up: a person can send it again


@dataclass(frozen=True, slots=True)
class Webhook:
    """A server that is told. The secret is shown once, when it is made."""

    id: WebhookId
    url: str
    events: tuple[HookEvent, ...]
    created_at: datetime
    created_by: str
    paused_at: datetime | None = None
    paused_because: str = ""


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook just made, with its secret."""

    webhook: Webhook
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one webhook, and what became of it."""

    id: DeliveryId
    webhook: WebhookId
    url: str
    event: HookEvent
    conversation: UUID
    at: datetime
    state: DeliveryState
    tries: int
    next_at: datetime | None
    settled_at: datetime | None
    answered: str


@dataclass(frozen=True, slots=True)
class ChannelHook:
    """A channel of somebody else's, by its name."""

    name: str
    url: str
    secret: str = field(repr=False)
    department: DepartmentId | None = None
    created_at: datetime | None = None
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to be made now. `body`: JSON."""

    id: DeliveryId
    webhook: WebhookId
    url: str
    secret: str = field(repr=False)
    event: HookEvent
    body: str
    tries: int
