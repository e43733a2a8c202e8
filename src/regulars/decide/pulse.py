"""What happens right now: counted as it comes, fading within the hour."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from regulars.decide.exploring import PRIOR, RATE, Tallies
from regulars.people.model import Verb

F32 = NDArray[np.float32]
HALF_LIFE_SECONDS = 1_800.0
CALM = 50.0
"""How many events of the hour count as much as all that is known of popularity."""
LEAST_NOW = 5.0
TIMES = 2.0
"""What is popular right now: this many (fading) events at least, and so many times its usual share."""
RIGHT_NOW = 0.5
"""How much of "popular" is what happens right now."""
ANSWERS = (Verb.VIEWED, Verb.CLICKED, Verb.ADDED, Verb.BOUGHT, Verb.READ, Verb.RATED, Verb.MORE)
DOING = {Verb.VIEWED: 0.4, Verb.CLICKED: 0.4, Verb.ADDED: 0.8, Verb.BOUGHT: 1.0, Verb.READ: 0.8, Verb.RATED: 0.8,
         Verb.MORE: 1.0}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """One person's event with one item, just recorded. `at` in seconds since 1970."""

    person: int
    item: int
    verb: int
    at: float


@dataclass(slots=True)
class Pulse:
    """Fading counts of what people do with items, and how often items were shown and answered."""

    counts: dict[int, float] = field(default_factory=dict)
    shown: dict[int, int] = field(default_factory=dict)
    answered: dict[int, int] = field(default_factory=dict)
    since: float = 0.0

    def add(self, moments: Iterable[Moment], now_seconds: float) -> None:
        """Count these; what is old counts little, what is dated ahead counts as of now."""
        self.fade(now_seconds)
        for one in moments:
            if one.verb == Verb.SHOWN:
                self.shown[one.item] = self.shown.get(one.item, 0) + 1
            if one.verb in ANSWERS:
                self.answered[one.item] = self.answered.get(one.item, 0) + 1
                age = max(now_seconds - one.at, 0.0)
                weight = DOING[Verb(one.verb)] * 2.0 ** (-age / HALF_LIFE_SECONDS)
                self.counts[one.item] = self.counts.get(one.item, 0.0) + weight

    def fade(self, now_seconds: float) -> None:
        """Let what was counted grow older."""
        left = 2.0 ** (-max(now_seconds - self.since, 0.0) / HALF_LIFE_SECONDS)
        self.counts = {item: count * left for item, count in self.counts.items() if count * left > 0.01}
        self.since = max(self.since, now_seconds)

    def shares(self, usual: F32) -> tuple[F32, frozenset[int]]:
        """(n,) shares of popularity with what happens now, and the items that are popular right now.

        usual  (n,) the share of each item otherwise; what happens now is shrunk to it
        """
        n = len(usual)
        counts = np.zeros(n)
        for item, count in self.counts.items():
            if 0 < item < n:
                counts[item] = count
        total = counts.sum()
        if not total:
            return usual, frozenset()
        level = usual.sum() or 1.0
        now = (counts + CALM * usual / level) / (total + CALM) * level
        hot = (counts >= LEAST_NOW) & (counts / total > TIMES * usual / level)
        mixed = ((1 - RIGHT_NOW) * usual + RIGHT_NOW * now).astype(np.float32)
        return mixed, frozenset(np.flatnonzero(hot).tolist())

    def tallies(self, n: int) -> Tallies:
        """How often each item was shown and answered, for trying."""
        shown, answered = np.zeros(n, np.float32), np.zeros(n, np.float32)
        for into, counts in ((shown, self.shown), (answered, self.answered)):
            for item, count in counts.items():
                if 0 < item < n:
                    into[item] = count
        places = float(shown.sum())
        rate = (float(np.minimum(answered, shown).sum()) + PRIOR * RATE) / (places + PRIOR)
        return Tallies(shown, answered, min(max(rate, 0.001), 0.9))
