"""Who is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from regulars.store import Db
from regulars.team.model import AgentId, Presence
from regulars.team.store.agents import AGENT

TOUCHED_EVERY = timedelta(seconds=30)


def set_presence(db: Db, agent: AgentId, presence: Presence, now: datetime) -> bool:
    """Keep what they chose. Whether there is such an agent."""
    query = sa.text("""update agents set presence = :p, seen_at = :now,
                              presence_since = case when presence = :p then coalesce(presence_since, :now) else :now end
                       where id = :id returning 1""")
    return db.execute(query, {"id": agent, "p": presence, "now": now}).scalar_one_or_none() is not None


def touch(db: Db, agent: AgentId, now: datetime) -> None:
    """They are there now; written at most twice a minute."""
    query = sa.text("update agents set seen_at = :now where id = :id and (seen_at is null or seen_at < :old)")
    db.execute(query, {"id": agent, "now": now, "old": now - TOUCHED_EVERY})


def seen(db: Db, since: datetime) -> Sequence[sa.Row[tuple[object, ...]]]:
    """Everybody seen since, with what they chose."""
    query = sa.text(f"""select {AGENT}, a.presence, a.presence_since, a.seen_at from agents a
                        where a.seen_at > :since and a.disabled_at is null order by a.name, a.id""")  # noqa: S608
    return db.execute(query, {"since": since}).all()


def chosen(db: Db, agent: AgentId) -> str | None:
    """What they chose."""
    found = db.execute(sa.text("select presence from agents where id = :id"), {"id": agent}).scalar_one_or_none()
    return None if found is None else str(found)
