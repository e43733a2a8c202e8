"""Finding items."""

from collections.abc import Iterable

from regulars.catalog import store
from regulars.catalog.model import Item
from regulars.catalog.rows import item, words
from regulars.kit.errors import NotFound
from regulars.kit.ids import ItemId
from regulars.kit.text import clean
from regulars.store import Db

MOST_WORDS = 12


def get(db: Db, external_id: str) -> Item:
    """The item with this id. Raises NotFound."""
    found = store.by_external(db, clean(external_id))
    if not found:
        raise NotFound(f"there is no item “{external_id[:100]}” in the catalogue")
    return item(found[0])


def items(db: Db, ids: Iterable[ItemId]) -> dict[ItemId, Item]:
    """The items with these ids; those that do not exist are left out."""
    return {found.id: found for found in map(item, store.by_id(db, ids))}


def search(db: Db, text: str = "", *, kind: str | None = None, most: int = 50, skip: int = 0) -> list[Item]:
    """Items that have every word of `text`, or a word beginning with it, without regard to case and accents.

    The best match first, listed before withdrawn; without words the newest. Every language is searched.
    """
    query = " & ".join(f"{word}:*" for word in words(text)[:MOST_WORDS])
    if text.strip() and not query:
        return []
    return [item(found) for found in store.search(db, query, kind, most=most, skip=skip)]


def kinds(db: Db) -> list[tuple[str, int]]:
    """Each kind of item with how many there are, the most frequent first."""
    return store.kinds(db)
