"""Identities and the nodes they name."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.people.model import Identity, IdentityKind
from regulars.store import Db, driver

WRITERS = 7_246_101
"""Advisory lock: shared by whoever looks up nodes to write for them, exclusive for erasing a person. The same
number stands in the database's function nodes_for_writing."""

HOLD = "select n, person_id from nodes_for_writing(%s, %s)"
SELECT = """
select w.n, i.person_id
from rows from (json_array_elements_text(%s::json), json_array_elements_text(%s::json))
     with ordinality as w(kind, value, n)
join identities i on i.kind = w.kind and i.value = w.value"""
INSERT = """
with wanted as materialized (
    select w.kind, w.value, w.n, nextval(pg_get_serial_sequence('persons', 'id')) as id
    from unnest(%s::text[], %s::text[]) with ordinality as w(kind, value, n) order by w.n),
made as (
    insert into identities (kind, value, person_id, created_at)
    select kind, value, id, %s from wanted order by n
    on conflict do nothing returning kind, value, person_id),
persons_made as (
    insert into persons (id, root_id, created_at) overriding system value select person_id, person_id, %s from made)
select kind, value, person_id from made"""


def exclude(db: Db) -> None:
    """Wait (a few seconds at most) until nobody writes for nodes looked up earlier, and keep them waiting."""
    db.execute(sa.text("set local lock_timeout = '5s'"))
    db.execute(sa.text("select pg_advisory_xact_lock(:k)"), {"k": WRITERS})
    db.execute(sa.text("set local lock_timeout = default"))


def share(db: Db) -> None:
    """Keep erasing away until this transaction ends, so that no node looked up from now on vanishes under a write."""
    driver(db).execute("select pg_advisory_xact_lock_shared(%s)", [WRITERS], prepare=True)


def hold(db: Db, wanted: Sequence[Identity]) -> dict[Identity, PersonId]:
    """The nodes of those of `wanted` that exist; erasing is kept away until this transaction ends, so that none of
    them vanishes under a write. One round trip: the lock, then the look."""
    return _numbered(wanted, driver(db).execute(HOLD, _lists(wanted), prepare=True))


def select(db: Db, wanted: Sequence[Identity]) -> dict[Identity, PersonId]:
    """The nodes of those of `wanted` that exist."""
    return _numbered(wanted, driver(db).execute(SELECT, _lists(wanted), prepare=True))


def insert(db: Db, wanted: Sequence[Identity], now: datetime) -> dict[Identity, PersonId]:
    """New nodes for `wanted`, in that order; those that someone else just made are left out."""
    params = [[i.kind.value for i in wanted], [i.value for i in wanted], now, now]
    return _named(driver(db).execute(INSERT, params, prepare=True))


def root(db: Db, node: PersonId) -> PersonId | None:
    """The root of `node`."""
    found = db.execute(sa.text("select root_id from persons where id = :n"), {"n": node}).scalar()
    return None if found is None else PersonId(found)


def root_pairs(db: Db, nodes: Sequence[PersonId]) -> dict[PersonId, PersonId]:
    """Each of `nodes` that exists, with its root."""
    rows = db.execute(sa.text("select id, root_id from persons where id = any(:n)"), {"n": list(nodes)})
    return {PersonId(n): PersonId(r) for n, r in rows}


def of_root(db: Db, node: PersonId) -> list[PersonId]:
    """All nodes of the person that `node` belongs to, oldest first."""
    query = "select id from persons where root_id = (select root_id from persons where id = :n) order by id"
    return [PersonId(n) for n in db.execute(sa.text(query), {"n": node}).scalars()]


def identities(db: Db, nodes: Sequence[PersonId]) -> list[Identity]:
    """The identities of `nodes`, oldest first."""
    query = "select kind, value from identities where person_id = any(:n) order by created_at, person_id, kind, value"
    return [Identity(IdentityKind(k), v) for k, v in db.execute(sa.text(query), {"n": list(nodes)})]


def names(db: Db, nodes: Sequence[PersonId]) -> dict[PersonId, list[Identity]]:
    """The identities of each of `nodes`."""
    found: dict[PersonId, list[Identity]] = {}
    query = "select person_id, kind, value from identities where person_id = any(:n)"
    for node, kind, value in db.execute(sa.text(query), {"n": list(nodes)}):
        found.setdefault(PersonId(node), []).append(Identity(IdentityKind(kind), value))
    return found


def _lists(wanted: Sequence[Identity]) -> list[str]:
    """Two JSON lists: the driver writes arrays of texts six times slower."""
    return [msgspec.json.encode(part).decode() for part in ([i.kind for i in wanted], [i.value for i in wanted])]


def _numbered(wanted: Sequence[Identity], rows: Iterable[Sequence[object]]) -> dict[Identity, PersonId]:
    return {wanted[n - 1]: PersonId(person) for n, person in rows}  # type: ignore[operator,arg-type]  # two numbers


def _named(rows: Iterable[Sequence[object]]) -> dict[Identity, PersonId]:
    return {Identity(IdentityKind(str(k)), str(v)): PersonId(int(str(n))) for k, v, n in rows}
