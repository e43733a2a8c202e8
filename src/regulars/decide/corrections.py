"""Putting an outcome right where it was seen, with a receipt of what changed by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from uuid import UUID

import msgspec

from regulars import people
from regulars.choices import store as table
from regulars.choices.corrections import Made, Said
from regulars.choices.corrections import correct as make
from regulars.choices.corrections import undo as take_back
from regulars.choices.model import CorrectionKind, Fact, Says
from regulars.decide import log
from regulars.decide.model import Asked, Chosen, Decision
from regulars.decide.pipeline import decide
from regulars.decide.world import World
from regulars.kit.errors import Conflict, Invalid, NotFound, Unavailable
from regulars.kit.ids import DecisionId, EventId, ItemId, PersonId, new_id
from regulars.kit.json import Json
from regulars.people import Profile
from regulars.store import Db

HIDES = (CorrectionKind.NOT_FOR_ME, CorrectionKind.LESS_LIKE_THIS)
PATIENCE_SECONDS = 0.5
"""How long a decision may still be on its way to the log when somebody corrects it already."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says of `item` as it stood in `decision`. `facet`: the guess that is wrong, where they name one."""

    decision: DecisionId
    item: ItemId
    kind: CorrectionKind
    facet: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a correction changed: which items left the slot, which came, and what is a fact now."""

    removed: tuple[ItemId, ...]
    added: tuple[ItemId, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that was made. `undone_at` is set when it was taken back."""

    id: UUID
    decision: DecisionId
    item: ItemId
    kind: CorrectionKind
    facet: str | None
    receipt: Receipt
    at: datetime
    undone_at: datetime | None = None


def correct(db: Db, correction: Correction, profile: Profile, world: World, *, by: str, now: datetime) -> Corrected:
    """Make a fact of what `profile`'s person says, and see what it changes.

    The receipt compares the same question (slot, context, size, chance) decided before and after, both now.
    Raises NotFound for a decision that is not theirs, Invalid for an item that was not in it or where there is nothing
    to put right.
    """
    decision = of_theirs(db, correction.decision, profile)
    chosen = next((c for c in decision.items if c.item == correction.item), None)
    if chosen is None:
        raise Invalid("this item was not in that decision", fields={"item": "was not in that decision"})
    before = again(decision, profile, world, now=now)
    made = make(db, profile, _said(correction, chosen, world), by=by, now=now)
    after = again(decision, _read_again(db, profile), world, now=now)
    receipt = _receipt(correction, before, after, made)
    corrected = Corrected(new_id(), decision.id, correction.item, correction.kind, correction.facet, receipt, at=now)
    table.add_correction(db, _row(corrected, profile, made))
    return corrected


def undo_correction(db: Db, correction: UUID, profile: Profile, *, by: str, now: datetime) -> None:
    """Take a correction back: what it stated, denied or forgot is as it was. What was said since stays.

    Raises NotFound when it is not theirs, Conflict when it was undone already.
    """
    row = table.correction(db, correction)
    if row is None or row.person_id not in _nodes(db, profile):
        raise NotFound("there is no such correction")
    if row.undone_at is not None:
        raise Conflict("this correction was undone already")
    take_back(db, profile, CorrectionKind(row.kind), _made(row), by=by, now=now)
    table.mark_undone(db, correction, now)


def corrections(db: Db, nodes: Sequence[PersonId], *, most: int = 50) -> list[Corrected]:
    """What a person (all of their nodes) corrected, newest first, undone ones too."""
    return [_corrected(row) for row in table.corrections(db, nodes, most=most)]


def again(decision: Decision, profile: Profile, world: World, *, now: datetime) -> Decision:
    """The same question, decided for `profile` as it is, with the same chance."""
    asked = Asked(decision.slot, profile, decision.context, decision.size, frozenset(decision.exclude))
    return decide(asked, world, now=now, id=decision.id)


