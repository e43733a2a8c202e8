"""Reading help pages, finding them, and saying whether they helped."""

from dataclasses import dataclass
from hashlib import sha256
from hmac import new as hmac

import msgspec

from regulars import people
from regulars.desk.answers.words import prefixes
from regulars.desk.help import store
from regulars.desk.help.model import Entry, HelpId, Reading, Words
from regulars.kit.errors import NotFound
from regulars.kit.ids import PersonId
from regulars.kit.text import clean
from regulars.people import Event, EventType
from regulars.store import Db

LONGEST_QUESTION = 500
LONGEST_WORDS = 1_000
SAID = "Help Page Rated"
"""The event that is recorded when somebody known says whether a page helped."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The page is read at another address now."""

    slug: str


def read(db: Db, slug: str, language: str) -> Reading | Moved:
    """The published page at `slug`, in `language` or the nearest it has. Raises NotFound."""
    found = store.reading(db, clean(slug)[:200], language)
    if found is not None:
        return found
    moved = store.moved(db, clean(slug)[:200])
    if moved is None:
        raise NotFound("there is no help page at this address")
    return Moved(moved)


def entries(db: Db, language: str) -> list[Entry]:
    """Every published page, by category, in `language` or the nearest each has."""
    return store.entries(db, language)


def search(db: Db, text: str, language: str, *, most: int = 20) -> list[Entry]:
    """Published pages in `language` that have words of `text` (stemmed), those with most of them first."""
    asked = clean(text)[:LONGEST_QUESTION]
    return list(store.find(db, asked, prefixes(asked), language, most)) if asked.strip() else []


def visitor(secret: str, address: str, browser: str) -> str:
    """A name for who reads, good for nothing but to count them once: keyed, and not to be turned back."""
    return hmac(secret.encode(), f"{address}\n{browser[:500]}".encode("utf-8", "replace"), sha256).hexdigest()[:32]


def helped(db: Db, id: HelpId, visitor: str, said: Words, *, node: PersonId | None = None) -> None:
    """Write down whether the page helped. Somebody known (`node`) has it in their history too. Raises NotFound."""
    held = store.page(db, id)
    if held is None or held.published is None:
        raise NotFound("there is no such help page")
    words = Words(said.helped, clean(said.words)[:LONGEST_WORDS], said.language[:10], said.at)
    store.say(db, id, visitor, words)
    if node is not None:
        told = msgspec.json.encode({"product_id": held.item, "slug": held.slug, "helped": said.helped})
        key = f"help:{id}:{node}:{said.at.timestamp():.0f}"
        event = Event(key, node, EventType.TRACK, SAID, said.at, properties=told)
        people.record(db, [event], now=said.at)
