"""People as the HTTP API takes and gives them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from regulars.kit.errors import Invalid
from regulars.people import Consent, Facet, Identity, MergeRecord, Purpose
from regulars.web.whom import Name, PersonIn


class IdentityOut(Struct):
    """One name of a person: `user` is proven, `claimed` is only said."""

    kind: str
    value: str

    @classmethod
    def of(cls, identity: Identity) -> "IdentityOut":
        """As it is given."""
        return cls(identity.kind.value, identity.value)


class EvidenceOut(Struct):
    """One piece of what a guess rests on."""

    what: str
    ref: str
    share: float


class FacetOut(Struct):
    """The fact beside the guess. `value` is what counts: what they stated, else our guess where it may act."""

    facet: str
    scope: str
    value: object
    stated: object
    stated_at: datetime | None
    stated_by: str | None
    guess: object
    confidence: float
    evidence: list[EvidenceOut]
    denied: list[object]
    used: bool

    @classmethod
    def of(cls, facet: Facet) -> "FacetOut":
        """As it is given."""
        evidence = [EvidenceOut(e.what, e.ref, round(e.share, 4)) for e in facet.evidence]
        return cls(
            facet.name, facet.scope, facet.value, facet.stated, facet.stated_at, facet.stated_by, facet.inferred,
            round(facet.confidence, 4), evidence, list(facet.denied), facet.used,
        )  # fmt: skip


class FacetsOut(Struct):
    """Every facet of a person, facts beside guesses."""

    facets: list[FacetOut]


class FacetIn(Struct, forbid_unknown_fields=True):
    """What the person says of a facet. `value`: so it is. `wrong`: this guess is wrong. `used`: may the guess act?"""

    value: Annotated[object | UnsetType, Meta(description="The value that counts from now on.")] = UNSET
    wrong: Annotated[object | UnsetType, Meta(description="A value that must never be guessed again.")] = UNSET
    used: Annotated[bool | UnsetType, Meta(description="False: the guess may not act.")] = UNSET
    scope: Annotated[str, Meta(description="A slot or page; empty: everywhere.", max_length=200)] = ""


class MergeOut(Struct):
    """A pointer between two names: why they are one person, and whether that was taken back."""

    merge: UUID
    source: str
    by: str
    at: datetime
    undone_at: datetime | None
    undone_by: str | None

    @classmethod
    def of(cls, merge: MergeRecord) -> "MergeOut":
        """As it is given."""
        return cls(merge.id, merge.source, merge.by, merge.at, merge.undone_at, merge.undone_by)


class MergeIn(Struct, rename={"other": "with"}, forbid_unknown_fields=True):
    """The other person: a user id, or anonymous:ID."""

    other: Annotated[str, Meta(min_length=1, max_length=540, examples=["anonymous:a1b2c3"])]


class MergedOut(Struct):
    """The merge that was made; null when they were one person already."""

    merge: UUID | None


class ConsentOut(Struct):
    """One line of the ledger."""

    purpose: str
    granted: bool
    wording: str
    language: str
    source: str
    at: datetime

    @classmethod
    def of(cls, said: Consent) -> "ConsentOut":
        """As it is given."""
        return cls(said.purpose.value, said.granted, said.wording, said.language, said.source, said.at)


class ConsentsOut(Struct):
    """What counts per purpose (absent: never asked), and the whole ledger, newest first."""

    allowed: dict[str, bool]
    history: list[ConsentOut]


class ConsentIn(Struct, forbid_unknown_fields=True):
    """An answer: to which purpose, on which words."""

    purpose: Purpose
    granted: bool
    wording: Annotated[str, Meta(max_length=200, description="Version of the words they saw.", examples=["2026-01"])]
    language: Annotated[str, Meta(max_length=35, examples=["en"])] = "en"
    source: Annotated[str, Meta(max_length=200, description="Where they said it.", examples=["checkout"])] = "api"


class PersonOut(Struct):
    """Everything known, chosen and guessed about a person."""

    person: int
    identities: list[IdentityOut]
    traits: dict[str, object]
    facets: list[FacetOut]
    allowed: dict[str, bool]
    merges: list[MergeOut]
    interactions: int


class ErasedOut(Struct):
    """How many rows of what are gone."""

    erased: dict[str, int]


class MeLinkIn(Struct, rename={"user_id": "userId", "anonymous_id": "anonymousId", "person_token": "personToken"}):
    """Whose page the link opens: with a write key the visitor itself, with a server key anybody.

    person  the same two ids in one object, as the other calls have them
    """

    user_id: Name | None = None
    anonymous_id: Name | None = None
    person_token: str | None = None
    person: PersonIn | None = None

    def whose(self) -> PersonIn:
        """Who is named. Raises Invalid when that is said twice."""
        if self.person is None:
            return PersonIn(self.user_id, self.anonymous_id)
        if self.user_id is not None or self.anonymous_id is not None:
            raise Invalid("say whose page once: in person, or beside it", fields={"person": "is said twice"})
        return self.person


class MeLinkOut(Struct, rename={"my_url": "myUrl"}):
    """A link that opens one person's page until it expires. Whoever has it can see and change that page.

    my_url  the same for their conversations, where it is proven who they are; null for a device
    """

    url: str
    expires: datetime
    my_url: str | None = None
