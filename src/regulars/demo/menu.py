"""What of the menu and the reading table is shown: categories and filters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regulars.demo.content import Article, Content, Product

Path = tuple[str, str]
"""A category of the menu: top and leaf."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a visitor asked to see. Values nobody knows are dropped where it is made."""

    category: str = ""
    diets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it leaves everything."""
        return not (self.category or self.diets or self.without)


def known(content: Content, category: str, diets: Sequence[str], without: Sequence[str]) -> Filter:
    """A filter of the values that exist."""
    categories = {c for p in content.dishes for c in p.category}
    return Filter(
        category if category in categories else "",
        tuple(d for d in all_diets(content) if d in diets),
        tuple(a for a in all_allergens(content) if a in without),
    )


def dishes(content: Content, wanted: Filter) -> dict[Path, list[Product]]:
    """What fits, by category in the menu's order; what is sold out comes last."""
    shelves: dict[Path, list[Product]] = {}
    for product in sorted(content.dishes, key=lambda p: not p.available):
        if fits(product, wanted):
            shelves.setdefault((product.category[0], product.category[-1]), []).append(product)
    order = [(top, leaf) for top, leaves in tree(content).items() for leaf in leaves]
    return dict(sorted(shelves.items(), key=lambda shelf: order.index(shelf[0])))


def fits(product: Product, wanted: Filter) -> bool:
    """Whether `product` is of the category, suits every diet and contains none of the allergens."""
    return (
        (not wanted.category or wanted.category in product.category)
        and all(d in product.attributes.diet for d in wanted.diets)
        and not any(a in product.attributes.allergens for a in wanted.without)
    )


def tree(content: Content) -> Mapping[str, tuple[str, ...]]:
    """The categories of the menu: top → what is under it, in the order of the content."""
    under: dict[str, dict[str, None]] = {top: {} for top in ("sandwiches", "drinks", "sweets")}
    for product in content.dishes:
        under.setdefault(product.category[0], {}).update(dict.fromkeys(product.category[1:]))
    return {top: tuple(leaves) for top, leaves in under.items() if leaves}


def all_diets(content: Content) -> tuple[str, ...]:
    """Every diet some product suits, in the order of the labels."""
    found = {d for p in content.products for d in p.attributes.diet}
    return tuple(sorted(found, key=list(content.labels.get("diets", {})).index))


def all_allergens(content: Content) -> tuple[str, ...]:
    """Every allergen some product has, the most common first."""
    return _counted(a for p in content.products for a in p.attributes.allergens)


def topics(content: Content) -> tuple[str, ...]:
    """Every topic of the reading table, the fullest first."""
    return _counted(t for a in content.articles for t in a.attributes.topics)


def articles(content: Content, topic: str) -> list[Article]:
    """The articles about `topic` (or all), newest first."""
    found = [a for a in content.articles if not topic or topic in a.attributes.topics]
    return sorted(found, key=lambda a: a.published_days_ago)


def favourites(content: Content, kind: str, most: int) -> list[Product]:
    """What is liked by most: shown where there is no script to ask Regulars."""
    found = [p for p in content.products if (p.kind == "part") == (kind == "part") and p.available]
    return sorted(found, key=lambda p: -p.popularity)[:most]


def _counted(values: Iterable[str]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return tuple(sorted(counts, key=lambda v: -counts[v]))
