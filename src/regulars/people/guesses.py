"""Guesses, saved for many at once, and what they are learned from."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people.cleaning import as_json
from regulars.people.model import Guess
from regulars.people.store import facets as table
from regulars.store import Db


def save_guesses(db: Db, guesses: Mapping[PersonId, Sequence[Guess]], *, now: datetime) -> None:
    """These are all the guesses about these persons now: what was guessed of them before and is not here is gone.

    Facts are left alone. Persons erased meanwhile are passed over. Any node of a person may be given, one each.
    """
    flat = [(node, g) for node, found in guesses.items() for g in {g.facet: g for g in found}.values()]
    columns: dict[str, list[object]] = {
        "node": [node for node, _ in flat],
        "facet": [g.facet for _, g in flat],
        "value": [as_json(g.value) for _, g in flat],
        "confidence": [g.confidence for _, g in flat],
        "evidence": [as_json([[e.what, e.ref, e.share] for e in g.evidence]) for _, g in flat],
    }
    if guesses:
        table.save_guesses(db, columns, sorted(guesses), now)


def stated(db: Db) -> dict[str, dict[int, Json]]:
    """What people chose for everywhere: facet → root → the value that counts. The labels guessing is calibrated on."""
    found: dict[str, dict[int, Json]] = {}
    for facet, root, value in table.stated(db):
        found.setdefault(facet, {})[root] = value
    return found


def newest_context(db: Db, root: PersonId) -> Mapping[str, Json]:
    """The context of this person's newest event (locale, location …), empty when they did nothing yet."""
    return table.newest_context(db, root)
