"""The one read every decision makes."""

import re
from collections.abc import Sequence
from itertools import count
from typing import cast

from regulars.kit.text import clean
from regulars.people.store.facets import ROW
from regulars.store import Db, Question, ask, driver

BY_IDENTITY = """
    select i.person_id as node, p.root_id as root from identities i join persons p on p.id = i.person_id
    where i.kind = %s and i.value = %s"""

BY_USER_ID = """
    select i.person_id as node, p.root_id as root from identities i join persons p on p.id = i.person_id
    where (i.kind = %s or i.kind = 'claimed') and i.value = %s order by i.kind desc limit 1"""

BY_NODE = "select id as node, root_id as root from persons where id = %s"

PROFILE = """
with me as materialized ({me}),
ns as materialized (select p.id, p.traits, p.guessed_at from me join persons p on p.root_id = me.root)
select me.node, me.root,
    (select json_agg(json_build_array(ns.id, i.kind, i.value) order by i.created_at, i.person_id, i.kind, i.value)
     from ns join identities i on i.person_id = ns.id),
    (select json_agg(json_build_array(ns.id, ns.traits, ns.guessed_at) order by ns.id) from ns),
    (select json_agg({facet}) from ns join facets f on f.person_id = ns.id),
    (select json_agg(json_build_array(c.person_id, c.purpose, c.granted, c.at)) from (
        select distinct on (c.person_id, c.purpose) c.person_id, c.purpose, c.granted, c.at
        from ns join consents c on c.person_id = ns.id
        order by c.person_id, c.purpose, c.at desc, c.id desc) c),
    (select json_agg(json_build_array(m.a_id, m.b_id, m.at))
     from ns join merges m on m.a_id = ns.id where m.undone_at is null),
    (select json_object_agg(name, value) from versions),
    h.events, h.items, h.verbs, h.at
from (select) one left join me on true left join lateral (
    select array_agg(u.id) as events, array_agg(u.item) as items, array_agg(u.verb) as verbs, array_agg(u.at) as at
    from (
        select e.id, unnest(e.items) as item, e.verb, e.at from (
            select e.id, e.items, e.verb, e.at from ns, lateral (
                select id, items, verb, at from events
                where person_id = ns.id and learn and verb is not null
                order by at desc, id desc limit %s) e
            order by e.at desc, e.id desc limit %s) e
        limit %s) u) h on true"""


def _numbered(query: str) -> str:
    """`query` with its parameters as PostgreSQL itself writes them: $1, $2 …"""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", query)


QUERIES = {how: _numbered(PROFILE.format(me=how, facet=ROW)) for how in (BY_IDENTITY, BY_USER_ID, BY_NODE)}
NAMES = {how: f"profile_{n}" for n, how in enumerate(QUERIES)}
VERSIONS = "select json_object_agg(name, value) from versions"


def question(how: str, who: Sequence[object], newest: int) -> Question:
    """What is asked: the columns of PROFILE as PostgreSQL sends them in binary: bigints, JSON texts, arrays.

    how  BY_IDENTITY (kind, value), BY_USER_ID ("user", value) or BY_NODE (node)
    """
    params = [clean(str(value)).encode() for value in (*who, newest, newest, newest)]
    return Question(NAMES[how], QUERIES[how], params)


def read(db: Db, asked: Question) -> list[bytes | None]:
    """The row that answers `asked`."""
    row = ask(db, asked.name, asked.query, asked.params)
    assert row is not None  # the query always has one row
    return row


def versions(db: Db) -> dict[str, int]:
    """The counters of store.versions."""
    row = driver(db).execute(VERSIONS, prepare=True).fetchone()
    return cast(dict[str, int], row[0]) if row and row[0] else {}
