"""Corrections: what a person says of one outcome becomes facts, at once and undoably.

This room knows what a correction means; `decide` knows what was decided, and what changes by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars import people
from regulars.choices.constraints import is_personal, texts
from regulars.choices.model import CorrectionKind, Fact, Says
from regulars.choices.verbs import add, deny, take
from regulars.kit.errors import Conflict, Invalid
from regulars.kit.ids import EventId, ItemId, PersonId, new_id
from regulars.people import Event, EventType, Facet, FactChange, Profile, Verb
from regulars.store import Db


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of an item they saw.

    facet    the guess that is wrong, where they named one
    guesses  (facet, value) the reason rested on, `events` likewise
    """

    kind: CorrectionKind
    item: ItemId
    external_id: str
    facet: str | None = None
    guesses: tuple[tuple[str, str], ...] = ()
    events: tuple[EventId, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What a correction changed: facts, each with the change that made it (None: no facet), and the events touched."""

    facts: tuple[Fact, ...] = ()
    changes: tuple[UUID | None, ...] = ()
    events: tuple[EventId, ...] = ()


def correct(db: Db, profile: Profile, said: Said, *, by: str, now: datetime) -> Made:
    """Make the facts that follow. Raises Invalid where there is nothing that could be put right."""
    match said.kind:
        case CorrectionKind.NOT_FOR_ME:
            return _listed(db, profile, ("hidden_items",), said.external_id, by=by, now=now)
        case CorrectionKind.LESS_LIKE_THIS:
            return _listed(db, profile, ("hidden_items", "less_like"), said.external_id, by=by, now=now)
        case CorrectionKind.WRONG_ABOUT_ME:
            return _wrong(db, profile, said, by=by, now=now)
        case CorrectionKind.DO_NOT_LEARN:
            return _forgotten(db, profile, said.events)
        case CorrectionKind.MORE_LIKE_THIS:
            return _more(db, profile, said, now=now)


def undo(db: Db, profile: Profile, kind: CorrectionKind, made: Made, *, by: str, now: datetime) -> None:
    """Take everything back that `correct` made; what was said since stays."""
    for fact, change in reversed(list(zip(made.facts, made.changes, strict=True))):
        if change is not None:
            _undo(db, profile, fact, change, by=by, now=now)
    if made.events:
        people.learn_from(db, _root(profile), made.events, kind is not CorrectionKind.MORE_LIKE_THIS)


def _undo(db: Db, profile: Profile, fact: Fact, change: UUID, *, by: str, now: datetime) -> None:
    try:
        people.undo(db, _node(profile), change, by=by, now=now)
    except Conflict:  # the list grew since: only this value leaves it
        if fact.says is not Says.STATED or not isinstance(fact.value, str):
            raise
        take(db, _node(profile), fact.facet, fact.value, by=by, now=now)


def _listed(db: Db, profile: Profile, facets: Sequence[str], value: str, *, by: str, now: datetime) -> Made:
    made = [(facet, add(db, _node(profile), facet, value, by=by, now=now)) for facet in facets]
    return Made(tuple(Fact(facet, value) for facet, _ in made), tuple(c.id if c else None for _, c in made))


def _wrong(db: Db, profile: Profile, said: Said, *, by: str, now: datetime) -> Made:
    """Deny the guess they named, else every guess the reason rests on, else learn no more from its events."""
    guesses = said.guesses
    if said.facet is not None:
        guesses = tuple(g for g in guesses if g[0] == said.facet) or _guesses(profile, said.facet)
    if guesses:
        changes: list[FactChange] = []
        for facet, value in guesses:
            changes += deny(db, _node(profile), facet, value, by=by, now=now)
        facts = tuple(Fact(facet, value, says=Says.DENIED) for facet, value in guesses)
        return Made(facts, tuple(c.id for c in changes))
    if said.events:
        return _forgotten(db, profile, said.events)
    raise Invalid(
        "nothing about you was guessed here: say not_for_me, or change it in what you chose",
        fields={"kind": "no guess"},
    )


def _guesses(profile: Profile, facet: str) -> tuple[tuple[str, str], ...]:
    held = profile.facets.get((facet, "")) or Facet(facet)
    guesses = tuple((facet, value) for value in texts(held.inferred))
    if not guesses:
        words = "you chose this yourself: change it there" if held.stated is not None else "nothing is guessed here"
        raise Invalid(f"{facet}: {words}", fields={"facet": words})
    return guesses


def _forgotten(db: Db, profile: Profile, events: tuple[EventId, ...]) -> Made:
    if not events:
        raise Invalid("nothing you did is behind this", fields={"kind": "no event to forget"})
    learned = set(profile.history.events.tolist())
    touched = tuple(e for e in events if int(e) in learned)
    people.learn_from(db, _root(profile), touched, False)
    fact = Fact("events", [int(e) for e in events], says=Says.NOT_LEARNED)
    return Made((fact,), (None,), touched)


def _more(db: Db, profile: Profile, said: Said, *, now: datetime) -> Made:
    name, message = "More Like This", f"correction:{new_id()}"
    learn = is_personal(profile)
    event = Event(message, _node(profile), EventType.TRACK, name, now, Verb.MORE, (said.item,), learn)
    people.record(db, [event], now=now)
    seen = people.events(db, _root(profile), most=20)
    made = tuple(e.id for e in seen if e.message_id == message)
    return Made((Fact("events", said.external_id, says=Says.MORE),), (None,), made)


def _node(profile: Profile) -> PersonId:
    return _somebody(profile.node)


def _root(profile: Profile) -> PersonId:
    return _somebody(profile.person)


def _somebody(person: PersonId | None) -> PersonId:
    if person is None:
        raise Invalid("nobody in particular cannot correct anything", fields={"person": "unknown"})
    return person
