"""A small made-up town whose diets, topics, purses and languages are known, because we made them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import numpy as np

from regulars.catalog.model import Item, Shelf
from regulars.kit.ids import ItemId
from regulars.people.model import History, Log, Verb
from tests.taste.worlds import DAY, SECONDS

DIETS = ("vegan", "vegetarian", "halal")
TOPICS = ("coffee", "bread", "cheese", "travel", "music", "history")


@dataclass(frozen=True)
class Value:
    id: str


@dataclass(frozen=True)
class Definition:
    """As a facet's definition looks to the room."""

    name: str
    acts: str
    many: str = "several"
    attribute: str = ""
    values: tuple[Value, ...] = ()
    kinds: tuple[str, ...] = ()
    guessed: bool = True


def values(*ids: str) -> tuple[Value, ...]:
    return tuple(Value(i) for i in ids)


DIET = Definition("diet", "require", attribute="diet", values=values(*DIETS), kinds=("product",))
TOPIC = Definition("topics", "prefer", attribute="topics", values=values(*TOPICS))
FAVOURITE = Definition("favourite_categories", "prefer", attribute="category")
LANGUAGE = Definition("language", "language", many="one", values=values("en", "es", "nl"))
CITY = Definition("city", "place", many="one", attribute="city")
PRICE = Definition("price_band", "nothing", many="one", values=values("low", "middle", "high"))


def shelf_of(items: Mapping[int, Item]) -> Shelf:
    """A shelf as the catalogue makes it."""
    n = max(items) + 1
    kinds = sorted({i.kind for i in items.values()})
    categories = sorted({i.category for i in items.values()})
    has: dict[tuple[str, str], np.ndarray] = {}
    price, kind, category = np.full(n, np.nan, np.float32), np.full(n, -1, np.int16), np.full(n, -1, np.int32)
    for number, item in items.items():
        price[number] = np.nan if item.price is None else float(item.price)
        kind[number], category[number] = kinds.index(item.kind), categories.index(item.category)
        said = {"kind": [item.kind], "category": list(item.category), **item.attributes}
        for name, those in said.items():
            for one in map(str, cast(list[str], those)):
                has.setdefault((name, one), np.zeros(n, np.bool_))[number] = True
    offerable = np.array([i in items for i in range(n)])
    return Shelf(1, n, offerable, price, kind, kinds, category, categories, np.full(n, np.nan), has, items, {})


def catalogue(rng: np.random.Generator) -> dict[int, Item]:
    """120 dishes with diets and prices, 80 articles with topics."""
    made = {}
    for i in range(1, 121):
        draw = rng.random()
        diet = ["vegan", "vegetarian", "halal"] if draw < 0.25 else ["vegetarian"] if draw < 0.55 else []
        diet = [*diet, "halal"] if draw > 0.3 and rng.random() < 0.3 and "halal" not in diet else diet
        price = Decimal(str(round(float(rng.gamma(5, 2)), 2)))
        category = (str(rng.choice(["sandwiches", "salads", "soups"])),)
        made[i] = Item(f"d{i}", "product", price=price, category=category, attributes={"diet": diet}, id=ItemId(i))
    for i in range(121, 201):
        topics = [str(t) for t in rng.choice(TOPICS, rng.integers(1, 3), replace=False)]
        made[i] = Item(f"a{i}", "article", attributes={"topics": topics}, id=ItemId(i))
    return made


@dataclass(frozen=True)
class Town:
    shelf: Shelf
    log: Log
    diet: dict[int, str]
    topics: dict[int, list[str]]
    purse: dict[int, float]

    def history(self, person: int) -> History:
        """Newest first."""
        mine = np.flatnonzero(self.log.people == person)[::-1]
        return History(
            mine.astype(np.int64), self.log.items[mine], self.log.verbs[mine], self.log.at[mine].astype(float)
        )


def town(people: int = 3000, seed: int = 5) -> Town:
    """Everyone eats 1 to 30 dishes their diet allows (4 % slips), likes some more than others, and reads a little."""
    rng = np.random.default_rng(seed)
    shelf = shelf_of(catalogue(rng))
    diet, topics, purse, rows = {}, {}, {}, []
    dishes, articles = np.arange(1, 121), np.arange(121, 201)
    price = shelf.price[dishes]
    common = rng.gamma(1.0, 1.0, 120)
    for person in range(1, people + 1):
        diet[person] = str(rng.choice(["", *DIETS], p=[0.72, 0.08, 0.14, 0.06]))
        topics[person] = [str(t) for t in rng.choice(TOPICS, rng.integers(0, 3), replace=False)]
        purse[person] = float(rng.normal(0, 1))
        taste = common * rng.gamma(0.7, 1.0, 120) * np.exp(0.25 * purse[person] * (price - price.mean()))
        if diet[person]:
            taste = taste * np.where(shelf.mask("diet", diet[person])[dishes], 1.0, 0.04)
        liking = np.ones(80)
        for topic in topics[person]:
            liking *= np.where(shelf.mask("topics", topic)[articles], 5.0, 1.0)
        eaten = rng.choice(dishes, min(int(rng.geometric(0.12)), 30), p=taste / taste.sum())
        read = rng.choice(articles, min(int(rng.geometric(0.12)), 30), p=liking / liking.sum())
        rows += [(person, int(i), Verb.BOUGHT) for i in eaten] + [(person, int(i), Verb.READ) for i in read]
    who, what, how = (np.array(x) for x in zip(*rows, strict=True))
    at = SECONDS - rng.integers(0, 90 * DAY, len(rows))
    order = np.lexsort((at, who))
    return Town(
        shelf, Log(who[order], what[order].astype(np.int32), how[order].astype(np.int8), at[order]), diet, topics, purse
    )
