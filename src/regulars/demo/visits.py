"""What people do: visits with looks, baskets, orders and reading, drawn all at once as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from regulars.demo.content import Content
from regulars.demo.population import Person
from regulars.demo.tastes import NEVER, Floats, Tastes

DAY = 86400
DAYS = 180

Ints = NDArray[np.int64]


class Act(IntEnum):
    """What someone does with a thing."""

    LOOK = 1
    ADD = 2
    ORDER = 3
    READ = 4


@dataclass(frozen=True)
class Acts:
    """Acts as columns of one length, sorted by visit and moment.

    person · visit (numbered over all, by person then time) · after (s since the visit began) · what (Act) ·
    thing (index into products, or into articles for READ)
    """

    person: Ints
    visit: Ints
    after: Ints
    what: NDArray[np.int8]
    thing: Ints


@dataclass(frozen=True)
class Visits:
    """Visits as columns: who, and when it began (s before now). Sorted by person, oldest first."""

    person: Ints
    ago: NDArray[np.float64]
    hungry: NDArray[np.bool_]


def plan_visits(people: Sequence[Person], rng: np.random.Generator) -> Visits:
    """When everybody comes: a Poisson number of visits since they joined, at lunch, coffee or in the evening."""
    counts = np.maximum(1, rng.poisson([x.visits_a_month * x.joined_days_ago / 30 for x in people]))
    person = np.repeat(np.arange(len(people)), counts)
    days = np.floor(rng.random(person.size) * np.array([x.joined_days_ago for x in people])[person]) + 1
    hungry = rng.random(person.size) < 0.74
    lunch = rng.normal(12.6, 0.9, person.size)
    other = rng.normal(np.where(rng.random(person.size) < 0.5, 9.3, 20.0), 1.1)
    hour = np.clip(np.where(hungry, lunch, other), 6.5, 23)
    ago = days * DAY + (12 - hour) * 3600 + rng.uniform(0, 60, person.size)
    order = np.lexsort((-ago, person))
    return Visits(person[order], ago[order], hungry[order])


def act(visits: Visits, tastes: Tastes, content: Content, rng: np.random.Generator) -> Acts:
    """What happens in every visit."""
    day = _Day(visits, tastes, content, rng)
    day.meal()
    day.coffee()
    day.build()
    day.read()
    return day.written()


class _Day:
    """Draws the acts of all visits, kind by kind, and keeps them as columns."""

    def __init__(self, visits: Visits, tastes: Tastes, content: Content, rng: np.random.Generator) -> None:
        self.visits, self.tastes, self.content, self.rng = visits, tastes, content, rng
        self.columns: list[tuple[Ints, Ints, int, Ints]] = []  # visit, after, what, thing
        self.top = np.array([p.category[0] for p in content.products])
        self.leaf = np.array([p.category[-1] for p in content.products])

    def meal(self) -> None:
        """Most hungry visits: looks at some mains, often orders one, with a drink that goes with it."""
        who = np.flatnonzero(self.visits.hungry & (self.rng.random(self.visits.person.size) < 0.93))
        mains = self._draw(who, np.flatnonzero(self.top == "sandwiches"), k=4)
        looks = 1 + self.rng.binomial(3, 0.42, who.size)
        for nth in range(mains.shape[1]):
            some = nth < looks
            self._note(who[some], 240 - 50 * nth, Act.LOOK, mains[some, nth])
        self._curious(who)
        orders = self.rng.random(who.size) < 0.62
        who, main = who[orders], mains[orders, 0]
        self._take(who, 260, main, looked=True)
        thirsty = self.rng.random(who.size) < 0.66
        self._extra(who[thirsty], main[thirsty], np.flatnonzero(self.top == "drinks"), 300)
        sweet = self.rng.random(who.size) < 0.14
        self._extra(who[sweet], main[sweet], np.flatnonzero(self.top == "sweets"), 340)

    def coffee(self) -> None:
        """A quarter of the other visits: a hot drink, now and then with something sweet."""
        who = np.flatnonzero(~self.visits.hungry & (self.rng.random(self.visits.person.size) < 0.55))
        drinks = self._draw(who, np.flatnonzero(np.isin(self.leaf, ("coffee", "tea"))), k=2)
        if drinks.shape[1] < 2:
            return
        self._note(who, 60, Act.LOOK, drinks[:, 1])
        self._take(who, 100, drinks[:, 0], looked=False)
        sweet = self.rng.random(who.size) < 0.42
        self._extra(who[sweet], drinks[sweet, 0], np.flatnonzero(self.top == "sweets"), 140)

    def build(self) -> None:
        """The rest of the hungry: a sandwich of their own from the builder."""
        ordered = {int(v) for visit, _, what, _ in self.columns if what == Act.ADD for v in visit}
        hungry = np.flatnonzero(self.visits.hungry)
        free = hungry[~np.isin(hungry, np.array(sorted(ordered), np.int64))]
        who = free[self.rng.random(free.size) < 0.22]
        steps = np.array([p.attributes.part_of for p in self.content.products])
        for nth, step in enumerate(("bread", "filling", "green", "sauce", "extra")):
            some = who if nth < 2 else who[self.rng.random(who.size) < (0.8, 0.8, 0.8, 0.7, 0.35)[nth]]
            part = self._draw(some, np.flatnonzero(steps == step), k=1)
            if part.shape[1]:
                self._take(some, 200 + 20 * nth, part[:, 0], looked=False)

    def read(self) -> None:
        """Articles: beside the meal, or for their own sake."""
        count = np.where(
            self.visits.hungry,
            self.rng.random(self.visits.person.size) < 0.22,
            self.rng.binomial(3, 0.55, self.visits.person.size),
        ).astype(np.int64)
        who = np.flatnonzero(count)
        if not self.content.articles or who.size == 0:
            return
        utility = self.tastes.articles[self.visits.person[who]].copy()
        age = np.array([a.published_days_ago for a in self.content.articles]) * float(DAY)
        since = age[None, :] - self.visits.ago[who][:, None]  # how old each article was at that visit
        utility += np.where(since < 0, NEVER, 1.2 * np.exp(-since / (14 * DAY))).astype(np.float32)
        picked = _top(utility + self.rng.gumbel(size=utility.shape).astype(np.float32), 3)
        for nth in range(picked.shape[1]):
            good = (nth < count[who]) & (np.take_along_axis(utility, picked[:, [nth]], 1)[:, 0] > NEVER / 2)
            self._note(who[good], 420 + 180 * nth, Act.READ, picked[good, nth])

    def written(self) -> Acts:
        """Everything that was noted, with one order per visit that took something, in order of time."""
        adds = [(visit, thing) for visit, _, what, thing in self.columns if what == Act.ADD]
        for visit, thing in adds:
            self._note(visit, 400, Act.ORDER, thing)
        visit = np.concatenate([c[0] for c in self.columns])
        after = np.concatenate([c[1] for c in self.columns])
        what = np.concatenate([np.full(c[0].size, c[2], np.int8) for c in self.columns])
        thing = np.concatenate([c[3] for c in self.columns])
        order = np.lexsort((thing, what, after, visit))
        visit = visit[order]
        return Acts(self.visits.person[visit], visit, after[order], what[order], thing[order])

    def _curious(self, who: Ints) -> None:
        """One look in forty is at something one would never eat: behaviour is not clean."""
        some = who[self.rng.random(who.size) < 0.025]
        self._note(some, 30, Act.LOOK, self.rng.choice(np.flatnonzero(self.top == "sandwiches"), some.size))

    def _extra(self, who: Ints, main: Ints, among: Ints, after: int) -> None:
        if among.size:
            found = self._draw(who, among, k=1, pull=self.tastes.goes_with[main][:, among])
            self._take(who, after, found[:, 0], looked=True)

    def _take(self, who: Ints, after: int, thing: Ints, *, looked: bool) -> None:
        good = self.tastes.allowed[self.visits.person[who], thing]
        if looked:
            self._note(who[good], after - 15, Act.LOOK, thing[good])
        self._note(who[good], after, Act.ADD, thing[good])

    def _note(self, who: Ints, after: int, what: Act, thing: Ints) -> None:
        self.columns.append((who, np.full(who.size, after, np.int64), what, np.asarray(thing, np.int64)))

    def _draw(self, who: Ints, among: Ints, *, k: int, pull: Floats | None = None) -> Ints:
        """The `k` best of `among` for each visit, utility plus Gumbel noise: (visits, k) product indices."""
        if among.size == 0:
            return np.zeros((who.size, 0), np.int64)
        utility = self.tastes.products[np.ix_(self.visits.person[who], among)]
        utility = utility + self.rng.gumbel(size=utility.shape).astype(np.float32)
        return among[_top(utility if pull is None else utility + pull, k)]


def _top(utility: Floats, k: int) -> Ints:
    return np.argsort(-utility, axis=1)[:, :k]
