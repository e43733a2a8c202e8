"""Every SQL statement of suggesting: what is asked, what could answer it, what was used before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from regulars.desk.answers.store import SEEN, who
from regulars.desk.model import ConversationId, MessageId
from regulars.desk.store.shape import as_json
from regulars.desk.store.visible import VISIBLE, looks
from regulars.store import Db
from regulars.team import Agent, AgentId

MOST_DOCUMENTS = 400
MOST_NEIGHBOURS = 200
MOST_ALIKE = 12
MOST_MATCHES = 5_000

ASKED = sa.text("""
select c.subject, c.language, c.person_id, c.number, (
    select json_build_object('id', max(m.id), 'text', string_agg(m.text, ' ' order by m.id)) from (
        select m.id, m.text from conversation_messages m
        where m.conversation_id = c.id and m.author = 'customer' and m.erased_at is null
            and m.id > coalesce((select max(r.id) from conversation_messages r
                where r.conversation_id = c.id and r.author = 'agent' and r.withdrawn_at is null
                    and r.id < c.last_customer_message_id), 0)
        order by m.id desc limit 10) m) as said
from conversations c where c.id = :conversation""")

# every word with the stem it is searched by; stop words have none
STEMS = sa.text("""
select w.lexeme as word, (tsvector_to_array(to_tsvector(cast(:config as regconfig), w.lexeme)))[1] as stem
from unnest(to_tsvector('simple', :folded)) w""")

COMMON = sa.text("""
select e.word, e.share from pg_stats s,
    lateral unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) as e(word, share)
where s.tablename = 'conversation_messages' and s.attname = 'search' and s.schemaname = current_schema()
    and e.word = any(:words)""")
ROWS = sa.text("select greatest(reltuples, 0) from pg_class where oid = 'conversation_messages'::regclass")

NEIGHBOURS = sa.text("""
select s.used, length(s.question) as size, (
    select count(*) from unnest(cast(:stems as text[])) w where s.question @@ quote_literal(w)::tsquery) as shared
from (select used, question from answer_suggestions
      where used <> '' and question @@ cast(:query as tsquery) order by at desc limit :most) s""")

DOCUMENTS = sa.text(f"""
with found as (
    (select 'ready' as kind, a.id::text as ref, t.title, '' as body, '' as slug, t.search
     from ready_answer_texts t join ready_answers a on a.id = t.answer_id
     where {SEEN} and a.archived_at is null and t.language = :language
        and (t.search @@ cast(:query as tsquery) or a.id::text = any(:refs)) limit :most)
    union all
    (select 'help', p.id::text, t.title, t.summary, p.slug, t.search
     from help_texts t join help_pages p on p.id = t.page_id
     where t.language = :language and (t.search @@ cast(:query as tsquery) or p.id::text = any(:refs)) limit :most))
select f.kind, f.ref, f.title, f.body, f.slug, length(f.search) as size,
    (select jsonb_object_agg(u.lexeme, coalesce(cardinality(u.positions), 1)) from unnest(f.search) u
     where u.lexeme = any(:stems)) as words,
    coalesce(y.used, 0) as used, coalesce(y.expected, 0) as expected,
    (select count(*) from ready_answer_texts where language = :language)
        + (select count(*) from help_texts where language = :language) as documents
from found f left join answer_tallies y on y.kind = f.kind and y.ref = f.ref""")  # noqa: S608  fixed parts only

PAST = sa.text(f"""
select r.id, c.number, r.text, r.language, c.subject, c.name as customer, alike.size, alike.words,
    coalesce(y.used, 0) as used, coalesce(y.expected, 0) as expected
from (select m.id, m.conversation_id, length(m.search) as size,
        array(select w from unnest(cast(:words as text[])) w where m.search @@ quote_literal(w)::tsquery) as words
      from (select id, conversation_id, search from conversation_messages
            where search @@ cast(:query as tsquery) and author = 'customer' and erased_at is null
            limit :matches) m) alike
join conversations c on c.id = alike.conversation_id and c.status in ('solved', 'closed') and c.merged_into is null
    and c.id <> :conversation and {VISIBLE}
join lateral (select r.id, r.text, r.language from conversation_messages r
    where r.conversation_id = c.id and r.author = 'agent' and r.id > alike.id and r.withdrawn_at is null
        and r.erased_at is null and r.text <> '' order by r.id limit 1) r on true
