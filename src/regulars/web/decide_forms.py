"""Decisions as the HTTP API takes and gives them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated
from uuid import UUID

from babel.core import UnknownLocaleError
from babel.numbers import format_currency
from msgspec import Meta, Struct

from regulars.catalog import Item, Shelf
from regulars.choices import CorrectionKind, Fact
from regulars.decide import Because, Chosen, Corrected, Decision
from regulars.kit.ids import ItemId
from regulars.kit.text import pick
from regulars.web.whom import PersonIn

Context = Annotated[
    dict[str, object],
    Meta(
        description="The moment: language, city, region, device, timezone, item (of the page), page, and your own "
        "plain values for rules. Segment's context is understood too.",
        examples=[{"language": "nl", "city": "Utrecht"}],
    ),
]

Size = Annotated[int, Meta(ge=1, le=100)]
FacetName = Annotated[str, Meta(max_length=200)]


class DecideIn(Struct, rename={"person_token": "personToken"}):
    """What goes into a slot, for whom, in which moment."""

    slot: Annotated[str, Meta(min_length=1, max_length=200, examples=["home.for-you"])]
    person: Annotated[PersonIn | None, Meta(description="Nobody in particular when left out.")] = None
    context: Context = {}
    size: Annotated[Size | None, Meta(description="How many; else as the slot says.")] = None
    exclude: Annotated[list[str], Meta(max_length=1_000, description="Items not wanted, by your ids.")] = []
    person_token: Annotated[str | None, Meta(description="As the header X-Regulars-Person.")] = None


class PriceOut(Struct):
    """An exact amount, and as people of the decision's language write it."""

    amount: str
    currency: str
    text: str


class BecauseOut(Struct, omit_defaults=True):
    """One part of a reason: an event, a facet, a rule or, with `item` alone, the item of the page they are on.

    `share`: how much of the outcome it explains (below 0: against).
    """

    share: float
    event: str | None = None
    facet: str | None = None
    value: str | None = None
    guess: bool | None = None
    rule: str | None = None
    item: str | None = None
    title: str | None = None
    text: Annotated[str | None, Meta(description="What it is, for the person to read.")] = None


class ReasonOut(Struct, omit_defaults=True):
    """Where an outcome came from: chosen, because, popular, rule or trying; `text` is for the person.

    `rest`: the share of everything else they did; with the shares it sums to 1 where the guess rests on what they did.
    `moved`: by how many places it stands higher (below 0: lower) because of what people answered before.
    """

    kind: str
    text: str
    because: list[BecauseOut]
    rest: float = 0.0
    moved: int = 0


class ItemChosen(Struct):
    """One outcome. `propensity`: the probability that it stood at this place."""

    item: str
    kind: str
    title: str
    url: str
    image: str
    price: PriceOut | None
    reason: ReasonOut
    propensity: float


class DecisionOut(Struct):
    """What was decided. `personal` is false when nothing about the person was used but their no's."""

    decision: UUID
    slot: str
    title: str
    items: list[ItemChosen]
    mode: str
    language: str
    personal: bool


class CorrectionIn(Struct):
    """What the person says of an item of the decision. `facet`: the guess that is wrong, where they name one."""

    item: Annotated[str, Meta(min_length=1, max_length=512)]
    kind: CorrectionKind
    facet: FacetName | None = None
    person: Annotated[PersonIn | None, Meta(description="Whose decision it was; needed without a header.")] = None
    context: Context = {}


class ItemNamed(Struct):
    """An item and what it is called."""

    item: str
    title: str


class FactOut(Struct):
    """What is a fact from now on: `says` stated, denied, not_learned or more."""

    facet: str
    value: object
    scope: str
    says: str
    text: str


class ReceiptOut(Struct):
    """What left the slot, what came, and what is a fact now."""

    removed: list[ItemNamed]
    added: list[ItemNamed]
    facts: list[FactOut]


class CorrectedOut(Struct):
    """A correction that was made; delete it to take it back."""

    correction: UUID
    receipt: ReceiptOut


def decision_out(decision: Decision, shelf: Shelf) -> DecisionOut:
    """`decision` as it is answered."""
    items = [_chosen(c, shelf.items[c.item], shelf, decision.language) for c in decision.items if c.item in shelf.items]
    return DecisionOut(
        decision.id, decision.slot, decision.title, items, decision.mode.value, decision.language, decision.personal
    )


def corrected_out(corrected: Corrected, shelf: Shelf, language: str) -> CorrectedOut:
    """`corrected` as it is answered."""
    receipt = corrected.receipt
    facts = [_fact(fact, shelf, language) for fact in receipt.facts]
    removed, added = named(receipt.removed, shelf, language), named(receipt.added, shelf, language)
    return CorrectedOut(corrected.id, ReceiptOut(removed, added, facts))


def _chosen(chosen: Chosen, item: Item, shelf: Shelf, language: str) -> ItemChosen:
    reason = chosen.reason
    because = [_because(b, shelf, language) for b in reason.because]
    return ItemChosen(
        item.external_id,
        item.kind,
        pick(item.title, language),
        pick(item.url, language),
        item.image,
        None if item.price is None else _price(item.price, item.currency, language),
        ReasonOut(reason.kind.value, reason.text, because, round(reason.rest, 4), reason.moved),
        chosen.propensity,
    )


def _because(because: Because, shelf: Shelf, language: str) -> BecauseOut:
    item = shelf.items.get(because.item) if because.item is not None else None
    return BecauseOut(
        round(because.share, 4),
        None if because.event is None else str(because.event),
        because.facet,
        because.value,
        because.guess if because.facet is not None else None,
        None if because.rule is None else str(because.rule),
        item.external_id if item else None,
        pick(item.title, language) if item else None,
        because.text or None,
    )


@lru_cache(maxsize=20_000)
def _price(amount: Decimal, currency: str, language: str) -> PriceOut:
    try:
        text = format_currency(amount, currency, locale=language.replace("-", "_")) if currency else str(amount)
    except (UnknownLocaleError, ValueError):
        text = format_currency(amount, currency, locale="en")
    return PriceOut(str(amount), currency, text)


def named(items: Sequence[ItemId], shelf: Shelf, language: str) -> list[ItemNamed]:
    """Those of `items` that the catalogue has, with their titles."""
    found = [shelf.items[i] for i in items if i in shelf.items]
    return [ItemNamed(item.external_id, pick(item.title, language) or item.external_id) for item in found]


def _fact(fact: Fact, shelf: Shelf, language: str) -> FactOut:
    item = shelf.by_external.get(fact.value) if isinstance(fact.value, str) else None
    named: Mapping[str, str] = shelf.items[item].title if item is not None and item in shelf.items else {}
    text = pick(named, language) or (fact.value if isinstance(fact.value, str) else "")
    return FactOut(fact.facet, fact.value, fact.scope, fact.says.value, text)
