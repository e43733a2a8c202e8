"""The SQL of what became of decisions, and of what adjusts their order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from regulars.kit.json import Json
from regulars.store import Db, driver

TOLD = """
select decision, root_id, item, max(answer) from (
    select case when properties->>'decision' ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
                then (properties->>'decision')::uuid end as decision,
           p.root_id, item,
           case when verb = 6 then 3 when verb in (4, 7, 8, 9) then 2 when verb in (2, 3) then 1 else 0 end as answer
    from events e join persons p on p.id = e.person_id, unnest(e.items) as item
    where e.at >= %s and properties ? 'decision' and verb is not null and learn
) one where decision is not null group by 1, 2, 3
"""


def told(db: Db, since: datetime) -> Iterator[tuple[UUID, int, int, int]]:
    """Decision, root of who told, item, and the strongest answer: what events since then say of decisions."""
    with driver(db).cursor() as cursor:
        yield from cursor.execute(TOLD, [since])


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """A decision with the head of its candidates; `at` in seconds since 1970."""

    id: UUID
    root_id: int
    slot: str
    at: float
    items: Sequence[int]
    propensities: Sequence[float]
    pool: bytes


def decided(db: Db, ids: Sequence[UUID], most: int) -> Iterator[LoggedRow]:
    """Those of these decisions that logged their candidates, newest first."""
    query = """select d.id, p.root_id, d.slot, extract(epoch from d.at)::float8, d.items, d.propensities, d.pool
        from decisions d join persons p on p.id = d.person_id
        where d.id = any(%s) and d.pool is not null order by d.at desc, d.id desc limit %s"""
    with driver(db).cursor() as cursor:
        for row in cursor.execute(query, [list(ids), most]):
            yield LoggedRow(*row)  # type: ignore[arg-type]  # the columns' own types


@dataclass(frozen=True, slots=True)
class RerankerRow:
    """What puts candidates in another order, as the database knows it."""

    id: UUID
    trees: Json
    report: Json
    created_at: datetime
    serving_since: datetime | None
    refused: str | None


_COLUMNS = "id, trees, report, created_at, serving_since, refused"


def serving(db: Db) -> RerankerRow | None:
    """The one that serves."""
    query = f"""select {_COLUMNS} from rerankers where serving_since is not null and refused is null
        order by serving_since desc limit 1"""  # noqa: S608  our own text
    row = db.execute(sa.text(query)).one_or_none()
    return None if row is None else RerankerRow(*row)


def newest(db: Db) -> RerankerRow | None:
    """The one learned last, whether it serves or not."""
    query = f"select {_COLUMNS} from rerankers order by created_at desc limit 1"  # noqa: S608  our own text
    row = db.execute(sa.text(query)).one_or_none()
    return None if row is None else RerankerRow(*row)


def add(db: Db, row: RerankerRow) -> None:
    """Keep one, and forget all but the last few that never served."""
    db.execute(
        sa.text(
            """insert into rerankers (id, trees, report, created_at, serving_since, refused)
               values (:id, cast(:trees as jsonb), cast(:report as jsonb), :created_at, :serving_since, :refused)"""
        ),
        {
            "id": row.id,
            "trees": msgspec.json.encode(row.trees).decode(),
            "report": msgspec.json.encode(row.report).decode(),
            "created_at": row.created_at,
            "serving_since": row.serving_since,
            "refused": row.refused,
        },
    )
    db.execute(
        sa.text(
            """delete from rerankers where id not in (select id from rerankers order by created_at desc limit 10)
               and id not in (select id from rerankers where serving_since is not null and refused is null
                              order by serving_since desc limit 1)"""
        )
    )


def refuse(db: Db, reranker: UUID, why: str) -> None:
    """Let it serve no more."""
    db.execute(sa.text("update rerankers set refused = :why where id = :id"), {"why": why[:1000], "id": reranker})


_FIRST = """cast(lpad(to_hex((extract(epoch from cast(:since as timestamptz)) * 1000)::bigint), 12, '0')
    || repeat('0', 20) as uuid)"""
"""The smallest id of that instant: ids of decisions begin with their milliseconds (RFC 9562, version 7)."""


def shown(db: Db, since: datetime, most: int) -> tuple[int, list[tuple[int, int]]]:
    """How many of the newest decisions since then there are, and how often each item stands in them."""
    newest = f"select items from decisions where id >= {_FIRST} order by id desc limit :most"  # noqa: S608  our own text
    query = f"""with newest as materialized ({newest})
        select null as item, count(*) from newest
        union all select item, count(*) from newest, unnest(items) as item group by 1"""  # noqa: S608  our own text
    rows = db.execute(sa.text(query), {"since": since, "most": most}).all()
    return next((n for item, n in rows if item is None), 0), [(i, n) for i, n in rows if i is not None]


def drives(db: Db, since: datetime, most: int) -> list[tuple[int, int, float]]:
    """Item somebody did something with, item it was shown for, and the sum of its shares, in the newest decisions."""
    newest = f"select items, reasons from decisions where id >= {_FIRST} order by id desc limit :most"  # noqa: S608  our own text
    query = f"""with newest as materialized ({newest})
        select (because->>'item')::int, items[place], sum((because->>'share')::float8)
        from newest, jsonb_array_elements(reasons) with ordinality as one (reason, place),
             jsonb_array_elements(reason->'because') as because
        where because ? 'event' and because ? 'item' group by 1, 2 order by 3 desc"""  # noqa: S608  our own text
    return [(source, led, share) for source, led, share in db.execute(sa.text(query), {"since": since, "most": most})]


@dataclass(frozen=True, slots=True)
class LiveRow:
    """An interaction as it was just recorded; `at` in seconds since 1970."""

    id: int
    root: int
    at: float
    verb: int
    items: Sequence[int]


def last_event(db: Db) -> int:
    """The highest id of an event; 0 without any."""
    return int(db.execute(sa.text("select coalesce(max(id), 0) from events")).scalar_one())


def recorded(db: Db, after: int, most: int) -> list[LiveRow]:
    """Interactions that may be learned from with a higher id, in the order of their ids."""
    query = """select e.id, p.root_id, extract(epoch from e.at)::float8, e.verb, e.items
        from events e join persons p on p.id = e.person_id
        where e.id > %s and e.verb is not null and e.learn and e.items is not null order by e.id limit %s"""
    with driver(db).cursor() as cursor:
        return [LiveRow(*row) for row in cursor.execute(query, [after, most])]  # type: ignore[arg-type]  # the columns' own types
