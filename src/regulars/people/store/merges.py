"""Merges: the pointers between nodes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.people.model import MergeRecord
from regulars.people.store.nodes import WRITERS
from regulars.store import Db

GRAPH = 7_246_102
"""Advisory lock of everyone who changes which nodes are one person."""


def lock(db: Db) -> None:
    """Be the only one who joins or parts persons until this transaction ends.

    One lock for all: a join is rare (once a device and person), and one lock cannot deadlock with itself.
    """
    query = "select pg_advisory_xact_lock_shared(:writers), pg_advisory_xact_lock(:graph)"
    db.execute(sa.text(query), {"writers": WRITERS, "graph": GRAPH})


def insert(db: Db, m: MergeRecord) -> None:
    """Keep `m`."""
    query = "insert into merges (id, a_id, b_id, source, by_whom, at) values (:id, :a, :b, :source, :by, :at)"
    db.execute(sa.text(query), {"id": m.id, "a": m.a, "b": m.b, "source": m.source, "by": m.by, "at": m.at})


def undo(db: Db, merge: UUID, by: str, now: datetime) -> None:
    """Mark `merge` as taken back."""
    query = "update merges set undone_at = :now, undone_by = :by where id = :id"
    db.execute(sa.text(query), {"id": merge, "by": by, "now": now})


def get(db: Db, merge: UUID) -> MergeRecord | None:
    """One merge."""
    query = "select id, a_id, b_id, source, by_whom, at, undone_at, undone_by from merges where id = :id"
    row = db.execute(sa.text(query), {"id": merge}).one_or_none()
    return None if row is None else MergeRecord(*row)


def touching(db: Db, nodes: Sequence[PersonId]) -> list[MergeRecord]:
    """All merges that begin or end at one of `nodes`, undone ones too, oldest first."""
    query = """select id, a_id, b_id, source, by_whom, at, undone_at, undone_by from merges
               where a_id = any(:n) or b_id = any(:n) order by at, id"""
    return [MergeRecord(*row) for row in db.execute(sa.text(query), {"n": list(nodes)})]


def was_undone(db: Db, a: PersonId, b: PersonId) -> bool:
    """Whether a merge of just these two nodes was ever taken back."""
    query = """select exists (select from merges where undone_at is not null
               and (a_id, b_id) in ((:a, :b), (:b, :a)))"""
    return bool(db.execute(sa.text(query), {"a": a, "b": b}).scalar_one())


def set_roots(db: Db, roots: Mapping[PersonId, PersonId]) -> None:
    """Point every node at its root; only those that change are written."""
    query = """update persons p set root_id = w.root
               from unnest(cast(:nodes as bigint[]), cast(:roots as bigint[])) as w(node, root)
               where p.id = w.node and p.root_id <> w.root"""
    db.execute(sa.text(query), {"nodes": list(roots), "roots": list(roots.values())})


def drop_guesses(db: Db, nodes: Sequence[PersonId], since: datetime) -> None:
    """Forget the guesses of `nodes` made at or after `since`: they rest on histories that are no longer one."""
    query = """
        with late as (update persons set guessed_at = null where id = any(:n) and guessed_at >= :since returning id)
        update facets set inferred = null, confidence = null, evidence = null, inferred_at = null
        where inferred_at is not null and person_id in (select id from late)"""
    db.execute(sa.text(query), {"n": list(nodes), "since": since})
