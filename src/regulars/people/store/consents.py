"""The consent ledger: rows are only ever added."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.people.model import Consent, Purpose
from regulars.people.words import Word
from regulars.store import Db

VALID = """
    select c.* from consents c
    left join merges m on m.id = c.merge_id
    left join persons here on c.said_by is not null and here.id = c.person_id
    left join persons said on said.id = c.said_by
    where c.person_id = any(:nodes)
      and (c.merge_id is null or (m.undone_at is null and here.root_id = said.root_id))"""


def insert(db: Db, node: PersonId, c: Consent) -> None:
    """One more line of the ledger."""
    query = """insert into consents (person_id, purpose, granted, wording, language, source, at)
               values (:node, :purpose, :granted, :wording, :language, :source, :at)"""
    params = {"purpose": c.purpose.value, "granted": c.granted, "wording": c.wording, "language": c.language}
    db.execute(sa.text(query), {"node": node, "source": c.source, "at": c.at, **params})


def history(db: Db, nodes: Sequence[PersonId]) -> list[Consent]:
    """The whole ledger of `nodes`, newest first, without what an undone merge had written."""
    query = VALID + " order by c.at desc, c.id desc"
    return [
        Consent(Purpose(r.purpose), r.granted, r.wording, r.language, r.source, r.at)
        for r in db.execute(sa.text(query), {"nodes": list(nodes)})
    ]


def latest(db: Db, nodes: Sequence[PersonId]) -> dict[Purpose, tuple[bool, int, datetime]]:
    """What counts per purpose: granted, the ledger row, and when it was said."""
    query = f"select distinct on (purpose) purpose, granted, id, at from ({VALID}) v order by purpose, at desc, id desc"  # noqa: S608  our own text
    rows = db.execute(sa.text(query), {"nodes": list(nodes)})
    return {Purpose(p): (granted, row, at) for p, granted, row, at in rows}


def words(db: Db, nodes: Sequence[PersonId]) -> list[Word]:
    """The ledgers of `nodes` as far as a merge cares, without what an undone merge had written."""
    query = """select c.person_id, c.purpose, c.granted, c.at, c.id, c.merge_id, c.said_by from consents c
               left join merges m on m.id = c.merge_id where c.person_id = any(:n) and m.undone_at is null"""
    rows = db.execute(sa.text(query), {"n": list(nodes)})
    return [Word(PersonId(n), Purpose(purpose), *rest) for n, purpose, *rest in rows]


def carry(db: Db, words: Sequence[Word]) -> None:
    """Add lines that carry refusals over, in the words they were said in."""
    query = """insert into consents (person_id, purpose, granted, wording, language, source, at, merge_id, said_by)
               select w.node, c.purpose, c.granted, c.wording, c.language, 'merge', w.at, w.merge, w.said_by
               from unnest(cast(:row as bigint[]), cast(:node as bigint[]), cast(:at as timestamptz[]),
                           cast(:merge as uuid[]), cast(:said_by as bigint[])) as w(row, node, at, merge, said_by)
               join consents c on c.id = w.row"""
    fields = ("row", "node", "at", "merge", "said_by")
    db.execute(sa.text(query), {field: [getattr(w, field) for w in words] for field in fields})
