"""Learning from use and non-use. A suggestion counts when its agent has answered: shown and used, or shown and not."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from regulars.desk.answers import store as ready
from regulars.desk.answers import suggest_store as store
from regulars.desk.answers.model import AnswerId, Kind
from regulars.desk.answers.ranking import expected_use
from regulars.desk.model import ConversationId
from regulars.store import Db
from regulars.team import AgentId


def answered(db: Db, conversation: ConversationId, agent: AgentId, used: Sequence[str] = (), *, now: datetime) -> None:
    """An agent answered. Call it in the transaction that writes the answer.

    used  the keys of what they put into it ("ready:<id>", "help:<id>", "past:<id>"): suggested, or found by "/"
    """
    keys = [key for key in dict.fromkeys(used) if _is_key(key)]
    for key in keys:
        kind, _, ref = key.partition(":")
        if kind == Kind.READY:
            ready.count_use(db, AnswerId(UUID(ref)), now)
    shown = store.open_ones(db, conversation, agent)
    if not shown:
        return
    (newest, items), *older = shown
    store.settle(db, newest, keys[0] if keys else "", [id for id, _ in older], now)
    if items:
        _count(db, [str(item["key"]) for item in items], set(keys))


def _count(db: Db, shown: Sequence[str], used: set[str]) -> None:
    places = store.places(db)
    rows: list[Mapping[str, object]] = []
    by_place: list[Mapping[str, object]] = []
    for place, key in enumerate(shown):
        was_used = int(key in used)
        rows.append({"key": key, "used": was_used, "expected": expected_use(place, *places.get(place, (0, 0)))})
        by_place.append({"place": place, "used": was_used})
    store.tally(db, rows, by_place)


def _is_key(key: str) -> bool:
    kind, _, ref = key.partition(":")
    if kind == Kind.PAST:
        return ref.isdigit() and len(ref) < 19
    if kind not in (Kind.READY, Kind.HELP):
        return False
    with contextlib.suppress(ValueError):
        return str(UUID(ref)) == ref
    return False
