"""What guessing a facet needs to know: which items tell something, and how people usually choose (priors)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from regulars.catalog.model import Mask, Shelf
from regulars.kit.json import Json
from regulars.kit.shape import shaped
from regulars.people.model import History
from regulars.taste.histories import counts, verb_weights

MOST_VALUES = 60
"""Of a facet whose values are free (categories), the most common values are guessed."""


class HasId(Protocol):
    """One value of a facet."""

    @property
    def id(self) -> str: ...


class Guessable(Protocol):
    """What we read of a facet's definition (a `FacetDefinition` of the room choices is one).

    acts  "require" (diet), "prefer" (topics), "language", "place" (city, region); anything else is guessed only when
          it is named "price_band". many  "one" or "several".
    """

    @property
    def name(self) -> str: ...
    @property
    def acts(self) -> str: ...
    @property
    def many(self) -> str: ...
    @property
    def attribute(self) -> str: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...
    @property
    def guessed(self) -> bool: ...
    @property
    def values(self) -> Sequence[HasId]: ...


@dataclass(frozen=True, slots=True)
class ValuePrior:
    """How people and one value go together.

    share  of people who want it · usual  share of it in what the others choose · wanting  share of it in what
    those choose who want it
    """

    share: float
    usual: float
    wanting: float


@dataclass(frozen=True, slots=True)
class FacetPrior:
    """values → how usual each is; spread: how alike people are (high: all choose alike); temperature in (0, 1.5]."""

    values: Mapping[str, ValuePrior]
    spread: float = 10.0
    temperature: float = 0.6


@dataclass(frozen=True, slots=True)
class PricePrior:
    """Mean and deviation of people's usual price quantile, deviation of one choice, and where bands are cut."""

    mean: float = 0.5
    between: float = 0.1
    within: float = 0.27
    low: float = 0.457
    high: float = 0.543


@dataclass(frozen=True, slots=True)
class Priors:
    """All that `infer` knows of people in general; kept in the model file."""

    facets: Mapping[str, FacetPrior] = field(default_factory=dict)
    price: PricePrior = field(default_factory=PricePrior)
    languages: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        """For the model file."""
        return asdict(self)

    @classmethod
    def of(cls, said: Mapping[str, Json]) -> "Priors":
        """Read what `as_json` wrote; an empty mapping gives the priors of a site without data."""
        return shaped(said, cls)


def chosen(history: History, n: int) -> NDArray[np.int64]:
    """Indices of the events that tell what someone chose: the newest of each distinct item that counts."""
    weights = verb_weights()
    undone: dict[int, NDArray[np.int8]] = {}
    found: dict[int, int] = {}
    for e, item in enumerate(history.items.tolist()):
        if 0 < item < n:
            state = undone.setdefault(item, np.zeros(1, np.int8))
            if counts(state, 0, int(history.verbs[e]), weights):
                found.setdefault(item, e)
    return np.fromiter(found.values(), np.int64, len(found))


def telling(shelf: Shelf, definition: Guessable) -> Mask:
    """Which items tell something about the facet: those of its kinds, else of every kind where the attribute occurs."""
    if definition.kinds:
        out = np.zeros(shelf.n, np.bool_)
        for kind in definition.kinds:
            out |= shelf.mask("kind", kind)
        return out
    have = np.zeros(shelf.n, np.bool_)
    for value in values_of(shelf, definition):
        have |= shelf.mask(definition.attribute, value)
    if definition.acts == "prefer":
        return have
    kinds = np.unique(shelf.kind[have])
    out = np.isin(shelf.kind, kinds)
    out[0] = False
    return out


def values_of(shelf: Shelf, definition: Guessable) -> list[str]:
    """The values that may be guessed: the defined ones, else the most common ones of the shelf."""
    if definition.values:
        return [v.id for v in definition.values]
    return shelf.wishes(definition.attribute)[:MOST_VALUES]
