"""The words of deciding: slots, rules of the shop, what was asked, what was decided and why.

What is made by the dozen for each decision is a struct: it costs a tenth of a dataclass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from regulars.choices.model import Mode
from regulars.decide.pools import Packed
from regulars.kit.conditions import ALWAYS, Condition
from regulars.kit.ids import DecisionId, EventId, ItemId, PersonId
from regulars.kit.json import Json
from regulars.people.model import Profile


class Source(StrEnum):
    """Where the candidates of a slot get their first order from."""

    TASTE = "taste"  # what fits the person, then what is popular
    BECAUSE_ITEM = "because_item"  # what goes with one thing the person did; nothing where they did nothing
    CONTEXT_ITEM = "context_item"  # what goes with the item of the page they are on
    POPULAR = "popular"  # what is popular where they are
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where something individual goes.

    title         language → text; where it is about an item (because_item, context_item) "{item}" is its name and
                  "{because}" the whole "because you had …"
    items         which items may stand here
    size          how many, when the asker does not say
    mode          how far we guess where the person did not choose
    place         which blend of the model serves here, one of taste.PLACES
    explore       share of the guessed places given to something we try, in [0, 0.3]
    variety       0 = best first whatever they are, 1 = as different as can be
    without_bought_days, without_seen_days   leave out what they bought, saw or read in so many days; 0 = leave in
    page, position   the page it is a block of, and where it stands where the person did not move it
    """

    name: str
    title: Mapping[str, str] = field(default_factory=dict)
    source: Source = Source.TASTE
    items: Condition = ALWAYS
    size: int = 6
    mode: Mode = Mode.CHOOSE_FOR_ME
    place: str = "home"
    explore: float = 0.05
    variety: float = 0.3
    without_bought_days: int = 0
    without_seen_days: int = 0
    page: str = ""
    position: int = 0


class Effect(StrEnum):
    """What a rule of the shop does."""

    PIN = "pin"  # stands at `position`
    BOOST = "boost"  # its score counts `factor` times
    BAN = "ban"  # never stands here


@dataclass(frozen=True, slots=True)
class ShopRule:
    """What the company wants: these items, for these people, in these slots, in this time.

    people    asked of the person and the context
    slots     names; empty = everywhere
    label     what the customer reads as the reason, language → text ("Today's offer")
    position  1 = first of what the person did not choose themselves; `most` items are pinned from there on
    factor    more than 1 lifts, less than 1 lowers
    """

    id: UUID
    name: str
    effect: Effect
    items: Condition
    people: Condition = ALWAYS
    slots: tuple[str, ...] = ()
    label: Mapping[str, str] = field(default_factory=dict)
    position: int = 1
    most: int = 1
    factor: float = 2.0
    starts: datetime | None = None
    ends: datetime | None = None

    def runs(self, slot: str, now: datetime) -> bool:
        """Whether it counts in `slot` at `now`."""
        begun = self.starts is None or self.starts <= now
        over = self.ends is not None and self.ends <= now
        return begun and not over and (not self.slots or slot in self.slots)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: what goes into `slot` for this person, now.

    context   what is known of the moment: language, city, region, device, item (external id), page …
    size      how many; None = as the slot says
    exclude   items not wanted, e.g. shown elsewhere on the page
    """

    slot: str
    profile: Profile
    context: Mapping[str, Json] = field(default_factory=dict)
    size: int | None = None
    exclude: frozenset[ItemId] = frozenset()


class ReasonKind(StrEnum):
    """Where an outcome came from."""

    CHOSEN = "chosen"  # the person chose it
    BECAUSE = "because"  # inferred from what they did
    POPULAR = "popular"
    RULE = "rule"  # a rule of the shop
    TRYING = "trying"  # we try something


class Because(Struct, frozen=True):
    """One part of a reason: an event, a facet or a rule; where none of them is set, the item of the page they are on.

    item    what the event was about, or what the page is about
    value   what the facet holds
    share   how much of the outcome it explains, at most 1; the shares of a reason sum to at most 1.
            A facet that only let the item through has share 0. Below 0 it spoke against the item.
    guess   the facet is our guess, not their word
    text    what it is, for the person to read: "You bought Falafel wrap", "vegan"
    """

    share: float
    event: EventId | None = None
    facet: str | None = None
    rule: UUID | None = None
    item: ItemId | None = None
    value: str | None = None
    guess: bool = False
    text: str = ""


class Reason(Struct, frozen=True):
    """Why an item stands where it stands; `text` in the language of the decision.

    rest   the share of everything else they did, beside the events that are named
    moved  by how many places it stands higher (below 0: lower) because of what was answered before; see `reranking`
    """

    kind: ReasonKind
    text: str
    because: tuple[Because, ...] = ()
    moved: int = 0
    rest: float = 0.0


class Chosen(Struct, frozen=True):
    """One outcome. `propensity` is the probability that this item stood at this place (see `exploring`)."""

    item: ItemId
    reason: Reason
    propensity: float = 1.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and all that is needed to explain, repeat and evaluate it.

    person      the node it was decided for; None for nobody in particular
    title       of the slot, in `language`; empty when it is about something there is not
    candidates  how many items could have stood here, and a hash of which (CRC-32 of the bit mask)
    personal    False: nothing about the person was used but their no's
    about       the item that a "because you …" or "goes with" slot is about
    reranker    what adjusted the order, when something did
    head        the best candidates with what was known of each, for the log
    """

    id: DecisionId
    slot: str
    person: PersonId | None
    at: datetime
    items: tuple[Chosen, ...]
    mode: Mode
    language: str
    title: str = ""
    personal: bool = True
    about: ItemId | None = None
    model: UUID | None = None
    candidates: int = 0
    candidates_hash: int = 0
    context: Mapping[str, Json] = field(default_factory=dict)
    size: int = 0
    exclude: tuple[ItemId, ...] = ()
    reranker: UUID | None = None
    head: Packed | None = field(default=None, compare=False)
