"""A small shop for tests: a shelf, people with histories, and a model learned from them. No database."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

import numpy as np

from regulars import taste
from regulars.catalog.model import Item, Shelf
from regulars.choices import Acts, FacetDefinition, Many, Value, built_in
from regulars.decide import ShopRule, Slot, World, default_slots
from regulars.kit.ids import ItemId, PersonId
from regulars.kit.json import Json
from regulars.people.model import Facet, History, Identity, IdentityKind, Log, Profile, Purpose, Verb
from tests.cast import NOW

DIET = FacetDefinition(
    "diet",
    Many.SEVERAL,
    Acts.REQUIRE,
    {"en": "Diet"},
    values=(Value("vegan", {"en": "vegan", "nl": "veganistisch"}), Value("halal", {"en": "halal"})),
    attribute="diet",
    guessed=True,
)
ALLERGENS = FacetDefinition("allergens", Many.SEVERAL, Acts.EXCLUDE, attribute="allergens")
TOPICS = FacetDefinition(
    "topics",
    Many.SEVERAL,
    Acts.PREFER,
    values=(Value("bread", {"en": "bread"}), Value("travel", {"en": "travel"})),
    attribute="topics",
    guessed=True,
)
DEFINITIONS = {d.name: d for d in (DIET, ALLERGENS, TOPICS)} | built_in()

MENU: tuple[tuple[str, str, str, list[str], list[str], float], ...] = (
    ("falafel-wrap", "product", "wraps", ["vegan", "halal"], ["gluten"], 6.5),
    ("hummus-bowl", "product", "bowls", ["vegan", "halal"], ["sesame"], 7.5),
    ("lentil-soup", "product", "soups", ["vegan"], [], 5.0),
    ("tofu-banh-mi", "product", "wraps", ["vegan"], ["gluten", "soy"], 8.0),
    ("chicken-wrap", "product", "wraps", ["halal"], ["gluten"], 7.0),
    ("beef-burger", "product", "burgers", [], ["gluten", "milk"], 9.5),
    ("cheese-toast", "product", "toasts", [], ["gluten", "milk"], 5.5),
    ("tuna-salad", "product", "bowls", [], ["fish"], 8.5),
    ("oat-latte", "product", "drinks", ["vegan"], [], 3.5),
    ("cola", "product", "drinks", ["vegan", "halal"], [], 2.5),
    ("brownie", "product", "sweets", [], ["gluten", "milk", "egg"], 3.0),
    ("fruit-cup", "product", "sweets", ["vegan", "halal"], [], 4.0),
)
READING = (("sourdough", ["bread"]), ("trains", ["travel"]), ("rye", ["bread"]), ("islands", ["travel"]))
VEGANS = ("falafel-wrap", "hummus-bowl", "lentil-soup", "tofu-banh-mi", "oat-latte", "fruit-cup")
MEAT_EATERS = ("chicken-wrap", "beef-burger", "cheese-toast", "tuna-salad", "cola", "brownie")


@lru_cache
def shelf() -> Shelf:
    """Twelve products and four articles, ids from 1."""
    items = [_product(ItemId(i), *row) for i, row in enumerate(MENU, 1)]
    items += [_article(ItemId(len(MENU) + i), *row) for i, row in enumerate(READING, 1)]
    return shelf_of(items)


def shelf_of(items: Sequence[Item], **columns: object) -> Shelf:
    """`items` as a shelf."""
    n = max((i.id for i in items), default=0) + 1
    has: dict[tuple[str, str], np.ndarray] = {}
    kinds, categories = sorted({i.kind for i in items}), sorted({i.category for i in items})
    kind, category = np.full(n, -1, np.int16), np.full(n, -1, np.int32)
    price, published = np.full(n, np.nan, np.float32), np.full(n, np.nan)
    offerable = np.zeros(n, np.bool_)
    for item in items:
        offerable[item.id] = item.available
        kind[item.id], category[item.id] = kinds.index(item.kind), categories.index(item.category)
        price[item.id] = np.nan if item.price is None else float(item.price)
        published[item.id] = np.nan if item.published_at is None else item.published_at.timestamp()
        for pair in _pairs(item):
            has.setdefault(pair, np.zeros(n, np.bool_))[item.id] = True
    by_external = {i.external_id: i.id for i in items}
    return Shelf(
        1, n, offerable, price, kind, kinds, category, categories, published, has, {i.id: i for i in items}, by_external
    )


def _pairs(item: Item) -> list[tuple[str, str]]:
    found = [("kind", item.kind), *(("category", c) for c in item.category)]
    for name, values in item.attributes.items():
        found += [(name, str(v)) for v in (values if isinstance(values, list) else [values])]
    return found


def _product(id: ItemId, external: str, kind: str, category: str, diet, allergens, price) -> Item:
    title = external.replace("-", " ")
    return Item(
        external_id=external,
        kind=kind,
        title={"en": f"the {title}", "nl": f"de {title}"},
        price=Decimal(str(price)),
        currency="EUR",
        category=("food", category),
        attributes={"diet": diet, "allergens": allergens},
        id=id,
    )


def _article(id: ItemId, external: str, topics) -> Item:
    return Item(
        external_id=external,
        kind="article",
        title={"en": external},
        category=("reading",),
        attributes={"topics": topics},
        published_at=NOW - timedelta(days=int(id)),
        id=id,
    )


def item(external: str) -> ItemId:
    """The id of an item by its external id."""
    return shelf().by_external[external]


def names(decision) -> list[str]:
    """The external ids of what was decided, in order."""
    return [shelf().items[c.item].external_id for c in decision.items]


@lru_cache
def model() -> taste.Model:
    """Learned from 60 vegans and 60 meat eaters who each had four things of theirs."""
    rng = np.random.default_rng(7)
    people, items, at = [], [], []
    for person in range(120):
        menu = VEGANS if person % 2 else MEAT_EATERS
        for step, name in enumerate(rng.permutation(menu)[:4]):
            people.append(person + 1)
            items.append(item(str(name)))
            at.append(int(NOW.timestamp()) - 86_400 * 10 + step)
    log = Log(
        np.array(people), np.array(items, np.int32), np.full(len(items), Verb.BOUGHT, np.int8), np.array(at, np.int64)
    )
    return taste.learn(log, taste.no_content(shelf().n), now=NOW)[0]


def history(*did: tuple[Verb, str]) -> History:
    """What somebody did, newest first; events 1000, 999 …, a minute apart."""
    n = len(did)
    return History(
        np.arange(1000, 1000 - n, -1, dtype=np.int64),
        np.array([item(name) for _, name in did], np.int32),
        np.array([verb for verb, _ in did], np.int8),
        (NOW.timestamp() - 60.0 * np.arange(1, n + 1)).astype(np.float64),
    )


def person(
    *did: tuple[Verb, str],
    chose: Mapping[str | tuple[str, str], Json] | None = None,
    guess: Mapping[str, tuple[Json, float]] | None = None,
    consents: Mapping[Purpose, bool] | None = None,
) -> Profile:
    """Somebody: what they did, what they chose ((facet, scope) or facet → value), what we guess (value, confidence)."""
    facets: dict[tuple[str, str], Facet] = {}
    for key, value in (chose or {}).items():
        name, scope = key if isinstance(key, tuple) else (key, "")
        facets[name, scope] = Facet(name, scope, stated=value, stated_at=NOW)
    for name, (value, confidence) in (guess or {}).items():
        held = facets.get((name, ""), Facet(name))
        facets[name, ""] = Facet(
            name, stated=held.stated, stated_at=held.stated_at, inferred=value, confidence=confidence
        )
    vera = Identity(IdentityKind.USER, "vera")
    return Profile(PersonId(1), PersonId(1), (vera,), {}, facets, consents or {}, history(*did))


def slot(name: str = "home.for-you", **changes: object) -> Slot:
    """A default slot, changed."""
    from dataclasses import replace

    return replace(default_slots()[name], **changes)  # type: ignore[arg-type]  # by field name


def world(*slots: Slot, rules: Sequence[ShopRule] = (), learned: bool = True) -> World:
    """The shop as a world: default slots overruled by `slots`."""
    return World(
        shelf(),
        default_slots() | {s.name: s for s in slots},
        DEFINITIONS,
        rules=rules,
        model=model() if learned else None,
    )
