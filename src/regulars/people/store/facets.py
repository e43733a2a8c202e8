"""Facets: one row per node, facet and scope, with the fact beside the guess; and the changes made to facts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.people.model import FactChange
from regulars.people.resolution import FacetRow
from regulars.store import Db

NOT_FACT = ["person_id", "facet", "scope", "inferred", "confidence", "evidence", "inferred_at"]
"""The columns of a row that do not hold what the person said."""

ROW = """
    json_build_array(f.person_id, f.facet, f.scope, f.stated, f.stated_at, f.stated_by, f.gathers,
                     f.denied, f.used, f.used_at, f.inferred, f.confidence, f.evidence, f.inferred_at)"""
"""One row as resolution.FacetRow."""

DECODER = msgspec.json.Decoder(list[FacetRow])


def rows(db: Db, nodes: Sequence[PersonId]) -> list[FacetRow]:
    """All facet rows of `nodes`."""
    query = f"select cast(json_agg({ROW}) as text) from facets f where f.person_id = any(:n)"  # noqa: S608  our own text
    found = db.execute(sa.text(query), {"n": list(nodes)}).scalar()
    return DECODER.decode(found) if found else []


def guessed(db: Db, nodes: Sequence[PersonId]) -> dict[int, datetime]:
    """When each of `nodes` was last guessed for."""
    query = "select id, guessed_at from persons where id = any(:n) and guessed_at is not null"
    return {n: at for n, at in db.execute(sa.text(query), {"n": list(nodes)})}  # noqa: C416


def hold(db: Db, node: PersonId, facet: str, scope: str) -> dict[str, Json]:
    """The fact columns of one row as JSON, locked until the transaction ends; made when it is not there."""
    keys = {"node": node, "facet": facet, "scope": scope}
    db.execute(
        sa.text("insert into facets (person_id, facet, scope) values (:node, :facet, :scope) on conflict do nothing"),
        keys,
    )
    query = """select to_jsonb(f) - cast(:hidden as text[]) from facets f
               where person_id = :node and facet = :facet and scope = :scope for update"""
    return dict(db.execute(sa.text(query), {**keys, "hidden": NOT_FACT}).scalar_one())


def write(db: Db, node: PersonId, key: tuple[str, str], fact: str) -> dict[str, Json]:
    """Set the fact columns of one row from a JSON object as `hold` gives it; what they are then."""
    query = """
        update facets f
        set stated = nullif(w.stated, 'null'), stated_at = w.stated_at, stated_by = w.stated_by, gathers = w.gathers,
            denied = w.denied, denied_at = w.denied_at, used = w.used, used_at = w.used_at
        from jsonb_populate_record(cast(null as facets), cast(:fact as jsonb)) w
        where f.person_id = :node and f.facet = :facet and f.scope = :scope
        returning to_jsonb(f) - cast(:hidden as text[])"""
    params = {"node": node, "facet": key[0], "scope": key[1], "fact": fact, "hidden": NOT_FACT}
    return dict(db.execute(sa.text(query), params).scalar_one())


def newest(db: Db, node: PersonId, facet: str, scope: str) -> tuple[datetime | None, datetime | None]:
    """When the person of `node` last stated this facet or last became one; last used it or became one."""
    query = """
        with ns as (select p.id from persons me join persons p on p.root_id = me.root_id where me.id = :node),
        tied as (select max(m.at) as at from merges m join ns on ns.id = m.a_id where m.undone_at is null)
        select greatest(max(f.stated_at), max(tied.at)), greatest(max(f.used_at), max(tied.at))
        from tied left join ns on true
        left join facets f on f.person_id = ns.id and f.facet = :facet and f.scope = :scope"""
    stated_at, used_at = db.execute(sa.text(query), {"node": node, "facet": facet, "scope": scope}).one()
    return stated_at, used_at


def insert_change(db: Db, node: PersonId, c: FactChange, states: tuple[str, str]) -> None:
    """Keep what was changed; `states` are before and after as JSON."""
    query = """insert into facet_changes (id, person_id, facet, scope, before, after, by_whom, at)
               values (:id, :node, :facet, :scope, cast(:before as jsonb), cast(:after as jsonb), :by, :at)"""
    params = {"id": c.id, "node": node, "facet": c.facet, "scope": c.scope, "by": c.by, "at": c.at}
    db.execute(sa.text(query), {**params, "before": states[0], "after": states[1]})


def change(db: Db, id: UUID) -> tuple[PersonId, FactChange] | None:
    """One change with the node it was made on, locked until the transaction ends."""
    query = """select person_id, id, facet, scope, before, after, by_whom, at, undone_at is not null as undone
               from facet_changes where id = :id for update"""
    row = db.execute(sa.text(query), {"id": id}).one_or_none()
    return None if row is None else (PersonId(row[0]), FactChange(*row[1:]))


def changes(db: Db, nodes: Sequence[PersonId], most: int) -> list[FactChange]:
    """The changes of `nodes`, newest first."""
    query = """select id, facet, scope, before, after, by_whom, at, undone_at is not null as undone
               from facet_changes where person_id = any(:n) order by at desc, id desc limit :most"""
    return [FactChange(*row) for row in db.execute(sa.text(query), {"n": list(nodes), "most": most})]


def mark_undone(db: Db, id: UUID, by: str, now: datetime) -> None:
    """Say that a change was taken back, by whom."""
    query = "update facet_changes set undone_at = :now, undone_by = :by where id = :id"
    db.execute(sa.text(query), {"id": id, "by": by, "now": now})


def save_guesses(db: Db, columns: Mapping[str, Sequence[object]], people: Sequence[PersonId], now: datetime) -> None:
    """Replace every guess of `people` by those of `columns` (node, facet, value, confidence, evidence)."""
    query = """
        with told as (
            select * from unnest(cast(:node as bigint[]), cast(:facet as text[]), cast(:value as text[]),
                                 cast(:confidence as real[]), cast(:evidence as text[]))
                          as t(node, facet, value, confidence, evidence)),
        timed as (update persons set guessed_at = :now where id = any(:people) returning id),
        gone as (
            update facets f set inferred = null, confidence = null, evidence = null, inferred_at = null
            where f.person_id = any(:people) and f.inferred_at is not null
              and (f.scope <> '' or (f.person_id, f.facet) not in (select node, facet from told)))
        insert into facets as f (person_id, facet, inferred, confidence, evidence, inferred_at)
        select t.node, t.facet, cast(t.value as jsonb), t.confidence, cast(t.evidence as jsonb), :now
        from told t join timed on timed.id = t.node order by t.node, t.facet
        on conflict (person_id, facet, scope) do update
        set inferred = excluded.inferred, confidence = excluded.confidence, evidence = excluded.evidence,
            inferred_at = excluded.inferred_at"""
    db.execute(sa.text(query), {**columns, "people": list(people), "now": now})


def stated(db: Db) -> list[tuple[str, int, Json]]:
    """(facet, root, value) of what is stated for everywhere: per root the newest word, when it is a value."""
    query = """
        select facet, root_id, stated from (
            select distinct on (f.facet, p.root_id) f.facet, p.root_id, f.stated
            from facets f join persons p on p.id = f.person_id
            where f.scope = '' and f.stated_at is not null
            order by f.facet, p.root_id, f.stated_at desc) newest
        where stated is not null"""
    return [(facet, root, value) for facet, root, value in db.execute(sa.text(query))]


def newest_context(db: Db, root: PersonId) -> dict[str, Json]:
    """The context of the newest event of any node of `root`."""
    query = """
        select e.context from persons p
        cross join lateral (select at, context from events where person_id = p.id order by at desc, id desc limit 1) e
        where p.root_id = :root order by e.at desc limit 1"""
    return dict(db.execute(sa.text(query), {"root": root}).scalar() or {})
