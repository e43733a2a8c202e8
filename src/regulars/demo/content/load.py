"""Reads the content files and refuses what is not well-formed, naming the file and the place in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from regulars.kit.errors import Invalid
from regulars.kit.text import LANGUAGES, pick

HERE = Path(__file__).parent

Localised = dict[str, str]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `demo.pictures` draws: a shape, and colours from what is inside."""

    shape: str
    colours: tuple[str, ...]


class ProductAttributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is true of a product. `diet` lists every diet it suits; `part_of` the step of the builder it belongs to."""

    diet: tuple[str, ...]
    allergens: tuple[str, ...]
    ingredients: tuple[str, ...]
    temperature: str
    part_of: str = ""


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to eat or drink, or a part of a build-your-own sandwich. `popularity` has mean 1."""

    id: str
    kind: str
    category: tuple[str, ...]
    title: Localised
    summary: Localised
    price: Decimal
    currency: str
    attributes: ProductAttributes
    picture: Picture
    available: bool
    popularity: Positive


class ArticleAttributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an article is about, and how long it takes to read."""

    topics: tuple[str, ...]
    minutes: int


class Place(msgspec.Struct, frozen=True):
    """Where an article is at home: local news."""

    city: str = ""
    region: str = ""


class Article(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to read at the table. `body` holds paragraphs parted by blank lines."""

    id: str
    kind: str
    category: tuple[str, ...]
    title: Localised
    summary: Localised
    body: Localised
    attributes: ArticleAttributes
    picture: Picture
    published_days_ago: int
    popularity: Positive
    place: Place | str | None = None

    @property
    def city(self) -> str:
        """The city it is local to, or ''."""
        return self.place.city if isinstance(self.place, Place) else self.place or ""


@dataclass(frozen=True)
class Content:
    """Everything the shop offers, and how its words are said in each language."""

    products: tuple[Product, ...]
    articles: tuple[Article, ...]
    labels: Mapping[str, Mapping[str, Localised]]

    @property
    def dishes(self) -> tuple[Product, ...]:
        """What stands on the menu: every product that is not a part of a build-your-own sandwich."""
        return tuple(p for p in self.products if p.kind != "part")

    def parts(self, step: str) -> tuple[Product, ...]:
        """What may be chosen in one step of the builder."""
        return tuple(p for p in self.products if p.attributes.part_of == step)

    def product(self, id: str) -> Product | None:
        """The product with this id."""
        return next((p for p in self.products if p.id == id), None)

    def article(self, id: str) -> Article | None:
        """The article with this id."""
        return next((a for a in self.articles if a.id == id), None)

    def say(self, group: str, id: str, language: str) -> str:
        """The label of `id` ("diets", "vegan"), or the id made readable where nobody wrote one."""
        found = self.labels.get(group, {}).get(id)
        return pick(found, language) if found else id.replace("_", " ").replace("-", " ").capitalize()


@lru_cache
def load(folder: Path = HERE) -> Content:
    """The content in `folder`. Raises Invalid naming the file and what is wrong with it."""
    products = tuple(chain.from_iterable(read(f, list[Product]) for f in sorted(folder.glob("products*.json"))))
    articles = tuple(chain.from_iterable(read(f, list[Article]) for f in sorted(folder.glob("articles*.json"))))
    file = folder / "labels.json"
    labels = read(file, dict[str, dict[str, Localised]]) if file.exists() else {}
    _check_ids([p.id for p in products] + [a.id for a in articles])
    for product in products:
        _check_languages(product.id, (product.title, product.summary))
    for article in articles:
        _check_languages(article.id, (article.title, article.summary, article.body))
    return Content(products, articles, labels)


T = TypeVar("T")


def read(file: Path, shape: type[T]) -> T:
    """The JSON in `file` as a `shape`. Raises Invalid naming the file and the place in it."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=shape)
    except msgspec.MsgspecError as e:
        raise Invalid(f"{file.name}: {e}") from e


def _check_ids(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for id in ids:
        if id in seen:
            raise Invalid(f"two things in the content are called {id!r}: rename one")
        seen.add(id)


def _check_languages(id: str, texts: Iterable[Localised]) -> None:
    for text in texts:
        if missing := [code for code in LANGUAGES if not text.get(code)]:
            raise Invalid(f"{id} has no text in {', '.join(missing)}")
