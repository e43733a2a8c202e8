"""Traits, kept per node."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.store import Db


def merge(db: Db, traits: Mapping[PersonId, str]) -> None:
    """Add JSON objects to the nodes' traits, in order of node; a null takes a trait away."""
    query = """
        with told as (select * from unnest(cast(:nodes as bigint[]), cast(:texts as text[])) as t(node, text)),
        held as (select p.id, p.traits || cast(t.text as jsonb) as traits from persons p join told t on t.node = p.id
                 order by p.id for no key update of p)
        update persons p
        set traits = (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(h.traits)
                      where jsonb_typeof(value) <> 'null')
        from held h where h.id = p.id"""
    db.execute(sa.text(query), {"nodes": list(traits), "texts": list(traits.values())})


def of(db: Db, nodes: Sequence[PersonId]) -> list[Mapping[str, Json]]:
    """The traits of `nodes`, in the order they overrule each other: those of a proven user last."""
    query = """select traits from persons p where id = any(:n)
               order by exists (select from identities i where i.person_id = p.id and i.kind = 'user'), id"""
    return list(db.execute(sa.text(query), {"n": list(nodes)}).scalars())
