"""What we hold about a person: identities, events, facets (fact beside guess) and consents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from regulars.kit.ids import EventId, ItemId, PersonId
from regulars.kit.json import Json


class IdentityKind(StrEnum):
    """How a person can be known. `user` is proven (server key or signed token); `claimed` is only said."""

    ANONYMOUS = "anonymous"
    USER = "user"
    CLAIMED = "claimed"
    EMAIL = "email"

    __hash__ = str.__hash__  # identities are keys of every batch: an enum's own hash is written in Python


class Identity(msgspec.Struct, frozen=True, gc=False):
    """One name of a person, e.g. (USER, "vera"). A struct: it is made, hashed and compared by the hundred a call."""

    kind: IdentityKind
    value: str


class EventType(IntEnum):
    """The calls of the Segment spec; the number is what the database keeps."""

    TRACK = 1
    PAGE = 2
    SCREEN = 3
    IDENTIFY = 4
    GROUP = 5
    ALIAS = 6


class Verb(IntEnum):
    """What a person did with an item; the number is what the database and the model keep."""

    SHOWN = 1
    VIEWED = 2
    CLICKED = 3
    ADDED = 4
    REMOVED = 5
    BOUGHT = 6
    READ = 7
    RATED = 8
    MORE = 9  # "more like this"
    BOUNCED = 10


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened, as it is recorded.

    message_id  chosen by the sender: the same id is recorded once
    at          when it happened, aware UTC, already corrected for a wrong client clock
    verb        None: not an interaction; then `items` is empty
    properties, context  JSON text (UTF-8), kept as sent
    """

    message_id: str
    person: PersonId
    type: EventType
    name: str
    at: datetime
    verb: Verb | None = None
    items: tuple[ItemId, ...] = ()
    learn: bool = True
    properties: bytes = b"{}"
    context: bytes = b"{}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What `record` did: how many events were new, how many were known by message id."""

    new: int
    known: int


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """One recorded event as it is shown to the person it belongs to."""

    id: EventId
    message_id: str
    type: EventType
    name: str
    at: datetime
    verb: Verb | None
    items: tuple[ItemId, ...]
    learn: bool
    properties: Mapping[str, Json]
    context: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Marks:
    """One broad characteristic of each event of a log: `codes` (m,) int32 into `values`, -1 where unknown."""

    values: Sequence[str]
    codes: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Log:
    """Everybody's interactions that may be learned from, sorted by person, then time; arrays of one length m.

    people (m,) int64 root PersonId · items (m,) int32 ItemId · verbs (m,) int8 Verb · at (m,) int64 seconds since 1970
    marks  characteristic ("city", "region", "language", "device") → where and how each event happened, when known
    """

    people: NDArray[np.int64]
    items: NDArray[np.int32]
    verbs: NDArray[np.int8]
    at: NDArray[np.int64]
    marks: Mapping[str, Marks] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """A person's interactions that may be learned from, newest first; four arrays of one length.

    events (n,) int64 EventId · items (n,) int32 ItemId · verbs (n,) int8 Verb · at (n,) float64 seconds since 1970
    """

    events: NDArray[np.int64]
    items: NDArray[np.int32]
    verbs: NDArray[np.int8]
    at: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Facet:
    """One record with the fact beside the guess.

    stated      by them: a fact; None with `stated_at` set means "reset to automatic"
    denied      values they said are wrong: never guessed again
    used        False: "don't use": the guess may not act
    inferred    by us: a guess, with confidence in [0, 1] and evidence
    """

    name: str
    scope: str = ""
    stated: Json = None
    stated_at: datetime | None = None
    stated_by: str | None = None
    denied: tuple[Json, ...] = ()
    used: bool = True
    inferred: Json = None
    confidence: float = 0.0
    evidence: tuple["Evidence", ...] = ()
    inferred_at: datetime | None = None

    @property
    def value(self) -> Json:
        """What counts: the stated value, else the guess where it may act, else None."""
        if self.stated is not None:
            return self.stated
        return self.inferred if self.used and self.inferred not in self.denied else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of what a guess rests on. `share` in [0, 1]; shares of a guess sum to at most 1."""

    what: str  # "event" | "context" | "trait"
    ref: str  # event id as text, or the name of the context field or trait
    share: float


@dataclass(frozen=True, slots=True)
class Guess:
    """A value inferred, `confidence` the probability that it is right."""

    facet: str
    value: Json
    confidence: float
    evidence: tuple[Evidence, ...]


class Purpose(StrEnum):
    """What a person may allow or refuse."""

    PERSONALISATION = "personalisation"
    STATISTICS = "statistics"
    EMAIL = "email"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Consent:
    """One line of the ledger: this was allowed or refused, on these words, in this language, here, then."""

    purpose: Purpose
    granted: bool
    wording: str
    language: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a decision needs to know of a person, read in one round trip.

    person    the root; None for nobody in particular
    node      the node of the identity that was asked for (what is written goes there)
    facets    by (name, scope), resolved over all merged nodes: newer stated beats older
    consents  the latest word per purpose; absent = never asked
    versions  the counters of `store.versions` at the time of reading
    """

    person: PersonId | None
    node: PersonId | None
    identities: tuple[Identity, ...]
    traits: Mapping[str, Json]
    facets: Mapping[tuple[str, str], Facet]
    consents: Mapping[Purpose, bool]
    history: History
    versions: Mapping[str, int] = field(default_factory=dict)

    def facet(self, name: str, scope: str = "") -> Facet:
        """The facet for `scope`, else the one for everywhere, else an empty one."""
        return self.facets.get((name, scope)) or self.facets.get((name, "")) or Facet(name, scope)


@dataclass(frozen=True, slots=True)
class FactChange:
    """One change of a fact, undoable. `before` and `after` hold stated, denied and used, with who and when."""

    id: UUID
    facet: str
    scope: str
    before: Mapping[str, Json]
    after: Mapping[str, Json]
    by: str
    at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """News: two persons became one."""

    merge: UUID
    root: PersonId
    nodes: Sequence[PersonId]


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """One pointer between two nodes: why they are one person, and whether that was taken back."""

    id: UUID
    a: PersonId
    b: PersonId
    source: str
    by: str
    at: datetime
    undone_at: datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class IdentifyCall:
    """Someone says who they are.

    proven  the user id came with a server key or a signed person token; else it is only a claim
    traits  kept for whoever is proven: the user; for a claim: the device, else the claim itself
    email   an address the company's own server says is the user's: mail from it is theirs. Never what a browser says
    """

    user_id: str | None
    anonymous_id: str | None = None
    proven: bool = False
    traits: Mapping[str, Json] = field(default_factory=dict)
    source: str = "identify"
    email: str = ""


@dataclass(frozen=True, slots=True)
class AliasCall:
    """Someone says that an earlier id and a user id are one person; `proven` as in IdentifyCall."""

    previous_id: str
    user_id: str
    proven: bool = False


@dataclass(frozen=True, slots=True)
class PersonErased:
    """News: everything held about a person is gone. `counts` says how many rows of which table."""

    root: PersonId
    nodes: Sequence[PersonId]
    counts: Mapping[str, int]
