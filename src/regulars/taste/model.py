"""The personalisation model: sparse item-to-item parts, how each place blends them, and what is popular where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from regulars.kit.ids import EventId, ItemId
from regulars.kit.json import Json

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
I8 = NDArray[np.int8]
U32 = NDArray[np.uint32]

PLACES = ("home", "item", "basket", "newsletter", "article")
"""The kinds of places that have a blend of their own; any other name is served as "home"."""

FOREVER = 1e9
"""A decay so slow that it is none."""

N_VERBS = 11


@dataclass(frozen=True, slots=True)
class Part:
    """One sparse item-to-item matrix B by rows: who did i should see j with weight B[i, j].

    indptr (n + 1,) int64 · indices (nnz,) int32, the items j of each row · data (nnz,) float32
    """

    name: str
    indptr: I64
    indices: I32
    data: F32

    @property
    def n(self) -> int:
        """Highest ItemId + 1."""
        return len(self.indptr) - 1


FULL_BYTES = 8 << 20
"""How much a model of few items may take in memory a second time, as whole rows: to add them is one sweep each."""
LEAST_FULL = 1 / 8
"""How much of the rows must be filled for that to be quicker than to look at what they have."""


@dataclass(frozen=True)
class Parts:
    """All parts of a model in one piece, as the file holds them and the kernels read them.

    indptr (parts, n + 1) int64, absolute into indices (nnz,) int32 and data (nnz,) float32
    """

    names: tuple[str, ...]
    indptr: I64
    indices: I32
    data: F32

    @cached_property
    def full(self) -> F32:
        """(parts, n, n) the same with every 0 written out; (0, 0, 0) where that would be too much, or no quicker."""
        parts, n = len(self.names), self.indptr.shape[1] - 1
        cells = parts * n * n
        if 4 * cells > FULL_BYTES or len(self.data) < LEAST_FULL * cells:
            return np.zeros((0, 0, 0), np.float32)
        rows = np.repeat(np.arange(parts * n), np.diff(self.indptr).ravel())
        found = np.zeros((parts * n, n), np.float32)
        found[rows, self.indices] = self.data
        return found.reshape(parts, n, n)

    def __getitem__(self, name: str) -> Part:
        """The part of this name: a view, nothing is copied. Raises KeyError."""
        if name not in self.names:
            raise KeyError(name)
        bounds = self.indptr[self.names.index(name)]
        lo, hi = int(bounds[0]), int(bounds[-1])
        return Part(name, bounds - lo, self.indices[lo:hi], self.data[lo:hi])


@dataclass(frozen=True, slots=True)
class Fade:
    """How the past fades in one part: weight × exp(-position / steps) × 2^(-age / half_life_days).

    position counts distinct items, the newest is 0.
    """

    steps: float = FOREVER
    half_life_days: float = FOREVER


@dataclass(frozen=True, slots=True)
class Blend:
    """What a place shows: the weight and fade of each part by name, and whether known items may come again.

    again  weight of "buy again": an item's own purchases, strongest around its usual interval
    """

    weights: Mapping[str, float]
    fades: Mapping[str, Fade] = field(default_factory=dict)
    repeats: bool = False
    again: float = 0.0


@dataclass(frozen=True, slots=True)
class Popularity:
    """What many people do, overall and by characteristic.

    overall   (n,) float32 share of (time-decayed) interactions, sums to 1 or to 0
    recent    (n,) float32 the same of the newest events: what is trending
    groups    (characteristic, value) → (items int32, counts float32, total)
    """

    overall: F32
    recent: F32
    groups: Mapping[tuple[str, str], tuple[I32, F32, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """What items say about themselves, as hashed terms by rows (see `content_of`).

    indptr (n + 1,) int64 · terms (nnz,) uint32 sorted within a row · counts (nnz,) float32
    """

    indptr: I64
    terms: U32
    counts: F32

    @property
    def n(self) -> int:
        """Highest ItemId + 1."""
        return len(self.indptr) - 1


FEW_SESSIONS = 20_000
"""Of so many, adding up what is alike and then looking at all of them is quicker than noting which were met."""


@dataclass(frozen=True)
class Sessions:
    """The newest histories, newest first, for the part "alike" (see `alike`).

    indptr (s + 1,) int64 · items, owner (m,) int32, by session · strength (s,) float32 · rarity (n,) float32
    of_indptr (n + 1,) int64 · of (k,) int32 where in `items` each item stands · table float32 by distance
    near  how many count · sharp  exponent of what they have in common
    """

    indptr: I64
    items: I32
    owner: I32
    strength: F32
    rarity: F32
    of_indptr: I64
    of: I32
    table: F32
    near: int
    sharp: float = 1.0

    @cached_property
    def whose(self) -> I32:
        """(k,) int32 whose `of` it is, where there are few sessions; else nothing."""
        return self.owner[self.of] if len(self.strength) <= FEW_SESSIONS else np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Report:
    """What `learn` saw, tried and chose. Everything in it is JSON (`as_json`).

    tried    one row for each model or blend tried: place ("" = a recipe by itself), what,
             score (0.8 × NDCG@20 + 0.2 × recall@20)
    chosen   the recipe of each part · figures  "home ndcg@20" and so on, on questions the models had not seen
    until    seconds of the newest event · refused  why this model should not replace the one that serves
    """

    events: int
    people: int
    items: int
    bots: Sequence[int] = ()
    capped: int = 0
    seconds: float = 0.0
    parts: Mapping[str, int] = field(default_factory=dict)
    tried: Sequence[Mapping[str, Json]] = ()
    chosen: Mapping[str, Json] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    notes: Sequence[str] = ()
    until: int = 0
    refused: str = ""

    def as_json(self) -> dict[str, Json]:
        """The report for the model file, the database and the pages."""
        return {
            "events": self.events,
            "people": self.people,
            "items": self.items,
            "bots": list(self.bots),
            "capped": self.capped,
            "seconds": round(self.seconds, 3),
            "parts": dict(self.parts),
            "tried": [dict(one) for one in self.tried],
            "chosen": dict(self.chosen),
            "figures": dict(self.figures),
            "notes": list(self.notes),
            "until": self.until,
            "refused": self.refused,
        }


@dataclass(frozen=True, slots=True)
class Ranked:
    """Best first, one length: items int32, scores float32 (comparable within one answer only)."""

    items: I32
    scores: F32


class Share(Struct, frozen=True, gc=False):
    """How much one past event counts for one suggestion. Shares sum to 1; weights sum to the score."""

    event: EventId
    item: ItemId
    share: float
    weight: float
    verb: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """Everything needed to serve, immutable; arrays may be views of a memory-mapped file.

    verbs      (11,) float32 what one event of each Verb counts
    blends     place → blend; "home" is always there
    counts     (n,) float32 how many people did something with the item
    interval   (n,) float32 usual days between two purchases of the item by one person, nan where unknown
    again      (n,) float32 share of the item's buyers who bought it again
    vectors    (n, d) int8 unit vectors × 127, for likeness
    idf        (buckets,) float32 weight of each hashed term, to place an item that comes in later
    priors     what `infer` needs, as `infer.Priors` writes it
    """

    id: UUID
    n: int
    verbs: F32
    parts: Parts
    blends: Mapping[str, Blend]
    counts: F32
    interval: F32
    again: F32
    popularity: Popularity
    vectors: I8
    content: Content
    idf: F32
    sessions: Sessions | None = None
    priors: Mapping[str, Json] = field(default_factory=dict)
    report: Report = field(default_factory=lambda: Report(0, 0, 0))
    digest: str = ""

    def blend(self, place: str) -> Blend:
        """The blend of `place`, else the one of "home"."""
        return self.blends.get(place) or self.blends["home"]
