"""Traits: what the company tells us about a person."""

from collections.abc import Mapping

from regulars.kit.errors import TooLarge
from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people.cleaning import as_json
from regulars.people.store import traits as table
from regulars.store import Db

MOST_BYTES = 131_072


def set_traits(db: Db, node: PersonId, traits: Mapping[str, Json]) -> None:
    """Add `traits` to what is known of `node`; null takes one away. Raises TooLarge when all would exceed 128 kB."""
    if save_traits(db, {node: traits}):
        raise TooLarge(f"the traits of a person may not exceed {MOST_BYTES // 1024} kB: take some away first")


def save_traits(db: Db, traits: Mapping[PersonId, Mapping[str, Json]]) -> set[PersonId]:
    """`set_traits` of many in one statement; the nodes that are full, and keep what they had."""
    rows = {node: as_json(told) for node, told in sorted(traits.items()) if told}
    return set(rows) - table.merge(db, rows, MOST_BYTES) if rows else set()
