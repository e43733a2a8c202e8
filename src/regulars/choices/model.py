"""What a person may choose, and where each choice acts."""

from dataclasses import dataclass, field
from enum import StrEnum

from regulars.kit.json import Json


class Acts(StrEnum):
    """What a facet does to a decision."""

    REQUIRE = "require"  # only items that have the value under `attribute` (diet)
    EXCLUDE = "exclude"  # no item that has one of the values under `attribute` (allergens, hidden items, categories)
    PREFER = "prefer"  # items that have the value come first, weight `weight` (topics, brands)
    LESS = "less"  # items like these go down, the more alike the further
    LANGUAGE = "language"
    MODE = "mode"  # choose_for_me | i_choose | only_what_i_chose, per slot
    LAYOUT = "layout"  # order of blocks of a page, and which of them not to show
    PIN = "pin"  # items in the person's own order, per slot
    PAUSE = "pause"  # no personalisation at all
    PLACE = "place"  # city or region, for "popular near you"
    NOTHING = "nothing"  # only told to others (price band)


class Mode(StrEnum):
    """How far the person lets us guess in a slot."""

    CHOOSE_FOR_ME = "choose_for_me"
    I_CHOOSE = "i_choose"  # what they picked or prefer first, the rest by popularity: no guess
    ONLY_CHOSEN = "only_what_i_chose"  # nothing but what they picked or prefer


class Many(StrEnum):
    """How many values a facet may have."""

    ONE = "one"
    SEVERAL = "several"
    FLAG = "flag"
    ORDER = "order"  # a list whose order matters


@dataclass(frozen=True, slots=True)
class Value:
    """One value that may be chosen; `label` maps language to text."""

    id: str
    label: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetDefinition:
    """A facet: what may be chosen and where it acts.

    values      what may be chosen; empty = free (items, categories, blocks)
    attribute   of the items it acts on; "item" = the item itself, "category" = its category path
    kinds       item kinds it concerns; empty = all
    per_slot    may be chosen for one slot or page
    guessed     whether Regulars may infer it
    """

    name: str
    many: Many
    acts: Acts
    label: dict[str, str] = field(default_factory=dict)
    help: dict[str, str] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    attribute: str = ""
    weight: float = 1.0
    kinds: tuple[str, ...] = ()
    per_slot: bool = False
    guessed: bool = False


class CorrectionKind(StrEnum):
    """What a person may say of one outcome."""

    NOT_FOR_ME = "not_for_me"  # hides the item for good
    LESS_LIKE_THIS = "less_like_this"  # hides the item and pushes its like down
    WRONG_ABOUT_ME = "wrong_about_me"  # a guess is wrong: denied from now on
    DO_NOT_LEARN = "do_not_learn"  # the events behind it are forgotten for learning
    MORE_LIKE_THIS = "more_like_this"  # counts as a strong interaction


class Says(StrEnum):
    """What kind of fact."""

    STATED = "stated"  # it is so
    DENIED = "denied"  # it is not so: never guess it again
    NOT_LEARNED = "not_learned"  # these events count no more
    MORE = "more"  # more like this item


@dataclass(frozen=True, slots=True)
class Fact:
    """What is a fact from now on, e.g. facet "hidden_items", value "beef-burger"."""

    facet: str
    value: Json
    scope: str = ""
    says: Says = Says.STATED
