"""Every SQL statement about help pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from regulars.desk.answers.words import config
from regulars.desk.help.model import Entry, Helped, HelpId, HelpPage, HelpText, NewPage, Reading, Version, Words
from regulars.kit.text import fold
from regulars.store import Db

PAGES = """
select p.id, p.slug, p.item, p.category, p.position, p.draft, p.draft_by, p.draft_at, p.published, p.updated_at,
    v.texts, coalesce(f.yes, 0) as yes, coalesce(f.no, 0) as no
from help_pages p left join help_versions v on v.page_id = p.id and v.number = p.published
left join lateral (select count(*) filter (where helped) as yes, count(*) filter (where not helped) as no
    from help_feedback f where f.page_id = p.id) f on true """

# where a page is not in the reader's language, it is shown in English, else in the first it has
READABLE = """
select distinct on (p.id) p.id, p.slug, p.item, p.category, p.position, p.updated_at, t.language, t.title, t.summary,
    t.body, (select array_agg(l.language order by l.language) from help_texts l where l.page_id = p.id) as languages
from help_pages p join help_texts t on t.page_id = p.id """
NEAREST = " order by p.id, t.language <> :language, t.language <> 'en', t.language"

FIND = """
with q as (select tsvector_to_array(to_tsvector(cast(:config as regconfig), :folded)) as words),
wanted as (select words, case when cardinality(words) = 0 then ''::tsquery else array_to_string(
    array(select quote_literal(w) from unnest(words) w), ' | ')::tsquery end as query from q)
select p.id, p.slug, p.category, t.language, t.title, t.summary, p.updated_at,
    ts_headline(cast(:config as regconfig), t.summary || ' ' || t.body, wanted.query,
        'StartSel=\x02, StopSel=\x03, MaxWords=28, MinWords=12') as snippet
from wanted, help_texts t join help_pages p on p.id = t.page_id
where t.language = :language
    and (t.search @@ wanted.query or (:typed <> '' and t.words @@ to_tsquery('simple', :typed)))
order by (select count(*) from unnest(wanted.words) w where t.search @@ quote_literal(w)::tsquery) desc,
    ts_rank(t.search, wanted.query, 1) desc, p.id
