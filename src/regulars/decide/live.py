"""Keeping up between two learnings: what was just recorded is read in the background, a little at a time.

It counts for what is popular right now, for what trying goes by, and it gives the items it is about new rows in the
model. Events are read by their ids; one that commits late is found by looking a little back. What a restart forgets is
read again from the newest events.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from regulars import people
from regulars.choices.constraints import is_personal
from regulars.decide import logged_store
from regulars.decide.logged_store import LiveRow
from regulars.decide.pulse import ANSWERS, Moment, Pulse
from regulars.decide.world import World
from regulars.kit.ids import PersonId
from regulars.people import Purpose
from regulars.people.consents import refusers
from regulars.store import Db
from regulars.taste import Model
from regulars.taste.touching import Fresh, touch

AT_FIRST = 50_000
"""How many events, the newest, are read at the start."""
AT_ONCE = 20_000
LOOK_BACK = 2_000
MOST_PEOPLE = 500
"""So many people's histories are read at once; the newest events come first."""
MOST_KNOWN = 200_000
"""So much is kept since learning; more wants a new model."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What is never written to again: other threads read it."""

    extended: Model | None
    model: Model | None
    pulse: Pulse


class Live:
    """What this process knows of what just happened."""

    def __init__(self) -> None:
        self.pulse, self.fresh = Pulse(), Fresh()
        self._last: int | None = None
        self._seen: set[int] = set()
        self._model: UUID | None = None
        self._made: _Made | None = None

    def read(self, db: Db, world: World, now: datetime) -> bool:
        """Read what was recorded since the last time. Whether there was anything."""
        if world.model_id != self._model:
            self.fresh, self._model = Fresh(), world.model_id
        rows = self._new(db)
        if rows:
            refused = set(refusers(db, Purpose.PERSONALISATION))
            rows = [row for row in rows if row.root not in refused]
            moments = [Moment(row.root, item, row.verb, row.at) for row in rows for item in row.items]
            self.pulse.add(moments, now.timestamp())
            self._freshen(db, world, moments)
        return bool(rows)

    def behind(self, world: World) -> bool:
        """Whether `world` was read since what happened was last brought into one."""
        return self._made is not None and self._made.extended is not world.extended

    def applied(self, world: World) -> World:
        """`world` with what happened since; shares everything else with it. Takes its time: not for a request."""
        model = None if world.extended is None else touch(world.extended, self.fresh)
        self._made = _Made(world.extended, model, replace(self.pulse, counts=dict(self.pulse.counts)))
        return self.again(world)

    def again(self, world: World) -> World:
        """`world` with what `applied` last made, as far as it fits: new rows of another model do not."""
        made = self._made
        if made is None:
            return world
        found = copy(world)
        found.keep_up(made.model if made.extended is world.extended else world.extended, made.pulse)
        return found

    def _new(self, db: Db) -> Sequence[LiveRow]:
        after = logged_store.last_event(db) - AT_FIRST if self._last is None else self._last - LOOK_BACK
        rows = [row for row in logged_store.recorded(db, max(after, 0), AT_ONCE) if row.id not in self._seen]
        if rows:
            self._last = max(self._last or 0, rows[-1].id)
            self._seen |= {row.id for row in rows}
            self._seen = {i for i in self._seen if i > self._last - LOOK_BACK}
        return rows

    def _freshen(self, db: Db, world: World, moments: Sequence[Moment]) -> None:
        """Note who came to what since learning, beside their own history."""
        if world.learned is None or len(self.fresh.known) > MOST_KNOWN:
            return
        came: dict[int, list[int]] = {}
        for one in reversed(moments):
            if one.verb in ANSWERS and one.at > world.learned.report.until and len(came) < MOST_PEOPLE:
                came.setdefault(one.person, []).append(one.item)
        for person, items in came.items():
            profile = people.profile_of(db, PersonId(person), newest=60)
            if is_personal(profile):
                for item in items:
                    self.fresh.add(person, item, profile.history.items)
