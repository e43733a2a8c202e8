"""Conversations that were had elsewhere, or are made up: brought in whole, as they stood. Nothing is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from regulars import people
from regulars.desk.model import Author, Channel, ConversationId, Priority, Sender, Status
from regulars.desk.policy import waiting_after
from regulars.desk.store import past
from regulars.kit.errors import Invalid
from regulars.people import Identity, IdentityKind
from regulars.store import Db
from regulars.team import AgentId, DepartmentId

KEYS = UUID("6f1c8d0e-5a5b-4c58-9d0b-3f0f2f0c7a11")
"""The same key is the same conversation, however often it is brought in."""


@dataclass(frozen=True, slots=True)
class PastMessage:
    """One thing that was said, by the customer, or by an agent (who may be gone: None)."""

    author: Author
    at: datetime
    text: str
    agent: AgentId | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class PastConversation:
    """One conversation as it stood. `messages` in their order; the first is the customer's."""

    key: str
    channel: Channel
    sender: Sender
    subject: str
    status: Status
    messages: tuple[PastMessage, ...]
    priority: Priority = Priority.NORMAL
    department: DepartmentId | None = None
    assignee: AgentId | None = None
    language: str = ""
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> ConversationId:
        """Its id here."""
        return ConversationId(uuid5(KEYS, self.key))

    @property
    def waiting_since(self) -> datetime | None:
        """Since when the customer waits for an answer."""
        since: datetime | None = None
        for message in self.messages:
            since = waiting_after(since, self.status, message.author, message.at)
        return None if self.status is Status.PENDING else since


def bring_in(db: Db, conversations: Sequence[PastConversation], *, now: datetime) -> int:
    """Keep `conversations`; returns how many were not here yet. Raises Invalid for one in which nothing was said."""
    for one in conversations:
        if not one.key or not one.messages:
            raise Invalid(
                "a past conversation needs a key of its own and at least one message", fields={"key": one.key}
            )
    names = {_identity(one.sender) for one in conversations} - {None}
    found = people.resolve(db, {n for n in names if n}, now=now)
    persons = [found[name] if (name := _identity(one.sender)) else None for one in conversations]
    return past.insert(db, conversations, persons)


def _identity(sender: Sender) -> Identity | None:
    if sender.identity:
        return sender.identity
    return Identity(IdentityKind.EMAIL, sender.address.casefold()) if "@" in sender.address else None
