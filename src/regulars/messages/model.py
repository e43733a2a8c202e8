"""What goes out, to whom, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from regulars.kit.ids import PersonId
from regulars.kit.json import Json

LedgerId = NewType("LedgerId", int)
"""One row of the ledger: one message to one person over one channel."""


class Purpose(StrEnum):
    """Why we write. Nothing that needs consent goes out by this door yet."""

    SERVICE = "service"  # an answer to what the person asked
    ACCOUNT = "account"  # about their own account: an invitation, a sign-in link


class State(StrEnum):
    """Where a row is: queued → claimed → accepted | failed | unknown; cancelled while it was queued."""

    QUEUED = "queued"
    CLAIMED = "claimed"  # being handed over right now
    ACCEPTED = "accepted"  # the channel took responsibility for it
    FAILED = "failed"  # refused for good, or it bounced
    UNKNOWN = "unknown"  # the process or connection died in the middle: it may have arrived; only a person repeats it
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom it is for.

    person   None: someone we do not know as a customer (a colleague who is invited)
    address  as the channel understands it
    """

    person: PersonId | None
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Something that goes with a message. `inline_id`: the Content-ID by which its HTML shows it."""

    name: str
    type: str
    content: bytes
    inline_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one person over one channel.

    key         unique per message, person and channel: asked for twice, it is sent once
    payload     what the channel needs, as its room describes it
    not_before  it can be cancelled until then
    """

    key: str
    channel: str
    to: Recipient
    payload: Mapping[str, Json]
    purpose: Purpose = Purpose.SERVICE
    not_before: datetime | None = None
    files: Sequence[File] = field(default=())


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a row. `at`: when it came into this state; `message_id`: the channel's name of it."""

    state: State
    at: datetime
    error: str | None
    message_id: str | None


@dataclass(frozen=True, slots=True)
class SentChanged:
    """News: a row came into another state."""

    ledger: LedgerId
    state: State


@dataclass(frozen=True, slots=True)
class Accepted:
    """The channel took responsibility."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel did not take it. Temporarily: it is tried again, less and less often."""

    words: str
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can say whether it was taken: the connection broke between the last byte and the answer."""

    words: str


Handed = Accepted | Refused | Unclear
"""What a channel says."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier is given: a claimed row, with everything of it."""

    ledger: LedgerId
    to: Recipient
    payload: Mapping[str, Json]
    files: tuple[File, ...]
    purpose: Purpose
    tries: int
    created_at: datetime
    message_id: str | None


class Carrier(Protocol):
    """A channel, as the ledger sees it."""

    def name(self, parcel: Parcel) -> str | None:
        """The channel's name for this message, the same at every try; None when it has none. Does not send."""
        ...

    def hand_over(self, parcel: Parcel) -> Handed:
        """Send it. Faults of the world are answers, not exceptions."""
        ...
