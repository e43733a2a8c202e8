"""Buy again: which items one person buys more than once, and how many days usually lie between."""

from dataclasses import dataclass

import numpy as np

from regulars.people.model import History, Log, Verb
from regulars.taste.model import F32, Model

SAME_VISIT_DAYS = 0.25
"""Two purchases nearer than this are one visit."""

SHRINK = 5.0

MOST_EVENTS = 5_000_000
"""Of more, every k-th person tells enough."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How someone buys one thing: for a reason such as "usually every 3 weeks, last 19 days ago".

    times       how many visits they bought it on
    usual_days  between two of them: their own median where they have two gaps or more (`own`), else everybody's
    since_days  since the last one · due  from four fifths of the usual days on
    """

    times: int
    usual_days: float
    since_days: float
    own: bool

    @property
    def due(self) -> bool:
        """Whether it is about time."""
        return self.since_days >= 0.8 * self.usual_days


def habit(model: Model, history: History, item: int, *, now_seconds: float) -> Habit | None:
    """The habit of someone with `history` (newest first) for `item`; None where there is none to speak of."""
    mine = (history.items == item) & (history.verbs == Verb.BOUGHT)
    at = np.sort(np.minimum(history.at[mine], now_seconds)) / 86_400
    if not len(at):
        return None
    visits = at[np.r_[True, np.diff(at) > SAME_VISIT_DAYS]]
    gaps = np.diff(visits)
    own = len(gaps) >= 2
    usual = float(np.median(gaps)) if own else float(model.interval[item]) if item < len(model.interval) else np.nan
    if np.isnan(usual):
        return None
    return Habit(len(visits), usual, now_seconds / 86_400 - float(visits[-1]), own)


def rhythm(log: Log, *, n: int) -> tuple[F32, F32]:
    """(n,) usual days between two purchases of an item by one person (nan: never seen), (n,) share who came back.

    Where nothing is ever bought, any two events of one person with an item count as coming back.
    """
    good = (log.items > 0) & (log.items < n)
    bought = good & (log.verbs == Verb.BOUGHT)
    shop = bool(bought.any())
    which = bought if shop else good & (log.verbs > Verb.SHOWN) & (log.verbs != Verb.BOUNCED)
    if which.sum() > MOST_EVENTS:
        which &= log.people % -(-int(which.sum()) // MOST_EVENTS) == 0
    people, items, at = log.people[which], log.items[which], log.at[which]
    order = np.lexsort((at, items, people))
    people, items, at = people[order], items[order], at[order] / 86_400
    same = (people[1:] == people[:-1]) & (items[1:] == items[:-1])
    gap = np.diff(at)
    back = same & (gap > (SAME_VISIT_DAYS if shop else -1))
    buyers = np.bincount(items[np.r_[True, ~same]] if len(items) else items, minlength=n)
    returns = np.bincount(items[1:][back], minlength=n)
    overall = returns.sum() / max(buyers.sum(), 1)
    share = (np.minimum(returns, buyers) + SHRINK * min(overall, 1.0)) / (buyers + SHRINK)
    return _medians(items[1:][back], gap[back], n), np.where(buyers > 0, share, 0).astype(np.float32)


def _medians(items: "np.typing.NDArray[np.int32]", gaps: "np.typing.NDArray[np.float64]", n: int) -> F32:
    usual = np.full(n, np.nan, np.float32)
    order = np.lexsort((gaps, items))
    items, gaps = items[order], gaps[order]
    found, first, size = np.unique(items, return_index=True, return_counts=True)
    usual[found] = gaps[first + size // 2]
    return usual