limit :most"""


def insert(db: Db, id: HelpId, new: NewPage, item: str, *, by: str, now: datetime) -> bool:
    """Add a page with its draft; False when the address or item is taken."""
    done = db.execute(
        sa.text("""
        insert into help_pages (id, slug, item, category, position, draft, draft_by, draft_at, created_at, updated_at)
        select :id, :slug, :item, :category, :position, cast(:draft as jsonb), :by, :now, :now, :now
        where not exists (select from help_slugs where slug = :slug) on conflict do nothing"""),
        _columns(new) | {"id": id, "item": item, "by": by, "now": now},
    )
    return bool(done.rowcount)


def update(db: Db, id: HelpId, new: NewPage, *, by: str, now: datetime) -> None:
    """Replace the draft, the address and the place."""
    db.execute(
        sa.text("""
        update help_pages set slug = :slug, category = :category, position = :position, draft = cast(:draft as jsonb),
            draft_by = :by, draft_at = :now, updated_at = :now where id = :id"""),
        _columns(new) | {"id": id, "by": by, "now": now},
    )


def slug_taken(db: Db, slug: str, but: HelpId | None) -> bool:
    """Whether another page stands or stood at this address."""
    found = sa.text("""
        select exists (select from help_pages where slug = :slug and id is distinct from :but)
            or exists (select from help_slugs where slug = :slug and page_id is distinct from :but)""")
    return bool(db.execute(found, {"slug": slug, "but": but}).scalar_one())


def remember_slug(db: Db, id: HelpId, former: str, new: str) -> None:
    """A former address leads on to the page."""
    db.execute(
        sa.text("insert into help_slugs (slug, page_id) values (:slug, :id) on conflict (slug) do nothing"),
        {"slug": former, "id": id},
    )
    db.execute(sa.text("delete from help_slugs where slug = :slug and page_id = :id"), {"slug": new, "id": id})


def clear_draft(db: Db, id: HelpId, now: datetime) -> None:
    """What was written and not published is gone."""
    db.execute(
        sa.text("""update help_pages set draft = null, draft_by = null, draft_at = null, updated_at = :now
        where id = :id"""),
        {"id": id, "now": now},
    )


def add_version(db: Db, id: HelpId, version: Version) -> int:
    """Write down what the page is from now on; its number."""
    number = db.execute(
        sa.text("""
        insert into help_versions (page_id, number, texts, at, by_whom, restored)
        select :id, coalesce(max(number), 0) + 1, cast(:texts as jsonb), :at, :by, :restored
        from help_versions where page_id = :id returning number"""),
        {"id": id, "texts": _json(version.texts), "at": version.at, "by": version.by, "restored": version.restored},
    ).scalar_one()
    return int(number)


def show(db: Db, id: HelpId, number: int | None, texts: Mapping[str, HelpText], now: datetime) -> None:
    """Let customers read `texts`; none when `number` is None."""
    db.execute(
        sa.text("update help_pages set published = :number, updated_at = :now where id = :id"),
        {"id": id, "number": number, "now": now},
    )
    db.execute(sa.text("delete from help_texts where page_id = :id"), {"id": id})
    for language, text in texts.items() if number is not None else ():
        db.execute(
            sa.text("""
            insert into help_texts (page_id, language, title, summary, body, search, words)
            values (:id, :language, :title, :summary, :body,
                setweight(to_tsvector(cast(:config as regconfig), :folded_title), 'A')
                || setweight(to_tsvector(cast(:config as regconfig), :folded_summary), 'B')
                || to_tsvector(cast(:config as regconfig), :folded_body),
                to_tsvector('simple', :folded_title || ' ' || :folded_summary))"""),
            {"id": id, "language": language, "title": text.title, "summary": text.summary, "body": text.body,
             "config": config(language), "folded_title": fold(text.title), "folded_summary": fold(text.summary),
             "folded_body": fold(text.body)},
        )  # fmt: skip


def lock(db: Db, id: HelpId) -> bool:
    """Hold the page until the transaction ends; False when there is none."""
    return db.execute(sa.text("select 1 from help_pages where id = :id for update"), {"id": id}).first() is not None


def page(db: Db, id: HelpId) -> HelpPage | None:
    """One page as the company sees it."""
    row = db.execute(sa.text(PAGES + "where p.id = :id"), {"id": id}).mappings().first()
    return _page(row) if row else None


def pages(db: Db) -> list[HelpPage]:
    """All of them, as they stand."""
    rows = db.execute(sa.text(PAGES + "order by p.category, p.position, p.slug limit 5000")).mappings()
    return [_page(row) for row in rows]


def versions(db: Db, id: HelpId) -> list[Version]:
    """Every version, the newest first."""
    rows = db.execute(sa.text("""select number, texts, at, by_whom, restored from help_versions where page_id = :id
        order by number desc"""), {"id": id}).mappings()  # fmt: skip
    return [Version(r["number"], _texts(r["texts"]), r["at"], r["by_whom"], r["restored"]) for r in rows]


def reading(db: Db, slug: str, language: str) -> Reading | None:
    """What is published at an address, in this language or the nearest."""
    found = sa.text(f"{READABLE} where p.slug = :slug {NEAREST}")
    row = db.execute(found, {"slug": slug, "language": language}).mappings().first()
    if row is None:
        return None
    text = HelpText(row["title"], row["summary"], row["body"])
    return Reading(
        row["id"], row["slug"], row["item"], row["category"], row["language"], text, tuple(row["languages"]),
        row["updated_at"],
    )  # fmt: skip


def moved(db: Db, slug: str) -> str | None:
    """Where the page that once stood at `slug` is read now."""
    found = sa.text("""select p.slug from help_slugs s join help_pages p on p.id = s.page_id
        where s.slug = :slug and p.published is not null""")
    return db.execute(found, {"slug": slug}).scalar_one_or_none()


def entries(db: Db, language: str) -> list[Entry]:
    """Every published page, in this language or the nearest."""
    statement = f"""select * from ({READABLE} {NEAREST}) e
        order by category, position, title limit 5000"""  # noqa: S608  fixed parts only
    rows = db.execute(sa.text(statement), {"language": language}).mappings()
    return [
        Entry(r["id"], r["slug"], r["category"], r["language"], r["title"], r["summary"],
              updated_at=r["updated_at"], languages=tuple(r["languages"]))
        for r in rows
    ]  # fmt: skip


def find(db: Db, text: str, typed: str, language: str, most: int) -> Sequence[Entry]:
    """Published pages of this language with some of these words, those with most of them first."""
    given = {"config": config(language), "folded": fold(text), "typed": typed, "language": language, "most": most}
    rows = db.execute(sa.text(FIND), given).mappings()
    return [
        Entry(r["id"], r["slug"], r["category"], r["language"], r["title"], r["summary"], r["snippet"], r["updated_at"])
        for r in rows
    ]


def say(db: Db, id: HelpId, visitor: str, said: Words) -> bool:
    """Write down whether it helped; whether this visitor had not said so before."""
    row = db.execute(
        sa.text("""
        insert into help_feedback (page_id, visitor, language, helped, words, at)
        values (:id, :visitor, :language, :helped, :words, :at)
        on conflict (visitor, page_id) do update set helped = excluded.helped, at = excluded.at,
            words = case when excluded.words <> '' then excluded.words else help_feedback.words end
        returning xmax = 0 as fresh"""),
        {"id": id, "visitor": visitor, "language": said.language, "helped": said.helped, "words": said.words,
         "at": said.at},
    ).scalar_one()  # fmt: skip
    return bool(row)


def sayings(db: Db, id: HelpId, most: int) -> list[Words]:
    """What readers wrote, the newest first."""
    rows = db.execute(sa.text("""select helped, words, language, at from help_feedback
        where page_id = :id and words <> '' order by at desc limit :most"""), {"id": id, "most": most})  # fmt: skip
    return [Words(*row) for row in rows]


def _columns(new: NewPage) -> dict[str, object]:
    return {"slug": new.slug, "category": new.category, "position": new.position, "draft": _json(new.texts)}


def _json(texts: Mapping[str, HelpText]) -> str:
    return msgspec.json.encode(dict(texts)).decode()


def _texts(raw: Mapping[str, Mapping[str, str]] | None) -> dict[str, HelpText]:
    return {language: HelpText(**text) for language, text in (raw or {}).items()}


def _page(row: sa.RowMapping) -> HelpPage:
    draft = _texts(row["draft"]) if row["draft"] is not None else None
    return HelpPage(
        row["id"], row["slug"], row["item"], row["category"], row["position"], _texts(row["texts"]), draft,
        row["draft_by"] or "", row["draft_at"], row["published"], row["updated_at"], Helped(row["yes"], row["no"]),
    )  # fmt: skip
