"""What facets, values, slots and items are called, in one language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regulars.catalog import Item, Shelf
from regulars.choices.model import Acts, FacetDefinition
from regulars.decide.model import Slot
from regulars.kit.i18n import speaker
from regulars.kit.ids import ItemId
from regulars.kit.json import Json
from regulars.kit.text import pick

MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Labels:
    """Names from the definitions, the slots and the shelf."""

    language: str
    definitions: Mapping[str, FacetDefinition]
    slots: Mapping[str, Slot]
    shelf: Shelf

    def facet(self, name: str) -> str:
        """What the facet is called."""
        found = self.definitions.get(name)
        return (found and pick(found.label, self.language)) or _readable(name)

    def help(self, name: str) -> str:
        """The sentence that explains the facet."""
        found = self.definitions.get(name)
        return pick(found.help, self.language) if found else ""

    def value(self, facet: str, value: Json) -> str:
        """What one value of the facet is called."""
        text = str(value)
        found = self.definitions.get(facet)
        if found is None:
            return text
        named = next((pick(v.label, self.language) for v in found.values if v.id == text), "")
        if named:
            return named
        if found.attribute == "item":
            return self.external(text)
        if found.acts in (Acts.LAYOUT, Acts.MODE):
            return self.slot(text)
        if isinstance(value, bool):
            _ = speaker(self.language).gettext
            return _("yes") if value else _("no")
        return _readable(text)

    def values(self, facet: str, value: Json) -> str:
        """A value, or a list of them, as a text of bearable length."""
        if not isinstance(value, Sequence) or isinstance(value, str):
            return "" if value is None else self.value(facet, value)
        named = [self.value(facet, v) for v in value[:MOST_NAMED]]
        more = len(value) - len(named)
        return ", ".join(named) + (f" +{more}" if more > 0 else "")

    def slot(self, name: str) -> str:
        """What the slot is called; one about an item is named without it."""
        found = self.slots.get(name)
        title = pick(found.title, self.language) if found else ""
        if not title:
            return _readable(name)
        title = re.sub(r"\{\w+\}", "…", title)
        return title if title.strip(" …") else speaker(self.language).gettext("Because of what you did")

    def page(self, name: str) -> str:
        """What a page of the site is called."""
        return _readable(name)

    def item(self, item: ItemId) -> str:
        """The title of an item; its number when it is gone."""
        found = self.shelf.items.get(item)
        return self.title(found) if found else f"#{item}"

    def external(self, external_id: str) -> str:
        """The title of the item with this id; the id when there is none."""
        found = self.shelf.by_external.get(external_id)
        return self.item(found) if found is not None else external_id

    def title(self, item: Item) -> str:
        """The title of `item`."""
        return pick(item.title, self.language) or item.external_id


def _readable(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").replace(".", " · ").strip()
    return words[:1].upper() + words[1:]
