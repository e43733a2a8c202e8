"""What the shop tells Regulars about itself: items, facets one may choose, slots and rules."""

from datetime import datetime, timedelta
from uuid import UUID

from regulars.catalog import NewItem
from regulars.choices.model import Acts, FacetDefinition, Many, Value
from regulars.decide.model import Effect, ShopRule, Slot, Source
from regulars.demo import menu
from regulars.demo.content import Article, Content, Product
from regulars.kit.conditions import Operator, Test
from regulars.kit.text import LANGUAGES

EATS = ("product", "part")


def items(content: Content, now: datetime) -> list[NewItem]:
    """Everything on the menu and on the reading table, as catalogue items."""
    return [_product(p) for p in content.products] + [_article(a, now) for a in content.articles]


def facets(content: Content) -> list[FacetDefinition]:
    """What a guest may choose here beside what every site has."""
    return [
        FacetDefinition(
            "diet",
            Many.SEVERAL,
            Acts.REQUIRE,
            {"en": "What you eat", "es": "Lo que comes", "nl": "Wat je eet"},
            {
                "en": "We only show food that suits it.",
                "es": "Solo mostramos lo que encaja.",
                "nl": "We laten alleen zien wat erbij past.",
            },
            _values(content, "diets", menu.all_diets(content)),
            attribute="diet",
            kinds=EATS,
            guessed=True,
        ),
        FacetDefinition(
            "allergens",
            Many.SEVERAL,
            Acts.EXCLUDE,
            {"en": "What you avoid", "es": "Lo que evitas", "nl": "Wat je vermijdt"},
            {
                "en": "Nothing that contains it. Always tell our staff too.",
                "es": "Nada que lo contenga. Avisa siempre también en la barra.",
                "nl": "Niets waar het in zit. Zeg het altijd ook aan de bar.",
            },
            _values(content, "allergens", menu.all_allergens(content)),
            attribute="allergens",
            kinds=EATS,
        ),
        FacetDefinition(
            "topics",
            Many.SEVERAL,
            Acts.PREFER,
            {"en": "What you like to read", "es": "Lo que te gusta leer", "nl": "Wat je graag leest"},
            {"en": "These come first.", "es": "Esto va por delante.", "nl": "Dit komt vooraan."},
            _values(content, "topics", menu.topics(content)),
            attribute="topics",
            kinds=("article",),
            guessed=True,
        ),
    ]


def slots() -> list[Slot]:
    """The places of this site that not every site has."""
    reading = Test("kind", Operator.IS, "article")
    return [
        Slot(
            "article.next",
            {"en": "Read on", "es": "Seguir leyendo", "nl": "Lees verder"},
            Source.CONTEXT_ITEM,
            reading,
            size=4,
            place="article",
            without_seen_days=30,
            page="article",
            position=1,
        ),
        Slot(
            "basket.next",
            {"en": "Something with it?", "es": "¿Algo más?", "nl": "Iets erbij?"},
            Source.CONTEXT_ITEM,
            Test("category", Operator.ONE_OF, ["drinks", "sweets"]),
            size=4,
            place="basket",
            page="basket",
            position=1,
        ),
    ]


def rules(now: datetime) -> list[ShopRule]:
    """Today's offer, and breakfast before eleven."""
    return [
        ShopRule(
            UUID("0198d3a0-0000-7000-8000-000000000001"),
            "Today's offer",
            Effect.PIN,
            Test("item", Operator.IS, "pumpkin-coconut-soup"),
            slots=("home.popular",),
            label={"en": "Today's offer", "es": "La oferta de hoy", "nl": "De aanbieding van vandaag"},
            position=4,
            starts=now - timedelta(days=1),
        ),
        ShopRule(
            UUID("0198d3a0-0000-7000-8000-000000000002"),
            "Breakfast before eleven",
            Effect.BOOST,
            Test("category", Operator.IS, "breakfast"),
            people=Test("hour", Operator.LESS_THAN, 11),
            slots=("home.for-you", "home.popular"),
            label={"en": "Breakfast until eleven", "es": "Desayunos hasta las once", "nl": "Ontbijt tot elf uur"},
            factor=1.6,
        ),
    ]


def _product(product: Product) -> NewItem:
    about = product.attributes
    return NewItem(
        product.id,
        product.kind,
        product.title,
        product.summary,
        dict.fromkeys(LANGUAGES, f"/item/{product.id}"),
        f"/pictures/{product.id}.svg",
        product.price,
        product.currency,
        product.category,
        {
            "diet": list(about.diet),
            "allergens": list(about.allergens),
            "ingredients": list(about.ingredients),
            "temperature": about.temperature,
            **({"part_of": about.part_of} if about.part_of else {}),
        },
        product.available,
    )


def _article(article: Article, now: datetime) -> NewItem:
    return NewItem(
        article.id,
        "article",
        article.title,
        article.summary,
        dict.fromkeys(LANGUAGES, f"/read/{article.id}"),
        f"/pictures/{article.id}.svg",
        category=article.category,
        attributes={
            "topics": list(article.attributes.topics),
            "minutes": article.attributes.minutes,
            **({"place": article.city} if article.city else {}),
        },
        published_at=now - timedelta(days=article.published_days_ago),
    )


def _values(content: Content, group: str, ids: tuple[str, ...]) -> tuple[Value, ...]:
    return tuple(Value(id, {code: content.say(group, id, code) for code in LANGUAGES}) for id in ids)
