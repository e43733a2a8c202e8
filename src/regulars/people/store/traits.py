"""Traits, kept per node."""

from collections.abc import Mapping

import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.store import Db


def merge(db: Db, traits: Mapping[PersonId, str], most_bytes: int) -> set[PersonId]:
    """Add JSON objects to the nodes' traits, in order of node; a null takes a trait away. Who was not too full."""
    query = """
        with told as (select * from unnest(cast(:nodes as bigint[]), cast(:texts as text[])) as t(node, text)),
        held as (select p.id, p.traits || cast(t.text as jsonb) as traits from persons p join told t on t.node = p.id
                 order by p.id for no key update of p),
        kept as (select id, (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(traits)
                             where jsonb_typeof(value) <> 'null') as traits from held)
        update persons p set traits = k.traits from kept k
        where k.id = p.id and octet_length(cast(k.traits as text)) <= :most
        returning p.id"""
    params = {"nodes": list(traits), "texts": list(traits.values()), "most": most_bytes}
    return {PersonId(n) for n in db.execute(sa.text(query), params).scalars()}
