"""Presence: what an agent chose, while we see them; and how much each takes on at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from regulars.kit.errors import Invalid, NotFound
from regulars.store import Db
from regulars.team.model import AgentId, Presence, Present
from regulars.team.store import agents as agents_store
from regulars.team.store import presence as store

AWAY_AFTER = timedelta(minutes=5)
OFFLINE_AFTER = timedelta(minutes=30)
DEFAULT_CAPACITY: Mapping[str, int] = {"chat": 4, "ticket": 40}
MOST_CAPACITY = 1_000


def set_presence(db: Db, agent: AgentId, presence: Presence, *, now: datetime) -> None:
    """What they want to be seen as, from now on. Raises NotFound."""
    if not store.set_presence(db, agent, presence, now):
        raise NotFound("there is no such agent")


def touch(db: Db, agent: AgentId, *, now: datetime) -> None:
    """`agent` is doing something: not away."""
    store.touch(db, agent, now)


def present(db: Db, *, now: datetime) -> list[Present]:
    """Who is there (online, busy or away) and since when, by name. Who is offline is not in it."""
    found: list[Present] = []
    for row in store.seen(db, now - OFFLINE_AFTER):
        seen, chosen = row.seen_at, Presence(row.presence)
        shown = effective(chosen, seen, now=now)
        if shown is not Presence.OFFLINE:
            since = row.presence_since or seen if shown is chosen else seen + AWAY_AFTER
            found.append(Present(agents_store.of_row(row), shown, since))
    return found


def chosen_presence(db: Db, agent: AgentId) -> Presence:
    """What they chose, whether we see them or not. Raises NotFound."""
    found = store.chosen(db, agent)
    if found is None:
        raise NotFound("there is no such agent")
    return Presence(found)


def effective(chosen: Presence, seen: datetime, *, now: datetime) -> Presence:
    """What they are: away after 5 minutes without a sign of them, offline after 30."""
    quiet = now - seen
    if chosen is Presence.OFFLINE or quiet >= OFFLINE_AFTER:
        return Presence.OFFLINE
    return Presence.AWAY if quiet >= AWAY_AFTER else chosen


def capacity(db: Db) -> Mapping[AgentId, Mapping[str, int]]:
    """How many conversations each may have at once: "chat" and "ticket" (everything that is not live)."""
    return {agent: {**DEFAULT_CAPACITY, **given} for agent, given in agents_store.capacities(db).items()}


def set_capacity(db: Db, agent: AgentId, capacity: Mapping[str, int]) -> None:
    """Change how much `agent` takes on. Raises Invalid, NotFound."""
    for channel, most in capacity.items():
        if channel not in DEFAULT_CAPACITY or not 0 <= most <= MOST_CAPACITY:
            words = f"a capacity is a number from 0 to {MOST_CAPACITY:,} for {' or '.join(DEFAULT_CAPACITY)}"
            raise Invalid(words, fields={channel: words})
    if not agents_store.set_capacity(db, agent, capacity):
        raise NotFound("there is no such agent")
