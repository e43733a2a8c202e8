"""What the desk does by itself: end snoozes, close what was solved long ago, and forget who is gone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from regulars.desk.change import WAKE, change_many, wake
from regulars.desk.changing import Change
from regulars.desk.erase import sweep
from regulars.desk.model import ConversationId, Machine, Status
from regulars.desk.store import chores as table
from regulars.kit.errors import NotFound
from regulars.kit.json import Json
from regulars.store import Database
from regulars.store.jobs import Task

CLOSED_AFTER = timedelta(days=28)
"""What was solved so long ago is closed: who writes then begins anew, linked to it."""

AT_ONCE = 500


def wake_up(database: Database, args: Mapping[str, Json], now: datetime) -> None:
    """The job "desk.wake": end one snooze. One that was moved or ended meanwhile stays as it is."""
    with database.begin() as db:
        try:
            wake(db, ConversationId(UUID(str(args["conversation"]))), by=Machine("snooze"), now=now)
        except NotFound:
            return


def close_old(database: Database, _: Mapping[str, Json], now: datetime) -> None:
    """The job "desk.close": close what has been solved for four weeks."""
    while True:
        with database.begin() as db:
            old = table.solved_before(db, now - CLOSED_AFTER, AT_ONCE)
            if old:
                change_many(db, old, Change(status=Status.CLOSED), by=Machine("closing"), now=now)
        if len(old) < AT_ONCE:
            return


def forget_gone(database: Database, _: Mapping[str, Json], now: datetime) -> None:
    """The job "desk.forget": erase the words of persons who were erased elsewhere, should that news have been lost."""
    with database.begin() as db:
        sweep(db, now=now)


CHORES: Mapping[str, Task] = {WAKE: wake_up, "desk.close": close_old, "desk.forget": forget_gone}
"""Jobs by name, for the worker."""

PERIODIC: Mapping[str, str] = {"desk.close": "23 2 * * *", "desk.forget": "41 2 * * *"}
"""When those that nobody asks for are done, as in crontab."""
