"""How chat stands now."""

from datetime import datetime, timedelta

from regulars import team
from regulars.desk.chat import store
from regulars.desk.chat.model import Hall
from regulars.desk.chat.queue import hall
from regulars.desk.chat.settings import settings
from regulars.store import Db

QUEUE_REACHES_BACK = timedelta(hours=12)
"""Who began to wait earlier has left: their answer goes by e-mail or stands there when they come back."""


def standing(db: Db, *, now: datetime) -> Hall:
    """Whether somebody can answer, who waits, and how long it takes."""
    there = team.present(db, now=now)
    most = team.capacity(db)
    agents = [p.agent.id for p in there]
    has = store.load(db, agents)
    load = {a: (has.get(a, 0), most.get(a, team.DEFAULT_CAPACITY)["chat"]) for a in agents}
    waiting = store.waiting(db, now - QUEUE_REACHES_BACK)
    return hall(settings(db), there, load, waiting, store.taken(db, now - timedelta(hours=1)), now=now)
