"""Whose turn it is after something was said, and until when an answer is owed. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from regulars.desk.model import Author, Priority, Status

ANSWER_WITHIN: Mapping[Priority, timedelta] = {
    Priority.LOW: timedelta(hours=72),
    Priority.NORMAL: timedelta(hours=24),
    Priority.HIGH: timedelta(hours=4),
    Priority.URGENT: timedelta(hours=1),
}
"""How long a customer may wait for an answer where nothing else was promised."""

BREACHING_WITHIN = timedelta(hours=2)
"""An answer owed within this time is "breaching soon"."""

UNDO_FOR = timedelta(seconds=10)
"""How long a reply can be taken back."""

REOPENS = frozenset({Status.PENDING, Status.ON_HOLD, Status.SOLVED})
OVER = frozenset({Status.SOLVED, Status.CLOSED, Status.SPAM})


def due(waiting_since: datetime | None, priority: Priority) -> datetime | None:
    """Until when the answer is owed; None when nobody waits."""
    return None if waiting_since is None else waiting_since + ANSWER_WITHIN[priority]


def status_after(status: Status, author: Author) -> Status:
    """What a message does to a conversation that takes it. A machine's word changes nothing.

    A closed one takes none (see `placing`); spam stays spam until an agent says otherwise.
    """
    return Status.OPEN if author is Author.CUSTOMER and status in REOPENS else status


def waiting_after(waiting_since: datetime | None, status: Status, author: Author, now: datetime) -> datetime | None:
    """Since when the customer waits, after a message of `author` left the conversation in `status`."""
    if status in OVER or author is Author.AGENT:
        return None
    return waiting_since or now if author is Author.CUSTOMER else waiting_since
