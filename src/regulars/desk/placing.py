"""Where an arrival belongs: the rules of threading, without a database.

A conversation is found by what the message proves or refers to, in this order: a signed token, `In-Reply-To`,
`References` (the nearest first), a number quoted in the subject (RFC 5322, 3.6.4). For mail that is not enough: the
sender must belong to the conversation too. A stranger who refers to it opens a new one, marked as related.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from regulars.desk.model import Arrival, Author, Channel, ConversationId, LinkKind, Priority, Status
from regulars.desk.policy import due, status_after, waiting_after
from regulars.kit.ids import PersonId


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation an arrival refers to. `rank`: 0 by token, then by reference, the nearest first.

    origin  the one that is meant, when that was merged into `conversation`
    """

    conversation: ConversationId
    rank: int
    belongs: bool
    origin: ConversationId


@dataclass(slots=True)
class Standing:
    """How a conversation stands; changes as messages come in."""

    id: ConversationId
    status: Status = Status.NEW
    priority: Priority = Priority.NORMAL
    waiting_since: datetime | None = None
    snoozed_until: datetime | None = None
    messages: int = 0
    assignee: UUID | None = None
    opened: Arrival | None = None
    last: "Placed | None" = None
    last_customer: "Placed | None" = None

    @property
    def due_at(self) -> datetime | None:
        """Until when the answer is owed."""
        return due(self.waiting_since, self.priority)


@dataclass(frozen=True, slots=True)
class Placed:
    """An arrival with its place: the conversation it was written to, the one it is read in, and who wrote it."""

    arrival: Arrival
    origin: ConversationId
    into: Standing
    person: PersonId | None
    opened: bool

    @property
    def author(self) -> Author:
        """Customer, or a machine on their side."""
        return Author.AUTOMATIC if self.arrival.automatic else Author.CUSTOMER


@dataclass(frozen=True, slots=True)
class Turn:
    """A change the arrival itself made: the status, or the end of a snooze."""

    conversation: ConversationId
    kind: str
    before: str
    after: str | None


@dataclass(slots=True)
class Placing:
    """Places arrivals one after the other; later ones of a batch may answer earlier ones.

    standing    the conversations that were found, by id
    candidates  by the arrival's place in the batch; what followed a closed conversation comes after it
    """

    standing: dict[ConversationId, Standing]
    candidates: Mapping[int, Sequence[Candidate]]
    now: datetime
    placed: list[Placed] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    links: list[tuple[ConversationId, ConversationId, LinkKind]] = field(default_factory=list)
    _said: dict[str, Placed] = field(default_factory=dict)
    _followed: dict[ConversationId, ConversationId] = field(default_factory=dict)
    _members: dict[ConversationId, set[str | PersonId]] = field(default_factory=dict)

    def place(self, n: int, arrival: Arrival, person: PersonId | None, fresh: Callable[[], UUID]) -> Placed:
        """Find (or open, under a `fresh` id) the conversation of the n-th arrival and let it act on it."""
        found = sorted(self._candidates(n, arrival, person), key=lambda c: c.rank)
        proved = arrival.thread.conversation if arrival.channel is not Channel.EMAIL else None
        fits = [c for c in found if c.belongs or (c.rank == 0 and proved is not None)]
        for one in fits:
            if self.standing[one.conversation].status is not Status.CLOSED:
                return self._add(Placed(arrival, one.origin, self.standing[one.conversation], person, opened=False))
        standing = Standing(ConversationId(fresh()) if proved is None or found else proved, opened=arrival)
        self.standing[standing.id] = standing
        if fits:
            self.links.append((standing.id, fits[-1].conversation, LinkKind.FOLLOW_UP))
            self._followed[fits[0].conversation] = standing.id
        elif found:
            self.links.append((standing.id, found[0].conversation, LinkKind.RELATED))
        return self._add(Placed(arrival, standing.id, standing, person, opened=True))

    def _candidates(self, n: int, arrival: Arrival, person: PersonId | None) -> Iterable[Candidate]:
        """What the database knows, and what this batch said before."""
        for known in self.candidates.get(n, ()):
            yield known
            if later := self._followed.get(known.conversation):
                yield Candidate(later, known.rank, self._belongs(later, arrival, person), later)
        proved = arrival.thread.conversation
        if proved is not None and proved in self.standing:
            yield Candidate(proved, 0, self._belongs(proved, arrival, person), proved)
        if not self._said:
            return
        for rank, reference in enumerate(nearest_first(arrival), start=1):
            if said := self._said.get(reference):
                yield Candidate(said.into.id, rank, self._belongs(said.into.id, arrival, person), said.origin)

    def _belongs(self, conversation: ConversationId, arrival: Arrival, person: PersonId | None) -> bool:
        members = self._members.get(conversation, set())
        return (person is not None and person in members) or arrival.sender.address in members - {""}

    def _add(self, placed: Placed) -> Placed:
        arrival, into, person = placed.arrival, placed.into, placed.person
        self.placed.append(placed)
        self._act(placed)
        if arrival.message_id:
            self._said[arrival.message_id] = placed
        members = self._members.setdefault(into.id, set())
        members.update(copy.address for copy in arrival.copies)
        members.add(arrival.sender.address)
        if person is not None:
            members.add(person)
        return placed

    def _act(self, placed: Placed) -> None:
        into, author = placed.into, placed.author
        after = status_after(into.status, author)
        if after is not into.status:
            self.turns.append(Turn(into.id, "status", into.status.value, after.value))
        if into.snoozed_until is not None and author is Author.CUSTOMER:
            self.turns.append(Turn(into.id, "snoozed_until", into.snoozed_until.isoformat(), None))
            into.snoozed_until = None
        into.waiting_since = waiting_after(into.waiting_since, after, author, self.now)
        into.status = after
        into.messages += 1
        into.last = placed
        if author is Author.CUSTOMER:
            into.last_customer = placed


def nearest_first(arrival: Arrival) -> list[str]:
    """The Message-IDs an arrival refers to: what it answers, then its references from the last to the first."""
    return list(dict.fromkeys(r for r in (arrival.thread.in_reply_to, *reversed(arrival.thread.references)) if r))
