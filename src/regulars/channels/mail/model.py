"""What a mail is to us, coming and going."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from regulars.kit.json import Json
from regulars.store import Db

MOST_BYTES = 35_000_000
"""Of a larger mail only the beginning is fetched; it says so (`TRUNCATED`)."""

TRUNCATED = "X-Regulars-Truncated"

Kept = Callable[[Db], None]
"""Called in the transaction in which mails were kept."""


@dataclass(frozen=True, slots=True)
class Address:
    """Someone's address, lower case in its domain, and the name that stood beside it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Something that came or goes with a mail. `inline_id`: the Content-ID by which its HTML shows it."""

    name: str
    type: str
    content: bytes
    inline_id: str | None = None


class AutomaticKind(StrEnum):
    """What sort of machine wrote it."""

    REPLY = "reply"  # out of office, receipts
    GENERATED = "generated"  # notices of programs
    BULK = "bulk"  # newsletters and lists
    BOUNCE = "bounce"  # it could not be delivered (RFC 3464)
    REPORT = "report"  # abuse and read reports (RFC 5965, RFC 8098)


@dataclass(frozen=True, slots=True)
class Automatic:
    """A machine wrote it; `why` names what gave it away."""

    kind: AutomaticKind
    why: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """What could not be delivered. `permanent`: trying again does not help. `final`: nobody is trying any more."""

    message_id: str | None
    recipient: str
    status: str
    words: str
    permanent: bool
    final: bool = True


@dataclass(frozen=True, slots=True)
class Appointment:
    """What an invitation is about. `method`: REQUEST, CANCEL, REPLY …"""

    method: str
    summary: str
    starts: str
    ends: str
    place: str
    organizer: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, read.

    message_id   with its angle brackets; None when it has none of use
    references   oldest first; in_reply_to is not repeated in it
    text         what the sender wrote now; with `signature` and `quoted` (the folded rest) nothing of it is lost
    html         as it came: it is made harmless when shown (`show`)
    inline       pictures its HTML shows, by Content-ID
    tokens       what may be signed reply tokens, from addresses and Message-IDs, the likeliest first
    fault        why it, or a part of it, could not be read; the raw mail is to be kept with the conversation then
    """

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    from_: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    text: str
    quoted: str = ""
    signature: str = ""
    html: str | None = None
    attachments: tuple[File, ...] = ()
    inline: tuple[File, ...] = ()
    calendar: Appointment | None = None
    automatic: Automatic | None = None
    bounce: Bounce | None = None
    language_hint: str = ""
    tokens: tuple[str, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be written: as it stands in the ledger's payload (`letter_of`), with its files.

    markdown      the text; its HTML is made from it
    conversation  what a reply belongs to: signed into Reply-To and Message-ID
    automatic     no human wrote it: nobody's machine shall answer (RFC 3834)
    headers       more of them, of ours only (List-Unsubscribe …)
    """

    subject: str
    markdown: str
    from_: Address
    to: Address
    conversation: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    automatic: bool = False
    language: str = ""
    quoted: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    files: tuple[File, ...] = ()


Payload = Mapping[str, Json]
"""What the ledger keeps of a letter: `payload_of` and `letter_of` turn one into the other."""
