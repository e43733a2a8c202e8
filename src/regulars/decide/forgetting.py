"""What would stand there without something they did: by forgetting it, not by guessing."""

from dataclasses import dataclass, replace
from datetime import datetime

from regulars.decide.corrections import again, of_theirs
from regulars.decide.model import Decision
from regulars.decide.world import World
from regulars.kit.errors import NotFound
from regulars.kit.ids import DecisionId, EventId, ItemId
from regulars.people import History, Profile
from regulars.store import Db


@dataclass(frozen=True, slots=True)
class Without:
    """The same question, asked now, with and without one event: which items go, which come instead.

    about   the items of the event
    """

    event: EventId
    about: tuple[ItemId, ...]
    removed: tuple[ItemId, ...]
    added: tuple[ItemId, ...]
    decision: Decision


def without(db: Db, decision: DecisionId, event: EventId, *, profile: Profile, world: World, now: datetime) -> Without:
    """What a decision of theirs would show now, had they never done `event`. Nothing is changed.

    It is exactly what it shows after they say "don't learn from this" of the event. Raises NotFound for a decision
    that is not theirs, or an event that no decision of theirs rests on.
    """
    logged = of_theirs(db, decision, profile)
    history = profile.history
    gone = history.events == event
    if not gone.any():
        raise NotFound(f"nothing that is learned from has the event {event}: it may be too long ago, or forgotten")
    stays = again(logged, profile, world, now=now)
    kept = History(history.events[~gone], history.items[~gone], history.verbs[~gone], history.at[~gone])
    forgotten = again(logged, replace(profile, history=kept), world, now=now)
    was, would = [c.item for c in stays.items], [c.item for c in forgotten.items]
    return Without(
        event,
        tuple(ItemId(int(item)) for item in dict.fromkeys(history.items[gone].tolist())),
        tuple(item for item in was if item not in would),
        tuple(item for item in would if item not in was),
        forgotten,
    )
