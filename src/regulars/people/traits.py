"""Traits: what the company tells us about a person."""

from collections.abc import Mapping

from regulars.kit.errors import TooLarge
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people.cleaning import as_json
from regulars.people.store import traits as table
from regulars.store import Db

MOST_CHARACTERS = 65_536


def set_traits(db: Db, node: PersonId, traits: Mapping[str, Json]) -> None:
    """Add `traits` to what is known of `node`; null takes one away. Raises TooLarge over 64 kB of JSON."""
    save_traits(db, {node: traits})


def save_traits(db: Db, traits: Mapping[PersonId, Mapping[str, Json]]) -> None:
    """`set_traits` of many in one statement."""
    rows = {node: as_json(told) for node, told in sorted(traits.items()) if told}
    if any(len(text) > MOST_CHARACTERS for text in rows.values()):
        raise TooLarge(f"the traits of a person may not exceed {MOST_CHARACTERS // 1024} kB")
    if rows:
        table.merge(db, rows)
