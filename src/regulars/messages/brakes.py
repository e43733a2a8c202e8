"""The brake on automatic answers: two machines must not write to each other for ever (RFC 3834, 2)."""

from datetime import datetime, timedelta

from regulars.messages import store
from regulars.store import Db

MOST_TO_ONE = 5
WITHIN = timedelta(hours=1)
ONCE_IN = timedelta(days=1)
"""One automatic answer in a conversation in this time; `MOST_TO_ONE` to an address `WITHIN` an hour."""


def may_answer(db: Db, address: str, about: str, *, now: datetime) -> bool:
    """Whether an automatic answer may go to `address` about `about` (a conversation); True counts as one that goes.

    Never ask for a mail that a machine wrote: that is not answered at all.
    """
    plain = address.strip().casefold()
    store.hold_address(db, plain)
    to_one, here = store.answered(db, plain, about, since=now - WITHIN, here_since=now - ONCE_IN)
    if to_one >= MOST_TO_ONE or here:
        return False
    store.note_answer(db, plain, about, now=now)
    return True
