"""The consent ledger: rows are only ever added."""

from collections.abc import Sequence

import sqlalchemy as sa

from regulars.kit.ids import PersonId
from regulars.people.model import Consent, Purpose
from regulars.people.together import Tie, Word
from regulars.store import Db


def insert(db: Db, said: Sequence[tuple[PersonId, Consent]]) -> None:
    """More lines of the ledger; what was said at the very moment of a merge was said just after."""
    query = """
        insert into consents (person_id, purpose, granted, wording, language, source, at)
        select :node, :purpose, :granted, :wording, :language, :source,
               cast(:at as timestamptz) + case when exists (
                   select from merges where :node in (a_id, b_id) and at = :at) then interval '1 microsecond'
                   else interval '0' end"""
    rows = [
        {
            "node": node, "purpose": c.purpose.value, "granted": c.granted, "wording": c.wording,
            "language": c.language, "source": c.source, "at": c.at,
        }
        for node, c in said
    ]  # fmt: skip
    if rows:
        db.execute(sa.text(query), rows)


def history(db: Db, nodes: Sequence[PersonId]) -> list[tuple[PersonId, Consent]]:
    """The whole ledger of `nodes`, newest first."""
    query = """select person_id, purpose, granted, wording, language, source, at from consents
               where person_id = any(:n) order by at desc, id desc"""
    rows = db.execute(sa.text(query), {"n": list(nodes)})
    return [(PersonId(node), Consent(Purpose(purpose), *rest)) for node, purpose, *rest in rows]


def words(db: Db, nodes: Sequence[PersonId]) -> list[Word]:
    """The latest word of each node on each purpose."""
    query = """select distinct on (person_id, purpose) person_id, purpose, granted, at from consents
               where person_id = any(:n) order by person_id, purpose, at desc, id desc"""
    return [_word(row) for row in db.execute(sa.text(query), {"n": list(nodes)})]


def doubtful(db: Db, purpose: Purpose) -> tuple[dict[int, list[Word]], list[Tie]]:
    """By root, the words of everybody with a node whose latest word on `purpose` is no; and the ties among them."""
    query = """
        with latest as materialized (
            select distinct on (c.person_id) c.person_id, c.purpose, c.granted, c.at, p.root_id
            from consents c join persons p on p.id = c.person_id
            where c.purpose = :purpose order by c.person_id, c.at desc, c.id desc)
        select person_id, purpose, granted, at, root_id from latest
        where root_id in (select root_id from latest where not granted)"""
    found: dict[int, list[Word]] = {}
    for *row, root in db.execute(sa.text(query), {"purpose": purpose.value}):
        found.setdefault(root, []).append(_word(row))
    mixed = [root for root, said in found.items() if len(said) > 1]
    query = """select m.a_id, m.b_id, m.at from merges m join persons p on p.id = m.a_id
               where p.root_id = any(:roots) and m.undone_at is null"""
    return found, [Tie(*row) for row in db.execute(sa.text(query), {"roots": mixed})] if mixed else []


def _word(row: Sequence[object]) -> Word:
    node, purpose, granted, at = row
    return Word(node, Purpose(purpose), granted, at)  # type: ignore[arg-type]  # the columns' own types
