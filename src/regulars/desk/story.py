"""The customer's story, as it stands beside a conversation: two round trips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

import msgspec

from regulars import choices, people
from regulars.desk.model import Actor, Channel, ConversationId, Status
from regulars.desk.sight import check_may_change
from regulars.desk.store import story as store
from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people import Facet, FactChange, Identity, IdentityKind, Profile
from regulars.store import Db
from regulars.team import Agent

HERE_NOW = timedelta(minutes=5)
"""Who did something on the site within this time is taken to be there."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A page they looked at."""

    at: datetime
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Bought:
    """An order. `items`: what was in it, by the ids the shop sent."""

    at: datetime
    number: str
    total: Decimal | None
    currency: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What they answered when they were asked. `about`: the question or the survey; `answer`: "" for no answer."""

    at: datetime
    about: str
    answer: str


@dataclass(frozen=True, slots=True)
class SentBefore:
    """Something that was sent to them, and what became of it."""

    at: datetime
    channel: str
    purpose: str
    state: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation they had."""

    id: ConversationId
    number: int
    subject: str
    status: Status
    channel: Channel
    began: datetime
    last: datetime
    messages: int


@dataclass(frozen=True, slots=True)
class Story:
    """Who this is, and what there was between us.

    identities  every name they are known by; `visits` counts the browsers among them that never signed in
    chosen      facts, said by them or noted for them (see `noted_by`)
    guessed     what we infer, where it may act
    here        the page they are on right now; None: not on the site
    hidden      how many of their conversations belong to departments the agent does not see
    """

    person: PersonId
    name: str
    since: datetime | None
    last_seen: datetime | None
    identities: tuple[Identity, ...]
    traits: Mapping[str, Json]
    chosen: tuple[Facet, ...]
    guessed: tuple[Facet, ...]
    here: Visited | None
    pages: tuple[Visited, ...]
    orders: tuple[Bought, ...]
    sent: tuple[SentBefore, ...]
    surveys: tuple[Surveyed, ...]
    talks: tuple[Talk, ...]
    hidden: int = 0

    @property
    def visits(self) -> int:
        """Browsers they came with that name nobody."""
        return sum(1 for i in self.identities if i.kind is IdentityKind.ANONYMOUS)


def story(db: Db, person: PersonId, *, by: Actor, now: datetime, profile: Profile | None = None) -> Story:
    """The story of a person, as `by` may see it. Raises NotFound for somebody unknown.

    profile  theirs, where the caller has it already (with the guesses of this second)
    """
    held = profile or people.profile_of(db, person, newest=1)
    if held.person is None:
        raise NotFound("nobody is known by this number: they may have asked to be forgotten")
    found = msgspec.convert(store.story(db, person, by), _Found)
    pages = tuple(_visited(p) for p in found.pages)
    there = bool(pages) and found.last_seen is not None and now - found.last_seen < HERE_NOW
    return Story(
        held.person, name_of(held), found.since, found.last_seen, held.identities, held.traits,
        tuple(f for f in held.facets.values() if f.stated is not None),
        tuple(f for f in held.facets.values() if f.stated is None and f.value is not None),
        pages[0] if there else None, pages,
        tuple(_bought(o.at, o.properties) for o in found.orders),
        tuple(SentBefore(s.at, s.channel, s.purpose, s.state) for s in found.sent),
        tuple(_surveyed(e) for e in found.surveys),
        tuple(Talk(ConversationId(t.id), t.number, t.subject, Status(t.status), Channel(t.channel), t.began, t.last,
                   t.messages) for t in found.talks),
        found.hidden,
    )  # fmt: skip


def note_fact(
    db: Db, person: PersonId, facet: str, value: Json, *, by: Agent, now: datetime, scope: str = ""
) -> FactChange:
    """Write down what a customer told an agent about their wishes; None takes it back. It counts as their own word.

    It is marked as noted by the agent, there and on the customer's own page, where they can change it.
    Raises Forbidden for who may only look, NotFound for an unknown facet or person, Invalid for what does not fit.
    """
    check_may_change(by)
    if people.profile_of(db, person, newest=1).person is None:
        raise NotFound("nobody is known by this number: they may have asked to be forgotten")
    if value is None:
        return choices.clear(db, person, facet, scope=scope, by=f"agent:{by.email}", now=now)
    return choices.choose(db, person, facet, value, scope=scope, by=f"agent:{by.email}", now=now)


def noted_by(facet: Facet) -> str:
    """The agent (their address) who wrote the fact down for the customer; "" when the customer said it themselves."""
    said = facet.stated_by or ""
    return said.removeprefix("agent:") if said.startswith("agent:") else ""


def name_of(profile: Profile) -> str:
    """What to call them: the name they gave, else a name they are known by that people can read."""
    traits = profile.traits
    parts = (traits.get(n) or traits.get(s) or "" for n, s in (("first_name", "firstName"), ("last_name", "lastName")))
    given = str(traits.get("name") or " ".join(str(p) for p in parts).strip())
    by_kind = {i.kind: i.value for i in reversed(profile.identities)}
    named = (by_kind.get(k) for k in (IdentityKind.EMAIL, IdentityKind.USER, IdentityKind.CLAIMED))
    return given or next((n for n in named if n), "")


class _Event(msgspec.Struct):
    at: datetime
    properties: dict[str, object]
    name: str = ""


class _Sent(msgspec.Struct):
    at: datetime
    channel: str
    purpose: str
    state: str


class _Talk(msgspec.Struct):
    id: UUID
    number: int
    subject: str
    status: str
    channel: str
    began: datetime
    last: datetime
    messages: int


class _Found(msgspec.Struct):
    since: datetime | None
    last_seen: datetime | None
    pages: list[_Event]
    surveys: list[_Event]
    orders: list[_Event]
    sent: list[_Sent]
    talks: list[_Talk]
    hidden: int


def _visited(event: _Event) -> Visited:
    said = event.properties
    url = _text(said.get("url")) or _text(said.get("path"))
    return Visited(
        event.at, _text(said.get("title")) or event.name or url, url if url.startswith(("http", "/")) else ""
    )


def _surveyed(event: _Event) -> Surveyed:
    said = event.properties
    about = next((t for k in ("question", "title", "survey", "survey_name") if (t := _said(said.get(k)))), event.name)
    parts = (_said(said.get(k)) for k in ("score", "rating", "answer", "response", "comment"))
    return Surveyed(event.at, about, " · ".join(dict.fromkeys(p for p in parts if p)))


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else _text(value)


def _bought(at: datetime, said: Mapping[str, object]) -> Bought:
    products = said.get("products")
    ids = [_text(p.get("product_id") or p.get("id") or p.get("sku")) for p in _mappings(products)]
    total = next((said[k] for k in ("total", "revenue", "value") if k in said), None)
    number = _text(said.get("order_id") or said.get("orderId"))
    return Bought(at, number, _money(total), _text(said.get("currency")), tuple(i for i in ids if i))


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, Sequence) else []


def _money(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        made = Decimal(str(value))
    except InvalidOperation:
        return None
    return made if made.is_finite() else None


def _text(value: object) -> str:
    return str(value)[:500] if isinstance(value, str | int) and not isinstance(value, bool) else ""
