"""Merges: the pointers between nodes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.people.model import MergeRecord
from regulars.people.store.nodes import WRITERS
from regulars.people.together import Tie
from regulars.store import Db

GRAPH = 7_246_102
"""Advisory lock of everyone who changes which nodes are one person."""


def lock(db: Db) -> None:
    """Be the only one who joins or parts persons until this transaction ends.

    One lock for all: a join is rare (once a device and person), and one lock cannot deadlock with itself.
    """
    query = "select pg_advisory_xact_lock_shared(:writers), pg_advisory_xact_lock(:graph)"
    db.execute(sa.text(query), {"writers": WRITERS, "graph": GRAPH})


def persons_of(db: Db, nodes: Sequence[PersonId]) -> dict[PersonId, PersonId]:
    """Every node of the persons that `nodes` belong to, with its root."""
    query = (
        "select id, root_id from persons where root_id in (select root_id from persons where id = any(:n)) order by id"
    )
    return {PersonId(n): PersonId(r) for n, r in db.execute(sa.text(query), {"n": list(nodes)})}


def insert(db: Db, made: Sequence[MergeRecord]) -> None:
    """Keep new merges."""
    query = """insert into merges (id, a_id, b_id, source, by_whom, at)
               select * from unnest(cast(:id as uuid[]), cast(:a as bigint[]), cast(:b as bigint[]),
                                    cast(:source as text[]), cast(:by as text[]), cast(:at as timestamptz[]))"""
    fields = ("id", "a", "b", "source", "by", "at")
    db.execute(sa.text(query), {field: [getattr(m, field) for m in made] for field in fields})


def undo(db: Db, undone: Mapping[UUID, tuple[str, datetime]]) -> None:
    """Mark merges as taken back, by whom and when."""
    query = """update merges m set undone_at = u.at, undone_by = u.by
               from unnest(cast(:ids as uuid[]), cast(:by as text[]), cast(:at as timestamptz[])) as u(id, by, at)
               where m.id = u.id"""
    by, at = [by for by, _ in undone.values()], [at for _, at in undone.values()]
    db.execute(sa.text(query), {"ids": list(undone), "by": by, "at": at})


def get(db: Db, merge: UUID) -> MergeRecord | None:
    """One merge."""
    query = "select id, a_id, b_id, source, by_whom, at, undone_at, undone_by from merges where id = :id"
    row = db.execute(sa.text(query), {"id": merge}).one_or_none()
    return None if row is None else MergeRecord(*row)


def touching(db: Db, nodes: Sequence[PersonId]) -> list[MergeRecord]:
    """All merges that begin or end at one of `nodes`, undone ones too, oldest first."""
    query = """
        with ns as materialized (select unnest(cast(:n as bigint[])) as n)
        select m.id, m.a_id, m.b_id, m.source, m.by_whom, m.at, m.undone_at, m.undone_by
        from merges m where m.id in (
            select id from ns join merges on a_id = n union select id from ns join merges on b_id = n)
        order by m.at, m.id"""
    return [MergeRecord(*row) for row in db.execute(sa.text(query), {"n": list(nodes)})]


def ties(db: Db, nodes: Sequence[PersonId]) -> list[Tie]:
    """The active merges among `nodes`, which are whole persons."""
    query = "select a_id, b_id, at from merges where a_id = any(:n) and undone_at is null"
    return [Tie(*row) for row in db.execute(sa.text(query), {"n": list(nodes)})]


def set_roots(db: Db, roots: Mapping[PersonId, PersonId]) -> None:
    """Point each node at its root."""
    query = """update persons p set root_id = w.root
               from unnest(cast(:nodes as bigint[]), cast(:roots as bigint[])) as w(node, root) where p.id = w.node"""
    if roots:
        db.execute(sa.text(query), {"nodes": list(roots), "roots": list(roots.values())})


def drop_guesses(db: Db, nodes: Sequence[PersonId], since: datetime) -> None:
    """Forget the guesses of `nodes` made at or after `since`: they rest on histories that are no longer one."""
    query = """
        with late as (update persons set guessed_at = null where id = any(:n) and guessed_at >= :since returning id)
        update facets set inferred = null, confidence = null, evidence = null, inferred_at = null
        where inferred_at is not null and person_id in (select id from late)"""
    db.execute(sa.text(query), {"n": list(nodes), "since": since})
