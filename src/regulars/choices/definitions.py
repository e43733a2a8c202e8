"""Which facets there are: the built-in ones, and those the company defines."""

import re
from collections.abc import Mapping
from datetime import datetime

from regulars.choices import store
from regulars.choices.model import Acts, FacetDefinition, Many, Mode, Value
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.i18n import N_, speaker
from regulars.kit.json import Json
from regulars.kit.shape import shaped
from regulars.kit.text import LANGUAGES
from regulars.store import Db, bump

Definitions = Mapping[str, FacetDefinition]
"""Facet definitions by name, in the order they are shown."""

COMPANY_ACTS = (Acts.REQUIRE, Acts.EXCLUDE, Acts.PREFER, Acts.NOTHING)
"""What a facet of the company may do; the other ways to act belong to the built-in facets."""

MOST_VALUES = 1000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def built_in() -> dict[str, FacetDefinition]:
    """The facets every site has."""
    return dict(_BUILT_IN)


def definitions(db: Db) -> dict[str, FacetDefinition]:
    """The company's facets in their order, then the built-in ones."""
    return {name: shaped(raw, FacetDefinition) for name, raw in store.definitions(db)} | _BUILT_IN


def define(db: Db, definition: FacetDefinition, *, now: datetime, position: int = 0) -> None:
    """Add a facet of the company, or replace the one of that name. Raises Invalid."""
    check(definition)
    store.save_definition(db, definition, position=position, now=now)
    bump(db, "facets")


def remove(db: Db, name: str) -> None:
    """Take a facet of the company away. What people stated stays with them, and acts again when it comes back."""
    if name in _BUILT_IN:
        raise Invalid(f"{name!r} is built in and stays", fields={"name": "is built in"})
    if not store.delete_definition(db, name):
        raise NotFound(f"there is no facet {name!r}")
    bump(db, "facets")


def definition_from(raw: Json) -> FacetDefinition:
    """A definition from JSON. Raises Invalid with the path of the fault."""
    made = shaped(raw, FacetDefinition)
    check(made)
    return made


def check(definition: FacetDefinition) -> None:
    """Raises Invalid unless `definition` can be a facet of the company."""
    faults = {
        "name": not _NAME.fullmatch(definition.name) and "use small letters, digits and _, e.g. diet",
        "acts": definition.acts not in COMPANY_ACTS and f"should be one of: {', '.join(COMPANY_ACTS)}",
        "attribute": definition.acts is not Acts.NOTHING
        and not definition.attribute
        and "name the attribute of the items it acts on",
        "weight": not 0 < definition.weight <= 100 and "should be more than 0 and at most 100",
        "values": _values_fault(definition.values),
    }
    if definition.name in _BUILT_IN:
        faults["name"] = "is built in: use another name"
    if definition.many in (Many.FLAG, Many.ORDER) and definition.acts is not Acts.NOTHING:
        faults["many"] = "a facet that acts on items holds one or several values"
    wrong = {name: str(fault) for name, fault in faults.items() if fault}
    if wrong:
        raise Invalid("; ".join(f"{k}: {v}" for k, v in wrong.items()), fields=wrong)


def _values_fault(values: tuple[Value, ...]) -> str | bool:
    if len(values) > MOST_VALUES:
        return f"at most {MOST_VALUES} values"
    ids = [v.id for v in values]
    if not all(0 < len(i) <= 200 for i in ids):
        return "every value needs an id of 1 to 200 characters"
    return len(set(ids)) < len(ids) and "every value needs an id of its own"


def _said(message: str) -> dict[str, str]:
    """`message` in every language, from the catalogues."""
    return {language: speaker(language).gettext(message) for language in LANGUAGES}


def _value(name: str, message: str) -> Value:
    return Value(name, _said(message))


