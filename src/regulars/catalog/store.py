"""Every SQL statement of the catalogue."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from regulars.kit.ids import ItemId
from regulars.store import Db, driver

# items as JSON text, the form they are kept in on the shelf; `rows.decode` reads it
ITEMS = """
select (select convert_to(row_to_json(r)::text, 'UTF8') from (select
    i.id, i.external_id, i.kind, i.title, i.summary, i.url, i.image, i.price, i.currency, i.category, i.attributes,
    i.available, i.listed, i.published_at, i.expires_at) r) from items i """

GIVEN = """(select * from json_to_recordset(cast(:rows as json)) as g(
    external_id text, kind text, title jsonb, summary jsonb, url jsonb, image text, price numeric(12, 2),
    currency text, category text[], attributes jsonb, available boolean, published_at timestamptz,
    expires_at timestamptz, search text))"""

# a title that is not given, or a price not given yet, leaves what was learned from events
UPDATE = """
update items i set
    kind = g.kind, title = g.new_title, summary = g.summary, url = g.url, image = g.image, price = g.new_price,
    currency = g.new_currency, category = g.category, attributes = g.attributes, available = g.available,
    published_at = g.published_at, expires_at = g.expires_at, search = g.search,
    listed = true, origin = 'given', version = :version, updated_at = :now
from (
    select g.*, o.id as item, case when g.title = '{}' then o.title else g.title end as new_title,
        case when g.price is null and o.origin = 'learned' then o.price else g.price end as new_price,
        case when g.price is null and o.origin = 'learned' then o.currency else g.currency end as new_currency
    from GIVEN g join items o on o.external_id = g.external_id
) g
where i.id = g.item and (
    i.kind, i.title, i.summary, i.url, i.image, i.price, i.currency, i.category, i.attributes, i.available,
    i.published_at, i.expires_at, i.search, i.listed, i.origin
) is distinct from (
    g.kind, g.new_title, g.summary, g.url, g.image, g.new_price, g.new_currency, g.category, g.attributes,
    g.available, g.published_at, g.expires_at, g.search, true, 'given')
""".replace("GIVEN", GIVEN)

# `listed` and `origin` come with the rows: both differ between what is given and what is learned
INSERT = """
insert into items (external_id, kind, title, summary, url, image, price, currency, category, attributes, available,
    published_at, expires_at, search, listed, origin, version, created_at, updated_at)
select g.external_id, g.kind, g.title, g.summary, g.url, g.image, g.price, g.currency, g.category, g.attributes,
    g.available, g.published_at, g.expires_at, g.search,
    :given or not exists (select from items where origin = 'given' and kind <> 'help'),
    case when :given then 'given' else 'learned' end, :version, :now, :now
from GIVEN g where not exists (select from items i where i.external_id = g.external_id)
""".replace("GIVEN", GIVEN)

HIDE_LEARNED = (
    "update items set listed = false, version = :version, updated_at = :now where origin = 'learned' and listed"
)

WITHDRAW_OTHERS = """
update items set listed = false, version = :version, updated_at = :now
where origin = 'given' and listed and kind = any(:kinds) and not external_id = any(:kept)
"""

PATCH = """
update items i set
    available = coalesce(c.available, i.available), price = coalesce(c.price, i.price),
    currency = coalesce(c.currency, i.currency), version = :version, updated_at = :now
from json_to_recordset(cast(:rows as json)) as c(
    external_id text, available boolean, price numeric(12, 2), currency text)
where i.external_id = c.external_id and (i.available, i.price, i.currency) is distinct from
    (coalesce(c.available, i.available), coalesce(c.price, i.price), coalesce(c.currency, i.currency))
"""

RELEARN = """
update items i set title = s.title, search = s.search, version = :version, updated_at = :now,
    price = case when i.origin = 'learned' then s.price else i.price end,
    currency = case when i.origin = 'learned' then s.currency else i.currency end
from json_to_recordset(cast(:rows as json)) as s(
    external_id text, title jsonb, search text, price numeric(12, 2), currency text)
