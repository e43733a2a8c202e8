"""Ids that more than one room speaks of, and how new ones are made."""

import os
import time
from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", int)
"""A person: a node of the identity graph. The *root* of a merged person is a PersonId too."""

ItemId = NewType("ItemId", int)
"""Something that can be offered. Small and dense (1, 2, 3 …): arrays are indexed by it directly."""

EventId = NewType("EventId", int)
"""One recorded event."""

DecisionId = NewType("DecisionId", UUID)
"""One decision, as it was answered and logged."""


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): sorts by the millisecond it was made in, 74 random bits."""
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(os.urandom(10), "big")
    value = (millis & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (rand >> 68 & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | rand & ((1 << 62) - 1))


def age_seconds(made: UUID) -> float | None:
    """How long ago `new_id` made this id, by the clock it was made with; None for an id of another kind."""
    if made.version != 7:
        return None
    return time.time() - (made.int >> 80) / 1000
