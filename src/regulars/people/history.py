"""What a person did, for their own eyes, and whether it may be learned from."""

from collections.abc import Sequence

from regulars.kit.ids import EventId, PersonId
from regulars.people.model import SeenEvent
from regulars.people.store import events as table
from regulars.people.store import nodes as people
from regulars.store import Db


def events(db: Db, root: PersonId, *, before: EventId | None = None, most: int = 50) -> list[SeenEvent]:
    """The events of a person, newest first; `before`: only those older than this one (for the next page)."""
    return table.page(db, people.of_root(db, root), before, most)


def learn_from(db: Db, root: PersonId, events: Sequence[EventId], learn: bool) -> int:
    """Learn from these events of the person from now on, or no more; how many changed. Others' events stay alone."""
    return table.set_learn(db, people.of_root(db, root), events, learn)