def of_theirs(db: Db, decision: DecisionId, profile: Profile) -> Decision:
    """A logged decision that was made for this person. Raises NotFound for any other, Unavailable as `log.find`."""
    found = _patiently(db, decision)
    if found.person is None or found.person not in _nodes(db, profile):
        raise NotFound("there is no such decision")
    return found


def _patiently(db: Db, decision: DecisionId) -> Decision:
    """Decisions are logged in batches, maybe by another process: one just answered is there in a moment."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return log.find(db, decision)
        except Unavailable:
            if monotonic() > until:
                raise
            sleep(0.05)


def _nodes(db: Db, profile: Profile) -> list[PersonId]:
    return people.nodes(db, profile.person) if profile.person is not None else []


def _read_again(db: Db, profile: Profile) -> Profile:
    assert profile.node is not None
    return people.profile_of(db, profile.node, newest=max(200, len(profile.history.events)))


def _said(correction: Correction, chosen: Chosen, world: World) -> Said:
    because = chosen.reason.because
    item = world.shelf.items.get(correction.item)
    if item is None:
        raise Invalid("this item is not in the catalogue any more", fields={"item": "is gone"})
    return Said(
        correction.kind,
        correction.item,
        item.external_id,
        correction.facet,
        tuple((b.facet, b.value) for b in because if b.facet and b.guess and b.value),
        tuple(b.event for b in because if b.event is not None),
    )


def _receipt(correction: Correction, before: Decision, after: Decision, made: Made) -> Receipt:
    was, now = [c.item for c in before.items], [c.item for c in after.items]
    removed = [item for item in was if item not in now]
    if correction.kind in HIDES and correction.item not in was:
        removed.insert(0, correction.item)
    return Receipt(tuple(removed), tuple(item for item in now if item not in was), made.facts)


def _row(corrected: Corrected, profile: Profile, made: Made) -> table.CorrectionRow:
    receipt: dict[str, Json] = {
        "removed": [int(i) for i in corrected.receipt.removed],
        "added": [int(i) for i in corrected.receipt.added],
        "facts": [fact_json(fact) for fact in made.facts],
        "changes": [str(change) if change else None for change in made.changes],
    }
    assert profile.node is not None
    return table.CorrectionRow(
        corrected.id,
        corrected.decision,
        profile.node,
        corrected.item,
        corrected.kind.value,
        corrected.facet,
        receipt,
        [change for change in made.changes if change],
        [int(event) for event in made.events],
        corrected.at,
    )


def fact_json(fact: Fact) -> dict[str, Json]:
    """A fact as the API says it."""
    return {"facet": fact.facet, "value": fact.value, "scope": fact.scope, "says": fact.says.value}


class _Fact(msgspec.Struct):
    facet: str
    value: object
    scope: str
    says: Says


class _Kept(msgspec.Struct):
    removed: tuple[int, ...]
    added: tuple[int, ...]
    facts: tuple[_Fact, ...]
    changes: tuple[UUID | None, ...]


def _kept(row: table.CorrectionRow) -> tuple[_Kept, tuple[Fact, ...]]:
    kept = msgspec.convert(row.receipt, _Kept)
    return kept, tuple(Fact(f.facet, f.value, f.scope, f.says) for f in kept.facts)  # type: ignore[arg-type]  # JSON


def _made(row: table.CorrectionRow) -> Made:
    kept, facts = _kept(row)
    return Made(facts, kept.changes, tuple(EventId(e) for e in row.events))


def _corrected(row: table.CorrectionRow) -> Corrected:
    kept, facts = _kept(row)
    receipt = Receipt(tuple(map(ItemId, kept.removed)), tuple(map(ItemId, kept.added)), facts)
    return Corrected(
        row.id,
        DecisionId(row.decision_id),
        ItemId(row.item_id),
        CorrectionKind(row.kind),
        row.facet,
        receipt,
        row.at,
        row.undone_at,
    )
