"""Who is on the site now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from regulars.desk.chat import store
from regulars.desk.chat.model import Visitor, VisitorId
from regulars.desk.model import ConversationId
from regulars.kit.errors import NotFound
from regulars.people import Identity
from regulars.store import Db
from regulars.store.live import tell

SEEN_EVERY = timedelta(seconds=20)
GONE_AFTER = timedelta(seconds=60)
MOST = 500
VISITORS = "visitors"
"""The live topic of who comes, goes and moves on."""


def save_visitors(db: Db, here: Sequence[Visitor], gone: Sequence[VisitorId], *, news: bool, now: datetime) -> None:
    """Note who is on the site and who left; `news`: tell those who look at the list."""
    if here:
        store.save_visitors(db, here)
    left = store.remove_visitors(db, gone, now - GONE_AFTER)
    if news or left:
        tell(db, VISITORS)


def visitors(db: Db, *, now: datetime, most: int = MOST) -> list[Visitor]:
    """Who is on the site now, the newest first."""
    return store.visitors(db, now - GONE_AFTER, most)


def whereabouts(db: Db, conversation: ConversationId, names: Sequence[Identity], *, now: datetime) -> Visitor | None:
    """The customer of a conversation, by any of their names, when they are on the site now."""
    return store.whereabouts(db, conversation, names, now - GONE_AFTER)


def visitor(db: Db, visitor: VisitorId) -> Visitor:
    """One of them. Raises NotFound."""
    found = store.visitor(db, visitor)
    if found is None:
        raise NotFound("this visitor is not on the site any more")
    return found
