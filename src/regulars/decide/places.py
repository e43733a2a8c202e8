"""A place of a slot while it is being filled."""

from enum import Enum, auto

from msgspec import Struct

from regulars.decide.model import ShopRule
from regulars.decide.ranking import NONE, Pool
from regulars.kit.ids import ItemId


class Held(Enum):
    """Who holds a place."""

    PINNED = auto()
    PREFERRED = auto()
    RULE = auto()
    GUESS = auto()
    TRIED = auto()


class Place(Struct):
    """The item that stands there, who put it there, and its position in the pool it came from."""

    item: ItemId
    held: Held
    pool: Pool = NONE
    at: int = -1
    rule: ShopRule | None = None
    propensity: float = 1.0
