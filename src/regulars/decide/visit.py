"""What somebody did in this visit: in a basket only that counts."""

import numpy as np
from numpy.typing import NDArray

from regulars.people.model import History, Verb

PAUSE_SECONDS = 1_800.0
"""A pause this long ends a visit."""
BASKET = (Verb.ADDED, Verb.REMOVED, Verb.BOUGHT)


def this_visit(history: History, seconds: float) -> History:
    """The newest of `history`, up to the last pause before `seconds`."""
    pauses = -np.diff(history.at, prepend=seconds)  # newest first
    ended = np.flatnonzero(pauses > PAUSE_SECONDS)
    if not len(ended):
        return history
    end = int(ended[0])
    return History(history.events[:end], history.items[:end], history.verbs[:end], history.at[:end])


def in_basket(visit: History) -> NDArray[np.int32]:
    """What was put into the basket and not taken out or bought since."""
    touched = np.isin(visit.verbs, BASKET)
    items, newest = np.unique(visit.items[touched], return_index=True)
    held: NDArray[np.int32] = items[visit.verbs[touched][newest] == Verb.ADDED]
    return held
