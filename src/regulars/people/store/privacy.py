"""Everything about a person, for their eyes; and the removal of it."""

from collections.abc import Sequence

import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.kit.json import Json
from regulars.store import Db

EXPORT = """
select jsonb_build_object(
    'identities', (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'value', value, 'since', created_at)
                                   order by created_at, kind, value), '[]')
                   from identities where person_id = any(:n)),
    'traits', (select coalesce(jsonb_agg(traits order by id) filter (where traits <> '{}'), '[]')
               from persons where id = any(:n)),
    'facets', (select coalesce(jsonb_agg(to_jsonb(f) - array['person_id', 'gathers'] order by facet, scope), '[]')
               from facets f where person_id = any(:n)),
    'facet_changes', (select coalesce(jsonb_agg(jsonb_build_object(
                          'facet', facet, 'scope', scope, 'before', before - 'gathers', 'after', after - 'gathers',
                          'by', by_whom, 'at', at, 'undone_at', undone_at) order by at, id), '[]')
                      from facet_changes where person_id = any(:n)),
    'consents', (select coalesce(jsonb_agg(jsonb_build_object(
                     'purpose', purpose, 'granted', granted, 'wording', wording, 'language', language,
                     'source', source, 'at', at) order by at, id), '[]')
                 from consents where person_id = any(:n)),
    'merges', (select coalesce(jsonb_agg(jsonb_build_object(
                   'id', id, 'source', source, 'by', by_whom, 'at', at, 'undone_at', undone_at) order by at, id), '[]')
               from merges where a_id = any(:n) or b_id = any(:n)))"""

EVENTS = """
select jsonb_build_object('id', e.id, 'message_id', message_id, 'name', name, 'at', at,
    'type', (array['track', 'page', 'screen', 'identify', 'group', 'alias'])[type],
    'received_at', received_at, 'verb', verb, 'items', coalesce(items, '{}'), 'learn', learn,
    'properties', properties, 'context', context)
from events e where person_id = any(:n) order by at, id"""


def export(db: Db, nodes: Sequence[PersonId]) -> dict[str, Json]:
    """All rows about `nodes`, without the numbers that only mean something inside."""
    params = {"n": list(nodes)}
    held = dict(db.execute(sa.text(EXPORT), params).scalar_one())
    return {**held, "events": list(db.execute(sa.text(EVENTS), params).scalars())}


DELETES = {
    "events": "delete from events where person_id = any(:n)",
    "decisions": "delete from decisions where person_id = any(:n)",
    "corrections": "delete from corrections where person_id = any(:n)",
    "facets": "delete from facets where person_id = any(:n)",
    "facet_changes": "delete from facet_changes where person_id = any(:n)",
    "consents": "delete from consents where person_id = any(:n)",
    "merges": "delete from merges where a_id = any(:n) or b_id = any(:n)",
    "identities": "delete from identities where person_id = any(:n)",
    "persons": "delete from persons where id = any(:n)",
}
"""In this order: what points at something goes before it."""


def delete(db: Db, nodes: Sequence[PersonId]) -> dict[str, int]:
    """Remove everything about `nodes`; how many rows of which table."""
    params = {"n": list(nodes)}
    return {name: int(db.execute(sa.text(query), params).rowcount) for name, query in DELETES.items()}


def lock(db: Db, nodes: Sequence[PersonId]) -> None:
    """Hold the rows of `nodes`, so that nobody adds to them."""
    db.execute(sa.text("select from persons where id = any(:n) order by id for update"), {"n": list(nodes)})
