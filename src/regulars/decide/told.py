"""What is said of items, remembered: the same words of the same things, again and again."""

from collections.abc import Mapping
from typing import TypeVar

from regulars.catalog.model import Shelf
from regulars.kit.i18n import N_, speaker
from regulars.kit.ids import ItemId
from regulars.kit.text import pick
from regulars.people.model import Verb

SAID: Mapping[int, str] = {
    Verb.VIEWED: N_("Because you looked at {item}"),
    Verb.CLICKED: N_("Because you looked at {item}"),
    Verb.ADDED: N_("Because you put {item} in your basket"),
    Verb.BOUGHT: N_("Because you had {item}"),
    Verb.READ: N_("Because you read {item}"),
    Verb.RATED: N_("Because you rated {item}"),
    Verb.MORE: N_("Because you asked for more like {item}"),
}

DID: Mapping[int, str] = {
    Verb.VIEWED: N_("You looked at {item}"),
    Verb.CLICKED: N_("You looked at {item}"),
    Verb.ADDED: N_("You put {item} in your basket"),
    Verb.BOUGHT: N_("You had {item}"),
    Verb.READ: N_("You read {item}"),
    Verb.RATED: N_("You rated {item}"),
    Verb.MORE: N_("You asked for more like {item}"),
}
BEFORE: Mapping[int, str] = {
    Verb.VIEWED: N_("You looked at this before"),
    Verb.CLICKED: N_("You looked at this before"),
    Verb.ADDED: N_("You had this in your basket before"),
    Verb.BOUGHT: N_("You had this before"),
    Verb.READ: N_("You read this before"),
    Verb.RATED: N_("You rated this before"),
    Verb.MORE: N_("You asked for more like this"),
}
"""The same of the thing itself: nobody sees a thing because they looked at that very thing."""

K = TypeVar("K")
MOST = 100_000
"""So many sentences of a language are remembered."""


class Told:
    """What is said of the items of one shelf, in one language."""

    def __init__(self, shelf: Shelf, language: str) -> None:
        self._items, self._language = shelf.items, language
        self._ = speaker(language).gettext
        self._names: dict[int, str] = {}
        self._did: dict[tuple[int, int], str] = {}
        self._because: dict[tuple[int, int], str] = {}

    def name(self, item: ItemId) -> str:
        """What an item is called."""
        said = self._names.get(item)
        if said is None:
            found = self._items.get(item)
            said = (pick(found.title, self._language) or found.external_id) if found else "…"
            _keep(self._names, item, said)
        return said

    def did(self, verb: int, item: ItemId) -> str:
        """What they did with a thing."""
        said = self._did.get((verb, item))
        if said is None:
            said = self._(DID.get(verb, DID[Verb.VIEWED])).format(item=self.name(item))
            _keep(self._did, (verb, item), said)
        return said

    def because(self, verb: int, item: ItemId) -> str:
        """That something is shown because of what they did with a thing."""
        said = self._because.get((verb, item))
        if said is None:
            said = self._(SAID.get(verb, SAID[Verb.VIEWED])).format(item=self.name(item))
            _keep(self._because, (verb, item), said)
        return said

    def before(self, verb: int) -> str:
        """What they did with the very thing that is shown."""
        return self._(BEFORE.get(verb, BEFORE[Verb.VIEWED]))


def _keep(kept: dict[K, str], key: K, said: str) -> None:
    if len(kept) >= MOST:
        kept.clear()
    kept[key] = said
