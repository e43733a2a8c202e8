"""The right to be forgotten, at the desk: the words go, raw mails too; that something was said stays."""

from collections.abc import Sequence
from datetime import datetime

from regulars.channels.mail import store as mails
from regulars.desk.store import erase as table
from regulars.kit.ids import PersonId
from regulars.store import Db


def erase(db: Db, nodes: Sequence[PersonId], *, now: datetime) -> int:
    """Erase what the person of `nodes` said, and whole conversations they began; how many messages lost their words.

    Numbers, times, status and the ledger stay, without content: figures remain right, and nothing is sent twice.
    """
    if not nodes:
        return 0
    mails.blank(db, table.raw_mails(db, nodes))
    return table.erase(db, list(nodes), now)


def sweep(db: Db, *, now: datetime) -> int:
    """Erase for persons who are gone: for when nobody heard the news of it. How many messages lost their words."""
    return erase(db, table.gone(db), now=now)
