"""Everything a decision needs to know of the company, held in memory."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from regulars import taste
from regulars.catalog.model import Mask, Shelf
from regulars.choices.constraints import Constraints, constraints, is_personal
from regulars.choices.definitions import Definitions
from regulars.choices.menu import Menu
from regulars.decide.exploring import Tallies
from regulars.decide.masks import Masks
from regulars.decide.model import Effect, ShopRule, Slot
from regulars.decide.pulse import Pulse
from regulars.decide.told import Told
from regulars.kit.conditions import And
from regulars.kit.errors import NotFound
from regulars.people.model import Profile

if TYPE_CHECKING:
    from regulars.decide.reranking import Reranker

TRENDING = 0.5
"""How much of "popular" is the last days'."""
LISTS_KEPT = 64
LISTS_AHEAD = 16
HELD_KEPT, HELD_BYTES = 4_096, 64 << 20
MOST_LANGUAGES = 32

_Whose = tuple[int, str, bool]
Counts = tuple[NDArray[np.int32], NDArray[np.float32]]
NO_COUNTS: Counts = (np.zeros(0, np.int32), np.zeros(0, np.float32))
NO_VECTORS = np.zeros((0, 64), np.int8)


@dataclass(frozen=True, slots=True)
class Popular:
    """All items, the most popular first. Those nobody touched yet come last, newest first, with score 0.

    places   which characteristics there was something to know about, e.g. {"city": "Utrecht"}
    hot      items that are popular right now, more than they usually are
    """

    items: NDArray[np.int32]
    scores: NDArray[np.float32]
    places: Mapping[str, str] = field(default_factory=dict)
    hot: frozenset[int] = frozenset()


