"""Facets: what a person states, denies and lets us use; every change can be undone."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from regulars.kit.errors import Conflict, Invalid, NotFound
from regulars.kit.ids import PersonId, new_id
from regulars.kit.json import Json
from regulars.kit.text import clean
from regulars.people.cleaning import as_json, clean_value
from regulars.people.model import Facet, FactChange
from regulars.people.resolution import resolve
from regulars.people.store import facets as table
from regulars.people.store import nodes as people
from regulars.people.store.merges import ties
from regulars.people.together import Together
from regulars.store import Db

State = dict[str, Json]
"""The fact columns of one facet row."""


def state(
    db: Db, node: PersonId, facet: str, value: Json, *, scope: str = "", by: str, now: datetime, gathers: bool = False
) -> FactChange:
    """The person says: this is so. Beats every guess from now on. Raises NotFound, Invalid.

    gathers  the facet is a list of no's (hidden items, allergens): when two persons become one, both lists hold
    """
    if value is None:
        raise Invalid("a stated value cannot be empty: clear the facet instead", fields={facet: "empty"})
    at = _last(now, table.newest(db, node, facet, scope)[0]).isoformat()
    said: State = {"stated": value, "stated_at": at, "stated_by": by, "gathers": gathers}
    return _change(db, node, (facet, scope), lambda was: {**was, **said}, by=by, now=now)


def clear(db: Db, node: PersonId, facet: str, *, scope: str = "", by: str, now: datetime) -> FactChange:
    """Back to automatic: nothing is stated any more, whichever node it was stated on. Raises NotFound."""
    at = _last(now, table.newest(db, node, facet, scope)[0]).isoformat()
    said: State = {"stated": None, "stated_at": at, "stated_by": by}
    return _change(db, node, (facet, scope), lambda was: {**was, **said}, by=by, now=now)


def deny(db: Db, node: PersonId, facet: str, value: Json, *, scope: str = "", by: str, now: datetime) -> FactChange:
    """The person says that `value` is wrong about them: it is never guessed again. Raises NotFound."""

    def denied(was: State) -> State:
        held = _list(was["denied"])
        told = clean_value(value)
        return {**was, "denied": held if told in held else [*held, told], "denied_at": now.isoformat()}

    return _change(db, node, (facet, scope), denied, by=by, now=now)


def use(db: Db, node: PersonId, facet: str, used: bool, *, scope: str = "", by: str, now: datetime) -> FactChange:
    """Whether the guess may act. Raises NotFound."""
    at = _last(now, table.newest(db, node, facet, scope)[1])
    said: State = {"used": used, "used_at": at.isoformat()}
    return _change(db, node, (facet, scope), lambda was: {**was, **said}, by=by, now=now)


def undo(db: Db, node: PersonId, change: UUID, *, by: str, now: datetime) -> None:
    """Take one change back: what it set is again what it was; what others set since stays.

    Raises NotFound when this person never made it, Conflict when it was undone or the same thing changed since.
    """
    found = table.change(db, change)
    if found is None or people.root(db, found[0]) != people.root(db, node):
        raise NotFound("there is no such change")
    where, made = found
    if made.undone:
        raise Conflict("this change was undone already")
    held = table.hold(db, where, made.facet, made.scope)
    table.write(db, where, (made.facet, made.scope), as_json(_undone(held, made)))
    table.mark_undone(db, change, by, now)


def changes(db: Db, root: PersonId, *, most: int = 50) -> list[FactChange]:
    """What the person changed, newest first."""
    return table.changes(db, people.of_root(db, root), most)


def facets(db: Db, root: PersonId) -> list[Facet]:
    """All facets of a person, resolved over their nodes, by name and scope."""
    nodes = people.of_root(db, root)
    found = resolve(table.rows(db, nodes), table.guessed(db, nodes), Together(ties(db, nodes)))
    return [found[key] for key in sorted(found)]


def _change(
    db: Db, node: PersonId, key: tuple[str, str], new: Callable[[State], State], *, by: str, now: datetime
) -> FactChange:
    key = clean(key[0]), clean(key[1])
    if not 1 <= len(key[0]) <= LONGEST_NAME or len(key[1]) > LONGEST_NAME:
        raise Invalid(f"a facet's name has 1 to {LONGEST_NAME} characters", fields={"facet": "length"})
    if people.root(db, node) is None:
        raise NotFound("there is no such person")
    before = table.hold(db, node, *key)
    after = table.write(db, node, key, as_json(new(before)))
    made = FactChange(new_id(), *key, before=before, after=after, by=clean(by), at=now, undone=False)
    table.insert_change(db, node, made, (as_json(before), as_json(after)))
    return made


def _last(now: datetime, newest: datetime | None) -> datetime:
    """A time later than `newest`: who speaks last has the last word, whatever the clocks of the servers say."""
    return now if newest is None or now > newest else newest + timedelta(microseconds=1)


STATED = ("stated", "stated_at", "stated_by", "gathers")
USED = ("used", "used_at")
LONGEST_NAME = 200


def _undone(held: State, made: FactChange) -> State:
    """The row as it would be without `made`."""
    out = dict(held)
    for part in (STATED, USED):
        if all(made.before[c] == made.after[c] for c in part):
            continue
        if any(held[c] != made.after[c] for c in part):
            raise Conflict("this was changed again since: undo the newer change first")
        out |= {c: made.before[c] for c in part}
    before, after = _list(made.before["denied"]), _list(made.after["denied"])
    kept = [v for v in _list(held["denied"]) if v not in after or v in before]
    out["denied"] = [*kept, *(v for v in before if v not in after and v not in kept)]
    return out


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