where i.external_id = s.external_id and (i.origin = 'learned' or i.title = '{}')
"""

# committed: older than this transaction, savepoints and all, so the process may remember it
KNOWN = """
select external_id, id, coalesce(age(xmin) > age(pg_current_xact_id_if_assigned()::xid), true) as committed
from items where external_id = any(%s)
"""

MOST_RANKED = 2_000


def lock(db: Db) -> int:
    """Become the one writer of the catalogue until the transaction ends; returns the next version."""
    return int(db.execute(sa.text("select value + 1 from versions where name = 'catalog' for update")).scalar_one())


def version(db: Db) -> int:
    """The counter "catalog"."""
    return int(db.execute(sa.text("select value from versions where name = 'catalog'")).scalar_one())


def run(db: Db, statement: str, **values: object) -> int:
    """Execute `statement`; returns how many rows it touched."""
    return int(db.execute(sa.text(statement), values).rowcount)


def as_rows(rows: Sequence[object]) -> str:
    """The JSON parameter that `json_to_recordset` reads."""
    return msgspec.json.encode(rows).decode()


def known(db: Db, external_ids: Sequence[str]) -> list[tuple[str, int, bool]]:
    """(external id, id, committed) of those that exist."""
    rows = driver(db).execute(KNOWN, [list(external_ids)]).fetchall()
    return [(str(e), int(str(i)), bool(c)) for e, i, c in rows]


def any_given(db: Db) -> bool:
    """Whether the company ever gave an item to offer: a help page, written here, is no catalogue."""
    found = sa.text("select exists (select from items where origin = 'given' and kind <> 'help')")
    return bool(db.execute(found).scalar_one())


def by_external(db: Db, external_id: str) -> list[bytes]:
    """The item with this external id, as JSON."""
    return _items(db, "where external_id = %(id)s", id=external_id)


def by_id(db: Db, ids: Iterable[ItemId]) -> list[bytes]:
    """Items by id, as JSON."""
    return _items(db, "where id = any(%(ids)s)", ids=list(ids))


def learned(db: Db, ids: Iterable[ItemId]) -> list[bytes]:
    """Those among them whose title was not given by the company, as JSON."""
    return _items(db, "where id = any(%(ids)s) and (origin = 'learned' or title = '{}')", ids=list(ids))


def search(db: Db, query: str, kind: str | None, *, most: int, skip: int) -> list[bytes]:
    """Items whose search text satisfies the tsquery `query` ('' = all), the best and newest first.

    Where very many match, a word is too common to rank by: some of them are ranked.
    """
    of_kind = "kind = %(kind)s" if kind is not None else "true"
    if not query:
        rest = f"where {of_kind} order by listed desc, id desc limit %(most)s offset %(skip)s"
        return _items(db, rest, kind=kind, most=most, skip=skip)
    matches = "to_tsvector('simple', search) @@ to_tsquery('simple', %(query)s)"
    rest = f"""
        join (select id, ts_rank(to_tsvector('simple', search), to_tsquery('simple', %(query)s)) as rank
              from (select id, search from items where {matches} and {of_kind} limit %(ranked)s) m) r using (id)
        order by rank desc, listed desc, id desc limit %(most)s offset %(skip)s"""  # noqa: S608  fixed parts only
    return _items(db, rest, query=query, kind=kind, most=most, skip=skip, ranked=MOST_RANKED)


def changed_since(db: Db, version: int, *, at_once: int = 4_000) -> Iterator[bytes]:
    """Every item that changed after `version`, as JSON, by id, in bounded memory."""
    with driver(db).cursor("shelf", binary=True) as cursor:
        cursor.itersize = at_once
        cursor.execute(ITEMS + "where version > %s order by id", [version])
        yield from (row[0] for row in cursor if isinstance(row[0], bytes))


def kinds(db: Db) -> list[tuple[str, int]]:
    """Each kind with how many items it has."""
    rows = db.execute(sa.text("select kind, count(*) from items group by kind order by 2 desc, 1"))
    return [(str(kind), int(count)) for kind, count in rows]


def read_at(now: datetime | None, db: Db) -> float:
    """`now` in seconds since 1970; the transaction's own clock when nobody said."""
    if now is not None:
        return now.timestamp()
    return float(db.execute(sa.text("select extract(epoch from now())")).scalar_one())


def _items(db: Db, rest: str, **values: object) -> list[bytes]:
    rows = driver(db).execute(ITEMS + rest, values, binary=True)
    return [row[0] for row in rows if isinstance(row[0], bytes)]