class World:
    """One state of the company: its shelf, model, slots, rules and facets. Immutable to those who look at it.

    counts     items and how often something was done with them lately: for when there is no model
    model      what scores; `learned` is the same as its file has it, before items that came later were added
    tallies    how often items were shown and answered lately: what trying goes by
    extended   the model with items that came later, before what just happened moved its rows
    pulse      what happens right now
    reranker   what adjusts the order of a guess, once it has been shown to help
    model_id   as the database names the model
    versions   the counters this was read at; read_at in seconds since 1970
    """

    def __init__(
        self,
        shelf: Shelf,
        slots: Mapping[str, Slot],
        definitions: Definitions,
        *,
        rules: Sequence[ShopRule] = (),
        model: taste.Model | None = None,
        learned: taste.Model | None = None,
        extended: taste.Model | None = None,
        model_id: UUID | None = None,
        counts: Counts = NO_COUNTS,
        tallies: Tallies | None = None,
        reranker: "Reranker | None" = None,
        versions: Mapping[str, int] | None = None,
        read_at: float = 0.0,
    ) -> None:
        self.shelf, self.slots, self.definitions, self.rules = shelf, slots, definitions, tuple(rules)
        self.model, self.model_id, self.counts = model, model_id, counts
        self.extended = extended or model
        self.pulse: Pulse | None = None
        self.learned, self.tallies, self.reranker = learned, tallies or Tallies(), reranker
        self.versions, self.read_at = dict(versions or {}), read_at
        self.menu = Menu(definitions, shelf)
        self.vectors = NO_VECTORS if model is None else model.vectors
        self.priors = taste.Priors.of(model.priors if model else {})
        self.asking_rules = any(rule.people != And() for rule in self.rules)
        masks = Masks(shelf)
        self._standing = {name: masks.of(slot.items) & shelf.offerable for name, slot in slots.items()}
        self._ruled = {rule.id: masks.of(rule.items) for rule in self.rules}
        self._spared = {rule.id: ~self._ruled[rule.id] for rule in self.rules if rule.effect is Effect.BAN}
        self._understood: dict[str, Mask | None] = {}
        self._told: dict[str, Told] = {}
        self._held: OrderedDict[_Whose, tuple[object, Constraints]] = OrderedDict()
        self._popular: OrderedDict[Hashable, Popular] = OrderedDict()
        self._lock = Lock()
        self.newest = _newest_first(shelf)

    def keep_up(self, model: taste.Model | None, pulse: Pulse) -> None:
        """Take over what just happened; only for a copy that nobody has seen yet. Lists asked for lately are made."""
        asked = list(self._popular.items())[-LISTS_AHEAD:]
        self.model, self.pulse, self.tallies = model, pulse, pulse.tallies(self.shelf.n)
        self._popular, self._lock = OrderedDict(), Lock()
        for key, popular in asked:
            if isinstance(key, tuple) and key[0] is None:
                self.popular(popular.places)

    def slot(self, name: str) -> Slot:
        """Raises NotFound with the names there are."""
        if name not in self.slots:
            raise NotFound(f"there is no slot {name[:80]!r}; there are: {', '.join(self.slots)}")
        return self.slots[name]

    def standing(self, slot: Slot) -> Mask:
        """Which items may stand in `slot` before anybody says no. Shared: copy before writing."""
        return self._standing[slot.name]

    def ruled(self, rule: ShopRule) -> Mask:
        """Which items `rule` is about."""
        return self._ruled[rule.id]

    def spared(self, rule: ShopRule) -> Mask:
        """Which items a ban is not about."""
        return self._spared[rule.id]

    def understood(self, language: str) -> Mask | None:
        """Which items are in `language` or in none in particular ("languages" of an item); None when all are."""
        base = language.split("-", maxsplit=1)[0]
        if base not in self._understood:
            self._understood[base] = _understood(self.shelf, base)
        return self._understood[base]

    def held(self, profile: Profile, slot: Slot) -> Constraints:
        """What holds for this person in `slot`; remembered while they chose nothing else and we guessed nothing else.

        Facets are read anew when they change (see `people.profile`), so the very same ones mean the same.
        """
        whose = id(profile.facets), slot.name, is_personal(profile)
        kept = self._held.get(whose)
        if kept is not None and kept[0] is profile.facets:
            return kept[1]
        found = constraints(profile, self.menu, slot.name, mode=slot.mode)
        with self._lock:
            self._held[whose] = profile.facets, found
            if len(self._held) > min(HELD_KEPT, HELD_BYTES // self.shelf.n):
                self._held.popitem(last=False)
        return found

    def told(self, language: str) -> Told:
        """What is said of items in `language`."""
        found = self._told.get(language)
        if found is None:
            if len(self._told) >= MOST_LANGUAGES:
                self._told.clear()  # anybody may ask for any tag
            found = self._told[language] = Told(self.shelf, language)
        return found

    def popular(self, where: Mapping[str, str]) -> Popular:
        """What is popular there; remembered for the places asked for last."""
        there = {k: v for k, v in where.items() if self._known(k, v)}
        return self._kept((None, *sorted(there.items())), lambda: self._count_popular(there))

    def popular_of(self, rule: ShopRule, where: Mapping[str, str]) -> Popular:
        """The same among the items `rule` is about."""
        everything = self.popular(where)

        def narrowed() -> Popular:
            about = self.ruled(rule)[everything.items]
            return Popular(everything.items[about], everything.scores[about], everything.places, everything.hot)

        return self._kept((rule.id, *sorted(everything.places.items())), narrowed)

    def _kept(self, key: Hashable, make: Callable[[], Popular]) -> Popular:
        with self._lock:
            found = self._popular.get(key)
            if found is not None:
                self._popular.move_to_end(key)
                return found
        found = make()
        with self._lock:
            self._popular[key] = found
            if len(self._popular) > LISTS_KEPT:
                self._popular.popitem(last=False)
        return found

    def _known(self, characteristic: str, value: str) -> bool:
        return self.model is not None and (characteristic, value) in self.model.popularity.groups

    def _count_popular(self, where: Mapping[str, str]) -> Popular:
        n = self.shelf.n
        anything = np.ones(n, np.bool_)
        if self.model is not None:
            found = taste.popular(self.model, anything, k=n, where=where, trending=TRENDING)
        else:
            items, weights = self.counts
            known = items < n
            found = taste.popular_now(items[known], weights[known], anything, k=n)
        found, hot = self._now(found)
        anything[found.items] = False
        anything[0] = False
        rest = self.newest[anything[self.newest]]
        scores = np.concatenate([found.scores, np.zeros(len(rest), np.float32)])
        return Popular(np.concatenate([found.items, rest]).astype(np.int32), scores, where, hot)

    def _now(self, usual: taste.Ranked) -> tuple[taste.Ranked, frozenset[int]]:
        """The same with what happens right now."""
        if self.pulse is None or not self.pulse.counts:
            return usual, frozenset()
        shares = np.zeros(self.shelf.n, np.float32)
        shares[usual.items] = usual.scores
        mixed, hot = self.pulse.shares(shares)
        return taste.popular_now(np.arange(len(mixed), dtype=np.int32), mixed, mixed > 0, k=len(mixed)), hot


def _newest_first(shelf: Shelf) -> NDArray[np.int32]:
    """Every item, the one published last first; among those without a day of publication the highest id."""
    published = np.where(np.isnan(shelf.published), -np.inf, shelf.published)
    order = np.lexsort((-np.arange(shelf.n), -published)).astype(np.int32)
    newest: NDArray[np.int32] = order[order > 0]
    return newest


def _understood(shelf: Shelf, language: str) -> Mask | None:
    spoken = [value for attribute, value in shelf.has if attribute == "languages"]
    if not spoken:
        return None
    some, this = np.zeros(shelf.n, np.bool_), np.zeros(shelf.n, np.bool_)
    for value in spoken:
        mask = shelf.mask("languages", value)
        some |= mask
        if value.lower().split("-", maxsplit=1)[0] == language:
            this |= mask
    return this | ~some
