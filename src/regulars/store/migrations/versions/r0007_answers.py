"""Ready answers, help pages and their use."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of what is answered again and again: ready answers, help pages, and which of them helped."""
    for part in (READY, SUGGESTED, HELP):
        op.execute(part)


READY = """
create table ready_answers (
    id uuid primary key,
    shortcut text not null default '',             -- typed after "/" in the composer
    scope text not null check (scope in ('personal', 'team', 'global')),
    agent_id uuid references agents on delete cascade,            -- personal: whose
    department_id uuid references departments on delete cascade,  -- team: whose
    tags text[] not null default '{}',
    uses int not null default 0,
    used_at timestamptz,
    created_at timestamptz not null,
    created_by text not null,
    updated_at timestamptz not null,
    updated_by text not null,
    archived_at timestamptz,
    check ((scope = 'personal') = (agent_id is not null)),
    check ((scope = 'team') = (department_id is not null))
);
create index ready_answers_agent on ready_answers (agent_id) where agent_id is not null;
create index ready_answers_department on ready_answers (department_id) where department_id is not null;
create table ready_answer_texts (
    answer_id uuid not null references ready_answers on delete cascade,
    language text not null,
    title text not null,
    text text not null,                            -- Markdown with Liquid variables
    search tsvector not null,                      -- stemmed as its language is: for suggestions
    words tsvector not null,                       -- as they are: for what is being typed
    primary key (answer_id, language)
);
create index ready_answer_texts_search on ready_answer_texts using gin (search);
create index ready_answer_texts_words on ready_answer_texts using gin (words);
create table ready_answer_files (
    id uuid primary key,
    answer_id uuid not null references ready_answers on delete cascade,
    language text not null default '',             -- '' goes with every language
    name text not null,
    type text not null,
    content bytea not null
);
create index ready_answer_files_answer on ready_answer_files (answer_id);
alter table ready_answer_files alter content set storage external;
"""

SUGGESTED = """
create table answer_suggestions (
    id uuid primary key,                           -- a DecisionId
    conversation_id uuid not null references conversations on delete cascade,
    message_id bigint,                             -- the customer's message it was made for
    agent_id uuid references agents on delete set null,
    at timestamptz not null,
    language text not null,
    question tsvector not null,                    -- to find what was used for similar texts
    shown jsonb not null,                          -- [{kind, ref, score, propensity, reason}], best first
    candidates int not null,
    used text,                                     -- "ready:<id>", "help:<id>", "past:<message>"; '' none of them
    settled_at timestamptz                         -- when the agent answered: only then use and non-use count
);
create index answer_suggestions_conversation on answer_suggestions (conversation_id, at desc);
create index answer_suggestions_question on answer_suggestions using gin (question)
    where used <> '';
create table answer_tallies (                      -- per answer; "expected" = uses an average answer had got there
    kind text not null,
    ref text not null,
    shown int not null default 0,
    used int not null default 0,
    expected double precision not null default 0,
    primary key (kind, ref)
);
create table answer_rank_tallies (                 -- per place in the list, over all answers
    place int primary key,
    shown bigint not null default 0,
    used bigint not null default 0
);
"""

HELP = """
create table help_pages (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    item text not null unique,                     -- external id of the catalogue item it is, kind "help"
    category text not null default '',
    position int not null default 0,
    draft jsonb,                                   -- {language: {title, summary, body}}; null: nothing unpublished
    draft_by text,
    draft_at timestamptz,
    published int,                                 -- number of the version that is read; null: none is
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create table help_versions (
    page_id uuid not null references help_pages on delete cascade,
    number int not null,
    texts jsonb not null,                          -- {language: {title, summary, body}}
    at timestamptz not null,
    by_whom text not null,
    restored int,                                  -- the number of the version it brought back
    primary key (page_id, number)
);
create trigger help_versions_append_only before update on help_versions for each row execute function refuse_change();
create table help_texts (                          -- what is published, as it is searched
    page_id uuid not null references help_pages on delete cascade,
    language text not null,
    title text not null,
    summary text not null,
    body text not null,
    search tsvector not null,                      -- stemmed as its language is
    words tsvector not null,                       -- as they are: for what is being typed
    primary key (page_id, language)
);
create index help_texts_search on help_texts using gin (search);
create index help_texts_words on help_texts using gin (words);
create table help_slugs (                          -- former addresses lead on
    slug text primary key,
    page_id uuid not null references help_pages on delete cascade
);
create table help_feedback (
    page_id uuid not null references help_pages on delete cascade,
    visitor text not null,                         -- a hash: one word per visitor, which can be changed
    language text not null,
    helped boolean not null,
    words text not null default '',
    at timestamptz not null,
    primary key (visitor, page_id)
);
create index help_feedback_page on help_feedback (page_id);

-- whoever asks to be forgotten takes back what they said of help pages
create function forget_feedback() returns trigger language plpgsql as $$
begin
    delete from help_feedback where visitor = 'person:' || old.id;
    return null;
end $$;
create trigger forget_feedback after delete on persons for each row execute function forget_feedback();
"""
