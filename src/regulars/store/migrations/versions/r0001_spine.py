"""The spine: people, catalogue, team, choices, decisions."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of the spine, room by room."""
    for part in (VERSIONS, PEOPLE, CATALOG, TEAM, CHOICES, DECIDE):
        op.execute(part)


VERSIONS = """
create table versions (name text primary key, value bigint not null default 0);
insert into versions (name) values ('catalog'), ('slots'), ('facets'), ('model');
"""

PEOPLE = """
create table persons (
    id bigint generated always as identity primary key,
    root_id bigint not null,                       -- itself, or the person it was merged into, at the end of the chain
    traits jsonb not null default '{}',            -- what the company told us (identify, imports)
    guessed_at timestamptz,                        -- when its guesses were last saved: the newest of a person's nodes speaks
    created_at timestamptz not null
);
create index persons_root on persons (root_id);

create table identities (
    kind text not null check (kind in ('anonymous', 'user', 'claimed', 'email')),
    value text not null check (length(value) between 1 and 512),
    person_id bigint not null references persons on delete cascade,
    created_at timestamptz not null,
    primary key (kind, value)
);
create index identities_person on identities (person_id);

-- The nodes of identities given as two JSON lists, by position. The first statement waits while a person is being
-- erased and keeps erasing away until the transaction ends; the second sees what was committed before that.
create function nodes_for_writing(kinds json, names json) returns table (n bigint, person_id bigint)
language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7246101);
    return query
        select w.n, i.person_id
        from rows from (json_array_elements_text(kinds), json_array_elements_text(names))
             with ordinality as w(kind, name, n)
        join identities i on i.kind = w.kind and i.value = w.name;
end $$;

create table merges (
    id uuid primary key,
    a_id bigint not null references persons on delete cascade,   -- the two nodes that were joined, not their roots
    b_id bigint not null references persons on delete cascade,
    source text not null,
    by_whom text not null,
    at timestamptz not null,
    undone_at timestamptz,
    undone_by text
);
create index merges_a on merges (a_id);
create index merges_b on merges (b_id);

create table events (
    id bigint generated always as identity primary key,
    message_id text not null,
    person_id bigint not null,                     -- the node it was recorded for; the root is found through persons
    type smallint not null,
    name text not null,
    at timestamptz not null,
    received_at timestamptz not null,
    verb smallint,                                 -- null: not an interaction with items
    items int[],
    learn boolean not null default true,           -- false: the person said "don't learn from this", or no consent
    properties jsonb not null,
    context jsonb not null
);
create unique index events_message on events (message_id);
-- holds all a decision needs of a history, so that reading one touches a few pages instead of one page an event
create index events_person on events (person_id, at desc, id desc) include (verb, learn, items);
alter table events set (autovacuum_vacuum_insert_scale_factor = 0.02);   -- keeps that read inside the index

create table facets (
    person_id bigint not null references persons on delete cascade,
    facet text not null,
    scope text not null default '',                -- '' everywhere, else a slot or page
    stated jsonb,                                  -- null with stated_at set: "reset to automatic"
    stated_at timestamptz,
    stated_by text,
    gathers boolean not null default false,        -- a list of no's: what was said on both sides of a merge counts together
    denied jsonb not null default '[]',            -- values the person said are wrong
    denied_at timestamptz,
    used boolean not null default true,            -- false: the guess may not act
    used_at timestamptz,
    inferred jsonb,
    confidence real,
    evidence jsonb,
    inferred_at timestamptz,
    primary key (person_id, facet, scope)
);

create table facet_changes (
    id uuid primary key,
    person_id bigint not null references persons on delete cascade,
    facet text not null,
    scope text not null,
    before jsonb not null,                         -- the row's fact columns as they were
    after jsonb not null,
    by_whom text not null,
    at timestamptz not null,
    undone_at timestamptz,
    undone_by text
);
create index facet_changes_person on facet_changes (person_id, at desc);

create table consents (
    id bigint generated always as identity primary key,
    person_id bigint not null references persons on delete cascade,
    purpose text not null,
    granted boolean not null,
    wording text not null,                         -- version of the words the person saw
    language text not null,
    source text not null,
    at timestamptz not null
);
create index consents_person on consents (person_id, purpose, at desc, id desc);
create function refuse_change() returns trigger language plpgsql as $$
begin raise exception 'rows of % are only ever added', tg_table_name; end $$;
create trigger consents_append_only before update on consents for each row execute function refuse_change();
"""

