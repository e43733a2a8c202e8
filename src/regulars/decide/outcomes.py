"""What became of decisions: what was shown, with which chance, and what people answered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from regulars.decide import logged_store
from regulars.decide.pools import Head, unpacked
from regulars.people import Purpose
from regulars.people.consents import refusers
from regulars.store import Db

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
MOST = 100_000
"""So many decisions, the newest, are learned from."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision that reached a screen.

    items, propensities   as it was shown, place by place
    answers               (places,) 0 nothing, 1 opened, 2 taken, read or rated, 3 bought
    head                  the candidates that were best then
    at                    seconds since 1970
    """

    slot: str
    at: float
    items: I32
    propensities: F64
    answers: F64
    head: Head


def outcomes(db: Db, *, since: datetime, most: int = MOST) -> list[Outcome]:
    """The newest decisions since then whose head is logged and which were seen, oldest first.

    Seen: an event of the same person names the decision. Who refuses personalisation is left out.
    """
    told: dict[UUID, dict[int, dict[int, int]]] = defaultdict(dict)
    for decision, root, item, answer in logged_store.told(db, since):
        told[decision].setdefault(root, {})[item] = answer
    refused = set(refusers(db, Purpose.PERSONALISATION))
    found = []
    for row in logged_store.decided(db, list(told), most):
        answered = told[row.id].get(row.root_id)
        head = unpacked(row.pool)
        if answered is not None and head is not None and row.root_id not in refused:
            found.append(_outcome(row, answered, head))
    return found[::-1]


def _outcome(row: logged_store.LoggedRow, answered: dict[int, int], head: Head) -> Outcome:
    return Outcome(
        row.slot,
        row.at,
        np.array(row.items, np.int32),
        np.array(row.propensities, np.float64),
        np.array([answered.get(item, 0) for item in row.items], np.float64),
        head,
    )


def answered(found: Sequence[Outcome]) -> int:
    """How many places were answered."""
    return int(sum((one.answers > 0).sum() for one in found))