def _of_the_person() -> tuple[FacetDefinition, ...]:
    """Who they are and how far we may guess."""
    languages = {"en": "English", "es": "Español", "nl": "Nederlands"}
    return (
        FacetDefinition(
            "language",
            Many.ONE,
            Acts.LANGUAGE,
            _said(N_("Language")),
            _said(N_("The language we speak with you.")),
            tuple(Value(code, dict.fromkeys(languages, name)) for code, name in languages.items()),
            guessed=True,
        ),
        FacetDefinition(
            "mode",
            Many.ONE,
            Acts.MODE,
            _said(N_("Who chooses")),
            _said(N_("How far we may guess for you.")),
            (
                _value(Mode.CHOOSE_FOR_ME, N_("Choose for me")),
                _value(Mode.I_CHOOSE, N_("I choose")),
                _value(Mode.ONLY_CHOSEN, N_("Only what I chose")),
            ),
            per_slot=True,
        ),
        FacetDefinition(
            "pause",
            Many.FLAG,
            Acts.PAUSE,
            _said(N_("Pause personalisation")),
            _said(N_("Show me what is popular and learn nothing about me. What I refused stays refused.")),
        ),
        FacetDefinition(
            "city",
            Many.ONE,
            Acts.PLACE,
            _said(N_("City")),
            _said(N_("For what is popular near you.")),
            attribute="city",
            guessed=True,
        ),
        FacetDefinition(
            "region",
            Many.ONE,
            Acts.PLACE,
            _said(N_("Region")),
            _said(N_("For what is popular near you.")),
            attribute="region",
            guessed=True,
        ),
        FacetDefinition(
            "price_band",
            Many.ONE,
            Acts.NOTHING,
            _said(N_("Price")),
            _said(N_("What you usually spend.")),
            (_value("low", N_("Low")), _value("middle", N_("Middle")), _value("high", N_("High"))),
            guessed=True,
        ),
    )


def _of_what_is_shown() -> tuple[FacetDefinition, ...]:
    """What they want to see first, less, or never."""
    return (
        FacetDefinition(
            "pinned",
            Many.ORDER,
            Acts.PIN,
            _said(N_("Pinned")),
            _said(N_("What you always want to see first, in your order.")),
            attribute="item",
            per_slot=True,
        ),
        FacetDefinition(
            "hidden_items",
            Many.SEVERAL,
            Acts.EXCLUDE,
            _said(N_("Not for me")),
            _said(N_("What you never want to see again.")),
            attribute="item",
        ),
        FacetDefinition(
            "hidden_categories",
            Many.SEVERAL,
            Acts.EXCLUDE,
            _said(N_("Hidden categories")),
            _said(N_("Nothing from these.")),
            attribute="category",
        ),
        FacetDefinition(
            "less_like",
            Many.SEVERAL,
            Acts.LESS,
            _said(N_("Less like this")),
            _said(N_("What is like these comes later.")),
            attribute="item",
        ),
        FacetDefinition(
            "favourite_categories",
            Many.SEVERAL,
            Acts.PREFER,
            _said(N_("Favourite categories")),
            _said(N_("What is in these comes first.")),
            attribute="category",
            guessed=True,
        ),
    )


def _of_the_page() -> tuple[FacetDefinition, ...]:
    """How their page is arranged."""
    return (
        FacetDefinition(
            "layout",
            Many.ORDER,
            Acts.LAYOUT,
            _said(N_("Order of the blocks")),
            _said(N_("Which block stands where on your page.")),
            attribute="order",
            per_slot=True,
        ),
        FacetDefinition(
            "hidden_blocks",
            Many.SEVERAL,
            Acts.LAYOUT,
            _said(N_("Hidden blocks")),
            _said(N_("Blocks that do not stand on your page.")),
            attribute="hide",
            per_slot=True,
        ),
    )


_BUILT_IN: dict[str, FacetDefinition] = {d.name: d for d in (*_of_the_person(), *_of_what_is_shown(), *_of_the_page())}