CATALOG = """
create table items (
    id int generated always as identity primary key,
    external_id text not null unique check (length(external_id) between 1 and 512),
    kind text not null,
    title jsonb not null default '{}',
    summary jsonb not null default '{}',
    url jsonb not null default '{}',
    image text not null default '',
    price numeric(12, 2),
    currency text not null default '',
    category text[] not null default '{}',
    attributes jsonb not null default '{}',
    available boolean not null default true,
    listed boolean not null default true,          -- false: known only from events, or withdrawn
    origin text not null default 'given' check (origin in ('given', 'learned')),   -- learned: from events alone
    published_at timestamptz,
    expires_at timestamptz,
    search text not null default '',               -- folded text, see kit.text.fold
    version bigint not null,                       -- of the counter "catalog" when it last changed
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index items_version on items (version);
create index items_given on items (origin) where origin = 'given';
create index items_search on items using gin (to_tsvector('simple', search));
"""

TEAM = """
create table agents (
    id uuid primary key,
    email text not null unique,
    name text not null,
    role text not null check (role in ('admin', 'manager', 'agent', 'viewer')),
    password_hash text not null,
    language text not null default 'en',
    created_at timestamptz not null,
    disabled_at timestamptz
);
create table agent_sessions (
    token_hash text primary key,
    agent_id uuid not null references agents on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create table sign_in_failures (email text not null, address text not null, at timestamptz not null);
create index sign_in_failures_at on sign_in_failures (at);
create table api_keys (
    id uuid primary key,
    kind text not null check (kind in ('write', 'server')),
    name text not null,
    key_hash text not null unique,
    hint text not null,                            -- the last four characters, to tell keys apart
    origins text[] not null default '{}',          -- write keys: where browsers may use it; empty = anywhere
    created_at timestamptz not null,
    revoked_at timestamptz
);
create table secrets (name text primary key, value text not null, created_at timestamptz not null);
create table audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    who text not null,
    did text not null,
    what jsonb not null
);
create trigger audit_append_only before update or delete on audit_log for each row execute function refuse_change();
"""

CHOICES = """
create table facet_definitions (
    name text primary key,
    definition jsonb not null,
    position int not null default 0,
    updated_at timestamptz not null
);
create table corrections (
    id uuid primary key,
    decision_id uuid not null,
    person_id bigint not null references persons on delete cascade,
    item_id int not null,
    kind text not null,
    facet text,
    receipt jsonb not null,
    changes uuid[] not null default '{}',          -- the facet_changes it made, for undo
    events bigint[] not null default '{}',         -- the events it stopped learning from, for undo
    at timestamptz not null,
    undone_at timestamptz
);
create index corrections_person on corrections (person_id, at desc);
"""

DECIDE = """
create table slots (
    name text primary key,
    definition jsonb not null,
    position int not null default 0,
    updated_at timestamptz not null,
    updated_by text not null
);
create table shop_rules (
    id uuid primary key,
    definition jsonb not null,
    position int not null default 0,
    updated_at timestamptz not null,
    updated_by text not null
);
create table models (
    id uuid primary key,
    path text not null,
    digest text not null,
    report jsonb not null,
    created_at timestamptz not null,
    serving_since timestamptz,
    refused text                                   -- why it does not serve, when it does not
);
create table decisions (
    id uuid primary key,
    person_id bigint,                              -- the node decided for; null: nobody in particular
    slot text not null,
    at timestamptz not null,
    mode text not null,
    language text not null,
    model_id uuid,
    personal boolean not null,                     -- false: nothing about the person was used but their no's
    candidates int not null,
    candidates_hash bigint not null,
    size smallint not null,
    items int[] not null,
    excluded int[] not null,                       -- what the asker did not want, to decide the same again
    propensities real[] not null,
    reasons jsonb not null,
    context jsonb not null
);
create index decisions_person on decisions (person_id, at desc);
"""
