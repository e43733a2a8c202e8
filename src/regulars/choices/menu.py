"""What may be chosen, made ready for one shelf: each choice as the items it lets through or speaks for."""

from collections.abc import Callable, Sequence

import numpy as np

from regulars.catalog.model import Mask, Shelf
from regulars.choices.definitions import Definitions
from regulars.choices.model import FacetDefinition
from regulars.kit.ids import ItemId

MEMORY_BYTES = 64 << 20
"""How much the remembered masks may take together."""


class Menu:
    """Definitions and a shelf, with the masks of choices remembered. Masks are shared: never write to one."""

    def __init__(self, definitions: Definitions, shelf: Shelf) -> None:
        self.definitions = definitions
        self.shelf = shelf
        self._masks: dict[tuple[str, str, tuple[str, ...]], Mask] = {}
        self._most = max(64, MEMORY_BYTES // max(1, shelf.n))

    def has(self, definition: FacetDefinition, value: str) -> Mask:
        """Which items have `value`."""
        if definition.attribute == "item":
            return self._remembered("item", definition, (value,), lambda: self._only(value))
        return self.shelf.mask(definition.attribute, value)

    def without(self, definition: FacetDefinition, values: tuple[str, ...]) -> Mask:
        """Which items have none of `values`. Attributes nobody filled in speak neither for nor against an item."""
        return self._remembered("without", definition, values, lambda: ~self._any(definition, values))

    def fulfilling(self, definition: FacetDefinition, values: tuple[str, ...]) -> Mask:
        """Which items have all of `values`, or are of a kind that this facet does not concern."""

        def make() -> Mask:
            return self.meeting(definition, values) | ~self.concerned(definition)

        return self._remembered("fulfilling", definition, values, make)

    def meeting(self, definition: FacetDefinition, values: tuple[str, ...]) -> Mask:
        """Which items of the kinds it concerns have all of `values`."""

        def make() -> Mask:
            met = self.concerned(definition).copy()
            for value in values:
                met &= self.has(definition, value)
            return met

        return self._remembered("meeting", definition, values, make)

    def concerned(self, definition: FacetDefinition) -> Mask:
        """Which items the facet concerns: those of its kinds; when it names none, of every kind where it is used.

        So a diet concerns a sandwich whose diet nobody filled in (it is not let through), and no article.
        """
        return self._remembered("concerned", definition, (), lambda: self._concerned(definition))

    def ids(self, external_ids: Sequence[str]) -> list[ItemId]:
        """The items of these external ids that the catalogue has, in their order."""
        known = self.shelf.by_external
        return [known[e] for e in external_ids if e in known]

    def label(self, facet: str, value: str) -> dict[str, str]:
        """What `value` of `facet` is called, by language; empty when nobody named it."""
        definition = self.definitions.get(facet)
        found = (v.label for v in definition.values if v.id == value) if definition else iter(())
        return next(found, {})

    def _concerned(self, definition: FacetDefinition) -> Mask:
        if definition.kinds:
            kinds = [self.shelf.mask("kind", kind) for kind in definition.kinds]
        else:
            used = self._any(definition, [v for a, v in self.shelf.has if a == definition.attribute])
            kinds = [self.shelf.kind == k for k in np.unique(self.shelf.kind[used])]
        return np.logical_or.reduce(kinds) if kinds else np.zeros(self.shelf.n, np.bool_)

    def _any(self, definition: FacetDefinition, values: Sequence[str]) -> Mask:
        found = np.zeros(self.shelf.n, np.bool_)
        if definition.attribute == "item":
            found[self.ids(values)] = True
            return found
        for value in values:
            found |= self.shelf.mask(definition.attribute, value)
        return found

    def _only(self, external_id: str) -> Mask:
        found = np.zeros(self.shelf.n, np.bool_)
        found[self.ids([external_id])] = True
        return found

    def _remembered(
        self, what: str, definition: FacetDefinition, values: tuple[str, ...], make: Callable[[], Mask]
    ) -> Mask:
        key = (what, definition.name, values)
        mask = self._masks.get(key)
        if mask is None:
            mask = make()
            if len(self._masks) >= self._most:
                self._masks.clear()
            self._masks[key] = mask
        return mask
