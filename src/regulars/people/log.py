"""Everybody's interactions as arrays, for learning."""

import numpy as np

from regulars.people.model import Log
from regulars.people.store import log as table
from regulars.store import Db

SECONDS_TO_2000 = 946_684_800


def logs(db: Db) -> Log:
    """All interactions that may be learned from, sorted by person, then time (then as they were recorded).

    Roots are resolved; persons whose latest word on personalisation is no are left out.
    """
    rows = table.read(db)
    order = np.lexsort((rows["id"], rows["at"], rows["root"]))
    rows = rows[order]
    return Log(
        np.ascontiguousarray(rows["root"], np.int64),
        np.ascontiguousarray(rows["item"], np.int32),
        np.ascontiguousarray(rows["verb"], np.int8),
        rows["at"].astype(np.int64) // 1_000_000 + SECONDS_TO_2000,
    )
