"""How much each made-up person likes each thing: the truth a model should find again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.demo.content import Article, Content, Product
from regulars.demo.population import CITIES, CUPS, FAMILIES, Person

Floats = NDArray[np.float32]
NEVER = np.float32(-1e9)
"""The utility of what someone may not or would not eat."""


@dataclass(frozen=True)
class Tastes:
    """Utilities: a choice adds Gumbel noise to them and takes the highest (a logit choice, McFadden 1974).

    products   (people, products)  NEVER where it breaks the person's diet or has their allergen
    allowed    (people, products)  whether it fits diet and allergens
    articles   (people, articles)
    goes_with  (products, products)  what one adds when the other is in the basket
    """

    products: Floats
    allowed: NDArray[np.bool_]
    articles: Floats
    goes_with: Floats


def tastes(people: Sequence[Person], content: Content, rng: np.random.Generator) -> Tastes:
    """The utilities of `people` over `content`."""
    products = content.products
    allowed = _allowed(people, products)
    liking = _kitchen_liking(people, products) + _ingredient_liking(people, products)
    liking += _category_liking(people, products, rng)
    liking += _place_liking(people, len(products), rng) + _price_liking(people, products)
    liking += np.log([p.popularity for p in products]).astype(np.float32)
    liking += rng.normal(0, 0.45, liking.shape).astype(np.float32)  # one's own, lasting whims: the usual
    liking[:, [not p.available for p in products]] -= 1.5  # often sold out
    return Tastes(
        products=np.where(allowed, liking, NEVER).astype(np.float32),
        allowed=allowed,
        articles=_article_liking(people, content.articles, rng),
        goes_with=_goes_with(products, rng),
    )


def _allowed(people: Sequence[Person], products: Sequence[Product]) -> NDArray[np.bool_]:
    fits = {d: np.array([d in p.attributes.diet for p in products]) for d in {x.diet for x in people} if d}
    fits[""] = np.ones(len(products), bool)
    allowed = np.array([fits[x.diet] for x in people])
    for x in people:
        for allergen in x.allergens:
            allowed[x.index] &= np.array([allergen not in p.attributes.allergens for p in products])
    return allowed


def _kitchen_liking(people: Sequence[Person], products: Sequence[Product]) -> Floats:
    """Whole kitchens and cups: this is what makes people alike, and what a model can learn from others."""
    fits = {
        name: np.array([min(2, len(inside & set(p.attributes.ingredients))) for p in products], np.float32)
        for name, inside in {**FAMILIES, **CUPS}.items()
    }
    return np.array([1.3 * fits[x.kitchens[0]] + 0.6 * fits[x.kitchens[1]] + 0.9 * fits[x.cup] for x in people])


def _ingredient_liking(people: Sequence[Person], products: Sequence[Product]) -> Floats:
    names = sorted({i for p in products for i in p.attributes.ingredients})
    column = {name: k for k, name in enumerate(names)}
    inside = np.zeros((len(products), len(names)), np.float32)
    for row, p in enumerate(products):
        inside[row, [column[i] for i in p.attributes.ingredients]] = 1
    loves = np.zeros((len(people), len(names)), np.float32)
    for x in people:
        loves[x.index, [column[i] for i in x.loved if i in column]] = 1.0
    return np.asarray(np.minimum(loves @ inside.T, 1.6), np.float32)


def _category_liking(people: Sequence[Person], products: Sequence[Product], rng: np.random.Generator) -> Floats:
    leaves = sorted({p.category for p in products})
    of = np.array([leaves.index(p.category) for p in products])
    mood = rng.normal(0, 0.6, (len(people), len(leaves))).astype(np.float32)
    return mood[:, of]


def _place_liking(people: Sequence[Person], count: int, rng: np.random.Generator) -> Floats:
    countries = sorted({c.country for c in CITIES})
    by_country = rng.normal(0, 0.55, (len(countries), count))
    by_city = np.array([by_country[countries.index(c.country)] for c in CITIES]) + rng.normal(
        0, 0.35, (len(CITIES), count)
    )
    return np.asarray(by_city[[CITIES.index(x.city) for x in people]], np.float32)


def _price_liking(people: Sequence[Person], products: Sequence[Product]) -> Floats:
    price = np.array([float(p.price) for p in products])
    tops = [p.category[0] for p in products]
    usual = {top: float(np.mean(price[[t == top for t in tops]])) for top in set(tops)}
    dear = price / np.array([usual[t] for t in tops]) - 1
    return np.asarray(-np.outer([x.price_sensitivity for x in people], dear), np.float32)


def _article_liking(people: Sequence[Person], articles: Sequence[Article], rng: np.random.Generator) -> Floats:
    about = np.array([[len(set(x.topics) & set(a.attributes.topics)) > 0 for a in articles] for x in people])
    local = np.array([[a.city == x.city.name for a in articles] for x in people])
    elsewhere = np.array([[bool(a.city) and a.city != x.city.name for a in articles] for x in people])
    popular = np.log([a.popularity for a in articles])
    liking = 2.0 * about + 1.6 * local - 1.2 * elsewhere + popular
    return np.asarray(liking + rng.normal(0, 0.4, liking.shape), np.float32)


def _goes_with(products: Sequence[Product], rng: np.random.Generator) -> Floats:
    """Hot goes with tea and soup with bread, and beyond that each main has two drinks it is really good with."""
    n = len(products)
    pull = np.zeros((n, n), np.float32)
    drinks = np.array([k for k, p in enumerate(products) if p.category[0] == "drinks"])
    if drinks.size == 0:
        return pull
    for row, p in enumerate(products):
        if p.category[0] in ("sandwiches", "sweets"):
            pull[row, rng.choice(drinks, min(2, drinks.size), replace=False)] = 2.4
            same = [d for d in drinks if products[d].attributes.temperature == p.attributes.temperature]
            pull[row, same] += 0.5
    return pull
