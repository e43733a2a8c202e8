"""Trying something: a small, bounded, logged share of the places that rest on a guess.

Every guessed place but the first is given away with probability `slot.explore`, independently of the others; who
gets it is drawn evenly from a small pool of items that would not have been shown, without drawing one twice. The
item that held the place simply does not appear: nothing else moves. So the probabilities are exact:

    the guessed item at its place     1 - explore
    an item of the pool (size m) at a place that may be given away     explore / m

(by symmetry each of the m is as likely as any other at any place, as long as there are no more places than items in
the pool; more are never given away). Places held by a choice of the person or a pin of the shop have probability 1.
"""

from random import Random

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
MOST_TRIED = 20
"""How many items the pool holds."""


def explore(places: int, pool: int, share: float, random: Random) -> dict[int, int]:
    """Which of `places` guessed places are given away, and to which item of the pool: place → position in the pool.

    At most `pool` places may be given away: the ones after the first `pool` + 1 stay as they are.
    """
    if not share or not pool:
        return {}
    given = [place for place in range(1, min(places, pool + 1)) if random.random() < share]
    return dict(zip(given, random.sample(range(pool), len(given)), strict=True))


def open_to_trying(place: int, pool: int, share: float) -> bool:
    """Whether the guessed place number `place` might have been given away."""
    return bool(share and pool and 1 <= place <= pool)
