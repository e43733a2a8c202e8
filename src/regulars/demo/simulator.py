"""The Reading Table's first half year, made up: people with known tastes, and everything they did.

Seeded: the same seed, content and `now` give the same rows. It is honest in the ways that matter to a model: choices
are logit choices over utilities that stay the same (`demo.tastes`), so people repeat themselves; diets are obeyed but
for a curious look now and then; what goes with what, what is liked where and when an article came out all show in
behaviour; a browser's language is sometimes not its person's, and an address sometimes points elsewhere. Because the
truth is kept beside the rows, tests can ask how much of it was found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

import numpy as np

from regulars.demo.cast import cast
from regulars.demo.content import Content
from regulars.demo.population import Likes, Person, populate
from regulars.demo.tastes import Tastes, tastes
from regulars.demo.visits import Act, Acts, Visits, act, plan_visits
from regulars.kit.json import Json

NAMES = {Act.LOOK: "Product Viewed", Act.ADD: "Product Added", Act.ORDER: "Order Completed", Act.READ: "Article Read"}


@dataclass(frozen=True, slots=True)
class Row:
    """One call in the Segment spec's words; `type` is "track" or "identify"."""

    message_id: str
    type: str
    event: str
    at: datetime
    person: int
    user_id: str | None
    anonymous_id: str
    properties: Mapping[str, Json] = field(default_factory=dict)
    context: Mapping[str, Json] = field(default_factory=dict)

    @property
    def products(self) -> tuple[str, ...]:
        """The external ids this row is about."""
        if "products" in self.properties:
            listed = self.properties["products"]
            return tuple(str(p["product_id"]) for p in listed)  # type: ignore[union-attr,index,call-overload]
        one = self.properties.get("product_id") or self.properties.get("article_id")
        return (str(one),) if one else ()


@dataclass(frozen=True)
class Simulation:
    """What came out: the people as they truly are, what they did, and the utilities they did it by."""

    people: Sequence[Person]
    rows: Sequence[Row]
    truth: Tastes


def simulate(content: Content, *, seed: int, now: datetime, people: int = 2000) -> Simulation:
    """`people` made-up people (Vera and Omar first) and about six months of what they did until `now`."""
    rng = np.random.default_rng(seed)
    everyone = cast(populate(people, _likes(content), rng))
    truth = tastes(everyone, content, rng)
    visits = plan_visits(everyone, rng)
    acts = act(visits, truth, content, rng)
    rows = list(_rows(everyone, visits, acts, content, now))
    return Simulation(everyone, rows, truth)


def _likes(content: Content) -> Likes:
    counts: dict[str, int] = {}
    for product in content.products:
        for ingredient in product.attributes.ingredients:
            counts[ingredient] = counts.get(ingredient, 0) + 1
    return Likes(
        ingredients=tuple(sorted(i for i, n in counts.items() if 2 <= n <= 10)),
        topics=tuple(sorted({t for a in content.articles for t in a.attributes.topics})),
        allergens=tuple(sorted({a for p in content.products for a in p.attributes.allergens})),
    )


def _rows(people: Sequence[Person], visits: Visits, acts: Acts, content: Content, now: datetime) -> Iterator[Row]:
    came = [0] * len(people)  # visits with something done in them, so far
    steps = [
        _Step(int(p), int(v), int(a), Act(w), int(t))
        for p, v, a, w, t in zip(acts.person, acts.visit, acts.after, acts.what, acts.thing, strict=True)
    ]
    for number, visit_steps in groupby(steps, key=attrgetter("visit")):
        person = people[int(visits.person[number])]
        nth = came[person.index]
        came[person.index] += 1
        began = now - timedelta(seconds=float(visits.ago[number]))
        visit = _Visit(person, number, nth, began, content)
        yield from visit.rows(list(visit_steps))


@dataclass(frozen=True, slots=True)
class _Step:
    person: int
    visit: int
    after: int
    what: Act
    thing: int


@dataclass(frozen=True, slots=True)
class _Visit:
    """One visit of one person, said in rows."""

    person: Person
    number: int
    nth: int
    began: datetime
    content: Content

    def rows(self, steps: Sequence[_Step]) -> Iterator[Row]:
        """What a browser and the shop's server would have sent in this visit."""
        if self.nth == self.person.known_from:
            yield self._row(0, 0, "identify", self.person.traits)
        orders: list[_Step] = []
        for k, step in enumerate(steps, start=1):
            if step.what is Act.ORDER:
                orders.append(step)
            else:
                yield self._row(k, step.after, NAMES[step.what], self._thing(step))
        if orders:
            yield self._row(len(steps) + 1, orders[0].after, NAMES[Act.ORDER], self._order(orders))

    def _row(self, k: int, after: int, event: str, properties: Mapping[str, Json]) -> Row:
        known = 0 <= self.person.known_from <= self.nth
        return Row(
            message_id=f"demo-{self.number}-{k}",
            type="identify" if event == "identify" else "track",
            event="" if event == "identify" else event,
            at=self.began + timedelta(seconds=after + k),
            person=self.person.index,
            user_id=self.person.user_id if known else None,
            anonymous_id=self.person.anonymous_id,
            properties=properties,
            context=self.person.context(self.began, travels=self.number % 23 == 0),
        )

    def _thing(self, step: _Step) -> Mapping[str, Json]:
        if step.what is Act.READ:
            article = self.content.articles[step.thing]
            return {"article_id": article.id, "topics": list(article.attributes.topics)}
        return self._product(step.thing)

    def _product(self, index: int) -> dict[str, Json]:
        product = self.content.products[index]
        return {"product_id": product.id, "price": float(product.price), "category": product.category[-1]}

    def _order(self, steps: Sequence[_Step]) -> Mapping[str, Json]:
        products = [{**self._product(s.thing), "quantity": 1} for s in steps]
        total = round(sum(float(self.content.products[s.thing].price) for s in steps), 2)
        return {"order_id": f"T-{self.number}", "total": total, "currency": "EUR", "products": products}
