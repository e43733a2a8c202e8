"""Lists of conversations: each walks an index from where the last page ended, so a page costs the same among a million.

Who does not see everything gets the newest of each of their departments, of what is assigned to them, of what they
follow and what names them, put together: never a walk along what they may not see.
"""

# ruff: noqa: S608  every part is a constant, or the name of a parameter

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.model import ConversationId, Row
from regulars.desk.policy import BREACHING_WITHIN
from regulars.desk.sight import NIL, sees_all
from regulars.desk.store.filtering import Sql
from regulars.desk.store.reading import ROW, UNREAD, row_of
from regulars.kit.conditions import ALWAYS, Condition, read
from regulars.store import Db
from regulars.team import Agent

COUNTED = 1_000
HOME = f"coalesce(c.department_id, '{NIL}'::uuid)"
LISTED = "c.merged_into is null and c.status <> 'spam'"
ACTIVE = "c.merged_into is null and c.status in ('new', 'open', 'pending', 'on_hold')"
AWAKE = "(c.snoozed_until is null or c.snoozed_until <= :now)"
HOMES = f"""(select h from unnest(coalesce(cast(:homes as uuid[]),
    array(select id from departments) || '{NIL}'::uuid)) h)"""


@dataclass(frozen=True, slots=True)
class Way:
    """How a list is walked: what is on it, by which moment, and whether the newest comes first."""

    where: str
    key: str = "c.last_at"
    newest: bool = True

    @property
    def order(self) -> str:
        """Its order."""
        return f"{self.key} desc, c.id desc" if self.newest else f"{self.key}, c.id"


WAYS = {
    "unassigned": Way(f"{ACTIVE} and c.assignee_id is null and {AWAKE}"),
    "department": Way(f"{ACTIVE} and {AWAKE}"),
    "all": Way(LISTED),
    "saved": Way(LISTED),
    "waiting": Way(f"{ACTIVE} and c.waiting_since is not null and {AWAKE}", "c.waiting_since", newest=False),
    "breaching": Way(f"{ACTIVE} and c.due_at is not null and c.due_at < :soon and {AWAKE}", "c.due_at", newest=False),
    "spam": Way("c.merged_into is null and c.status = 'spam'"),
}
"""Lists that are walked by department."""

OWN = {
    "mine": f"{ACTIVE} and {AWAKE} and c.assignee_id = :me",
    "mentioned": f"""{LISTED} and c.id in (select m.conversation_id from mentions x
        join conversation_messages m on m.id = x.message_id where x.agent_id = :me)""",
    "followed": f"{LISTED} and c.id in (select f.conversation_id from conversation_followers f where f.agent_id = :me)",
    "snoozed": f"""{ACTIVE} and c.snoozed_until > :now
        and (c.assignee_id = :me or c.assignee_id is null and {HOME} in {HOMES})""",
}
"""Lists of an agent's own."""

BESIDE = (
    "c.assignee_id = :me",
    "c.id in (select f.conversation_id from conversation_followers f where f.agent_id = :me)",
    """c.id in (select m.conversation_id from mentions x join conversation_messages m on m.id = x.message_id
        where x.agent_id = :me)""",
)
"""What an agent sees besides their departments'."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list, for whom. `homes`: the departments to walk; None: all."""

    kind: str
    agent: Agent
    homes: Sequence[UUID] | None
    condition: Condition
    now: datetime

    @property
    def given(self) -> dict[str, object]:
        """The parameters."""
        homes = None if self.homes is None else list(self.homes)
        return {"me": self.agent.id, "now": self.now, "soon": self.now + BREACHING_WITHIN, "homes": homes}


def page(db: Db, asked: Asked, after: tuple[datetime, UUID] | None, most: int) -> list[tuple[Row, datetime]]:
    """The first `most` rows after a place, each with the moment it is sorted by."""
    sql = Sql()
    condition = "" if asked.condition == ALWAYS else f"and {read(asked.condition, sql)}"
    way = WAYS.get(asked.kind) or Way(OWN[asked.kind])
    beside = not (asked.kind in OWN or asked.kind in ("department", "spam") or sees_all(asked.agent))
    shape = Shape(way, asked.kind in OWN, beside, _straight(asked), after is not None, most)
    given = asked.given | sql.params | ({} if after is None else {"at": after[0], "id": after[1]})
    found = db.execute(_statement(shape, condition), given)
    return [(row_of(row[:22]), row[22]) for row in found]


def counts(db: Db, asked: Asked) -> dict[str, int]:
    """How many are on each list, up to COUNTED; in departments by their id."""
    found = db.execute(_counting(), asked.given)
    return {str(name): int(count) for name, count in found}


def root(db: Db, conversation: ConversationId) -> ConversationId | None:
    """The conversation that is read under this id."""
    query = sa.text("select root_id from conversations where id = :id")
    return db.execute(query, {"id": conversation}).scalar()


@dataclass(frozen=True, slots=True)
class Shape:
    """What makes one statement different from another, but for what is compared with."""

    way: Way
    own: bool
    beside: bool
    straight: bool
    goes_on: bool
    most: int


def _straight(asked: Asked) -> bool:
    """Whether one index holds the whole list in its order."""
    return asked.homes is None and asked.kind in ("all", "saved")


@lru_cache(maxsize=256)
def _statement(shape: Shape, condition: str) -> sa.TextClause:
    way = shape.way
    after = f"and ({way.key}, c.id) {'<' if way.newest else '>'} (:at, :id)" if shape.goes_on else ""
    tail = f"{after} {condition} order by {way.order} limit {shape.most}"
    walk = f"select c.id, {way.key} as k from conversations c where {way.where}"
    if shape.own or shape.straight:
        inner = f"{walk} {tail}"
    else:
        inner = f"select x.id, x.k from {HOMES} h cross join lateral ({walk} and {HOME} = h.h {tail}) x"
        if shape.beside:
            inner = " union ".join([f"({inner})", *(f"({walk} and {one} {tail})" for one in BESIDE)])
    order = "k desc, id desc" if way.newest else "k, id"
    return sa.text(f"""
        select {ROW}, {UNREAD.format(me=":me")}, p.k
        from (select id, k from ({inner}) u order by {order} limit {shape.most}) p join conversations c using (id)
        order by {order.replace("id", "c.id")}""")


@lru_cache(maxsize=1)
def _counting() -> sa.TextClause:
    parts = [_counted(f"'{name}'", f"select 1 from conversations c where {where}") for name, where in OWN.items()]
    for name in ("unassigned", "waiting", "breaching", "spam"):
        walk = f"select 1 from conversations c where {WAYS[name].where} and {HOME} = h.h limit {COUNTED}"
        parts.append(_counted(f"'{name}'", f"select 1 from {HOMES} h cross join lateral ({walk}) x"))
    walk = f"select 1 from conversations c where {WAYS['department'].where} and {HOME} = h.h limit {COUNTED}"
    parts.append(f"select h.h::text, (select count(*) from ({walk}) x) from {HOMES} h")
    return sa.text(" union all ".join(parts))


def _counted(name: str, walk: str) -> str:
    return f"select {name}, (select count(*) from ({walk} limit {COUNTED}) x)"
