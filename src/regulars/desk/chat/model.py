"""The words of chat: who is there, when it is open, the queue, invitations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import NewType
from uuid import UUID

from regulars.desk.model import ConversationId
from regulars.kit.conditions import ALWAYS, Condition
from regulars.kit.text import Localised
from regulars.people import Identity
from regulars.team import AgentId

Ticket = NewType("Ticket", bytes)
"""SHA-256 of the secret a browser keeps for its chat: 32 bytes. The secret itself is never kept."""
VisitorId = NewType("VisitorId", UUID)
"""A browser on the site, as agents address it: the beginning of its ticket, which opens nothing."""
RuleId = NewType("RuleId", UUID)
InvitationId = NewType("InvitationId", UUID)

Span = tuple[time, time]
"""From and until, local time, the end excluded; 00:00 as the end means midnight."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """When and how the company chats.

    zone     IANA name of the zone the hours are in
    hours    0 = Monday → open spans; a day that is missing is closed. None: open at all times
    closed_days  holidays
    switched_off  closed by hand, whatever the hours say
    greeting language → own first words; missing: ours
    privacy  address of the company's privacy page; "" = none is linked
    files    whether visitors may send files
    """

    zone: str = "UTC"
    hours: Mapping[int, tuple[Span, ...]] | None = None
    closed_days: frozenset[date] = frozenset()
    switched_off: bool = False
    greeting: Localised = field(default_factory=dict)
    privacy: str = ""
    files: bool = True


class Standing(StrEnum):
    """Whether somebody can answer now."""

    OPEN = "open"  # somebody is online and has room
    BUSY = "busy"  # somebody is online, and has as many chats as they take: there is a queue
    NOBODY = "nobody"  # it is open, nobody is online
    CLOSED = "closed"  # outside the hours, or switched off

    @property
    def live(self) -> bool:
        """Whether an answer comes while one waits."""
        return self in (Standing.OPEN, Standing.BUSY)


@dataclass(frozen=True, slots=True)
class Hall:
    """How chat stands now: what every visitor is told.

    online   agents who take chats, `room` how many more they take
    opens    when it opens again; None: it is open, or no hour is planned
    waiting  conversations in the queue, longest first
    pace_seconds  how long one step of the queue takes
    """

    standing: Standing
    online: int = 0
    room: int = 0
    opens: datetime | None = None
    waiting: tuple[ConversationId, ...] = ()
    pace_seconds: float = 120.0
    numbers: Mapping[ConversationId, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """A thousand visitors ask for their place every few seconds."""
        object.__setattr__(self, "numbers", {c: n for n, c in enumerate(self.waiting, start=1)})

    def place(self, conversation: ConversationId) -> "Place | None":
        """Where `conversation` stands in the queue; None when it does not wait."""
        number = self.numbers.get(conversation)
        if not self.standing.live or number is None:
            return None
        return Place(number, self.pace_seconds * number if number > self.room else min(self.pace_seconds, 60.0))


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue, 1 = next, and how long it takes to be answered."""

    number: int
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What we hold about a ticket."""

    ticket: Ticket
    conversation: ConversationId
    user: str | None
    device: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message."""

    id: UUID
    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message as chat shows it.

    conversation  where it is read; origin: where it was written to
    author        "customer" or "agent"; name: of the agent
    key           of the door it came in by: the beginning says which browser wrote it
    """

    id: int
    conversation: ConversationId
    origin: ConversationId
    at: datetime
    channel: str
    author: str
    name: str
    text: str
    html: str
    key: str
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser on the site now.

    visits   how many, this one included; pages: of this visit
    """

    id: VisitorId
    identity: Identity | None
    url: str
    title: str
    language: str
    visits: int
    pages: int
    since: datetime
    page_since: datetime
    seen_at: datetime
    conversation: ConversationId | None = None


@dataclass(frozen=True, slots=True)
class InvitationRule:
    """When a visitor is asked whether they want to chat.

    when        a condition over page, visits and time (see `words.VISITOR_WORDS`)
    text        language → what is said
    every_days  the same visitor is asked again after so many days; a dismissal counts for all rules
    active      False: kept, not acted on
    """

    id: RuleId
    name: str
    when: Condition = ALWAYS
    text: Localised = field(default_factory=dict)
    every_days: int = 7
    active: bool = True


class InvitationAnswer(StrEnum):
    """What the visitor made of it."""

    OPENED = "opened"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One visitor was asked: by a rule, or by an agent."""

    id: InvitationId
    visitor: VisitorId
    text: str
    at: datetime
    rule: RuleId | None = None
    agent: AgentId | None = None
    answer: InvitationAnswer | None = None
