"""What the conditions of slots and rules may ask: of items, and of a person in a moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from regulars.catalog.model import Item
from regulars.choices.constraints import guessed
from regulars.kit.conditions import Field, Kind, Vocabulary
from regulars.kit.i18n import N_, speaker
from regulars.kit.json import Json
from regulars.kit.text import LANGUAGES
from regulars.people.model import IdentityKind, Profile, Verb


def _said(message: str) -> dict[str, str]:
    return {language: speaker(language).gettext(message) for language in LANGUAGES}


ITEM_WORDS = Vocabulary.of(
    [
        Field("item", Kind.TEXT, _said(N_("the item"))),
        Field("kind", Kind.TEXT, _said(N_("the kind"))),
        Field("category", Kind.TEXT, _said(N_("the category"))),
        Field("price", Kind.NUMBER, _said(N_("the price"))),
        Field("published", Kind.MOMENT, _said(N_("the day of publication"))),
    ],
    open=("",),
)
"""Of an item: these, and any attribute the catalogue gives, e.g. diet, brand, topics."""

PERSON_WORDS = Vocabulary.of(
    [
        Field("signed_in", Kind.FLAG, _said(N_("signed in"))),
        Field("new", Kind.FLAG, _said(N_("here for the first time"))),
        Field("interactions", Kind.NUMBER, _said(N_("the number of interactions"))),
        Field("purchases", Kind.NUMBER, _said(N_("the number of purchases"))),
        Field("language", Kind.TEXT, _said(N_("the language"))),
        Field("hour", Kind.NUMBER, _said(N_("the hour of the day"))),
        Field("weekday", Kind.NUMBER, _said(N_("the day of the week (1 = Monday)"))),
    ],
    open=("trait.", "facet.", "context."),
)
"""Of a person in a moment; hours and days are those of where they are (context.timezone, else UTC)."""


class ItemSubject:
    """One item, for asking a condition in memory and saying which part decided."""

    def __init__(self, item: Item) -> None:
        self.item = item

    def __call__(self, field: str, /) -> Sequence[Json]:
        """The values of `field`."""
        item = self.item
        match field:
            case "item":
                return (item.external_id,)
            case "kind":
                return (item.kind,)
            case "category":
                return item.category
            case "price":
                return () if item.price is None else (float(item.price),)
            case "published":
                return () if item.published_at is None else (item.published_at.isoformat(),)
            case _:
                return values(item.attributes.get(field))


class PersonSubject:
    """A person in a moment; `now` in the zone where they are."""

    def __init__(self, profile: Profile, context: Mapping[str, Json], language: str, now: datetime) -> None:
        self.profile, self.context, self.language, self.now = profile, context, language, now

    def __call__(self, field: str, /) -> Sequence[Json]:
        """The values of `field`; what nothing may be known about counts as unknown."""
        head, _, name = field.partition(".")
        history = self.profile.history
        match head:
            case "trait":
                return values(self.profile.traits.get(name))
            case "context":
                return values(self.context.get(name))
            case "facet":
                facet = self.profile.facet(name)
                return values(facet.stated) if facet.stated is not None else guessed(facet)
            case "signed_in":
                return (any(i.kind is IdentityKind.USER for i in self.profile.identities),)
            case "new":
                return (not len(history.items),)
            case "interactions":
                return (len(history.items),)
            case "purchases":
                return (int((history.verbs == Verb.BOUGHT).sum()),)
            case "language":
                return (self.language,)
            case "hour":
                return (self.now.hour,)
            case "weekday":
                return (self.now.isoweekday(),)
        return ()


def values(value: Json) -> Sequence[Json]:
    """A value of JSON as the set a condition asks: nothing, one, or the members of a list."""
    if value is None or value == "" or isinstance(value, Mapping):
        return ()
    if isinstance(value, str | bool | int | float):
        return (value,)
    return [v for v in value if isinstance(v, str | bool | int | float)]