left join answer_tallies y on y.kind = 'past' and y.ref = r.id::text
order by cardinality(alike.words) desc, alike.id desc limit :most""")  # noqa: S608  fixed parts only

LOG = sa.text("""
insert into answer_suggestions (id, conversation_id, message_id, agent_id, at, language, question, shown, candidates)
values (:id, :conversation, :message, :agent, :at, :language, array_to_tsvector(cast(:stems as text[])),
    cast(:shown as jsonb), :candidates)""")

OPEN = sa.text("""
select id, shown from answer_suggestions
where conversation_id = :conversation and agent_id = :agent and settled_at is null order by at desc, id desc
for update""")
SETTLE = sa.text("update answer_suggestions set used = :used, settled_at = :now where id = :id")
SUPERSEDE = sa.text("update answer_suggestions set settled_at = :now where id = any(:ids)")
TALLY = sa.text("""
insert into answer_tallies (kind, ref, shown, used, expected)
select split_part(t.key, ':', 1), substr(t.key, strpos(t.key, ':') + 1), 1, t.used, t.expected
from json_to_recordset(cast(:rows as json)) as t(key text, used int, expected double precision) order by 1, 2
on conflict (kind, ref) do update set shown = answer_tallies.shown + 1,
    used = answer_tallies.used + excluded.used, expected = answer_tallies.expected + excluded.expected""")
TALLY_PLACES = sa.text("""
insert into answer_rank_tallies (place, shown, used)
select t.place, 1, t.used from json_to_recordset(cast(:rows as json)) as t(place int, used int) order by 1
on conflict (place) do update set shown = answer_rank_tallies.shown + 1,
    used = answer_rank_tallies.used + excluded.used""")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer wrote since we last answered."""

    message: MessageId | None
    text: str
    subject: str
    language: str
    person: int | None


def asked(db: Db, conversation: ConversationId) -> Asked | None:
    """What is to be answered."""
    row = db.execute(ASKED, {"conversation": conversation}).one_or_none()
    if row is None:
        return None
    said = row.said or {}
    return Asked(said.get("id"), said.get("text") or "", row.subject, row.language, row.person_id)


def stems(db: Db, folded: str, config: str) -> dict[str, str]:
    """Stem → the word it came from."""
    rows = db.execute(STEMS, {"folded": folded, "config": config})
    return {stem: word for word, stem in rows if stem}


def commonness(db: Db, words: Sequence[str]) -> tuple[float, dict[str, float]]:
    """How many messages there are, and in what share of them each of the common words is, as PostgreSQL estimates."""
    total = float(db.execute(ROWS).scalar_one())
    return total, {word: float(share) for word, share in db.execute(COMMON, {"words": list(words)})}


def neighbours(db: Db, stems: Sequence[str], query: str) -> list[tuple[str, int, int]]:
    """(what was used, words of that question, how many of ours are among them) for similar questions."""
    given = {"stems": list(stems), "query": query, "most": MOST_NEIGHBOURS}
    return [(used, int(size), int(shared)) for used, size, shared in db.execute(NEIGHBOURS, given)]


def documents(
    db: Db, agent: Agent, stems: Sequence[str], *, query: str, language: str, refs: Sequence[str]
) -> list[sa.RowMapping]:
    """Ready answers this agent may use, and published help pages, with the words they share with the question."""
    given = {"stems": list(stems), "query": query, "language": language, "refs": list(refs), "most": MOST_DOCUMENTS}
    return list(db.execute(DOCUMENTS, who(agent) | given).mappings())


def past(db: Db, agent: Agent, conversation: ConversationId, words: Sequence[str], query: str) -> list[sa.RowMapping]:
    """What was answered to similar messages, in solved conversations this agent may see."""
    given = {"words": list(words), "query": query, "conversation": conversation, "most": MOST_ALIKE,
             "matches": MOST_MATCHES}  # fmt: skip
    return list(db.execute(PAST, looks(agent) | given).mappings())


def log(db: Db, row: Mapping[str, object]) -> None:
    """Write a decision down."""
    db.execute(LOG, row)


def open_ones(db: Db, conversation: ConversationId, agent: AgentId) -> list[tuple[UUID, list[dict[str, object]]]]:
    """What this agent was shown here and has not answered since, the newest first."""
    return [(id, shown) for id, shown in db.execute(OPEN, {"conversation": conversation, "agent": agent})]


def settle(db: Db, id: UUID, used: str, rest: Sequence[UUID], now: datetime) -> None:
    """The newest is settled by what was used; older ones were not looked at any more."""
    db.execute(SETTLE, {"id": id, "used": used, "now": now})
    db.execute(SUPERSEDE, {"ids": list(rest), "now": now})


def places(db: Db) -> dict[int, tuple[int, int]]:
    """place → (shown, used)."""
    rows = db.execute(sa.text("select place, shown, used from answer_rank_tallies"))
    return {int(place): (int(shown), int(used)) for place, shown, used in rows}


def tally(db: Db, rows: Sequence[Mapping[str, object]], by_place: Sequence[Mapping[str, object]]) -> None:
    """Count what was shown and used."""
    db.execute(TALLY, {"rows": as_json(rows)})
    db.execute(TALLY_PLACES, {"rows": as_json(by_place)})
