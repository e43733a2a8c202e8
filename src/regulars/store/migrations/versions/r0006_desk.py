"""Conversations."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of the desk: conversations, what was said in them, who takes part, and every change."""
    for part in (CONVERSATIONS, LISTS, MESSAGES, TAKING_PART, CHANGES, AGENTS_OWN):
        op.execute(part)


CONVERSATIONS = """
create table conversations (
    id uuid primary key,
    number bigint generated always as identity unique,            -- what people cite: #1234
    root_id uuid not null,                         -- itself, or the conversation it was merged into, at the end of the chain
    merged_into uuid references conversations,     -- the one it was merged into, itself perhaps merged further
    subject text not null default '',
    channel text not null check (channel in ('chat', 'email', 'form', 'api', 'webhook')),  -- where it began
    last_channel text not null,                    -- where the customer wrote last
    status text not null default 'new'
        check (status in ('new', 'open', 'pending', 'on_hold', 'solved', 'closed', 'spam')),
    priority smallint not null default 1 check (priority between 0 and 3),                 -- low, normal, high, urgent
    person_id bigint,                              -- the node it began with; outlives the person, without their words
    name text not null default '',                 -- as whoever began it called themselves
    address text not null default '',
    department_id uuid references departments on delete set null,
    assignee_id uuid references agents on delete set null,
    language text not null default '',
    tags text[] not null default '{}',
    fields jsonb not null default '{}',
    snoozed_until timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,               -- any change
    last_at timestamptz not null,                  -- newest message: what lists are sorted by
    last_message_id bigint not null default 0,
    last_customer_message_id bigint not null default 0,           -- unread for whoever has not seen it
    last_author text not null default 'customer',
    preview text not null default '',
    messages int not null default 0,
    waiting_since timestamptz,                     -- the customer's oldest unanswered message; null: not our turn
    due_at timestamptz,                            -- until when the answer is owed
    first_reply_at timestamptz,
    solved_at timestamptz,
    folded jsonb not null default '{}',            -- subject, name, address, tags and fields, folded, for "contains"
    search tsvector not null default ''            -- subject, tags, names and addresses, folded
) with (fillfactor = 90);
create index conversations_merged on conversations (merged_into) where merged_into is not null;
create index conversations_root on conversations (root_id) where merged_into is not null;
create index conversations_person on conversations (person_id) where person_id is not null;
create index conversations_tags on conversations using gin (tags);
create index conversations_search on conversations using gin (search);
create index conversations_snoozed on conversations (snoozed_until) where snoozed_until is not null;
create index conversations_solved on conversations (solved_at) where status = 'solved';
create table conversation_fields (name text primary key, definition jsonb not null, position int not null default 0);
create table conversation_links (
    a_id uuid not null references conversations,   -- the later one
    b_id uuid not null references conversations,
    kind text not null check (kind in ('related', 'follow_up', 'split')),
    at timestamptz not null,
    by_whom text not null,
    primary key (a_id, b_id)
);
create index conversation_links_b on conversation_links (b_id);
"""

# Every list is walked along one of these: by department first (the nil UUID for none), since agents see their own.
NIL = "'00000000-0000-0000-0000-000000000000'::uuid"
HOME = f"(coalesce(department_id, {NIL}))"
LISTED = "merged_into is null and status <> 'spam'"
ACTIVE = "merged_into is null and status in ('new', 'open', 'pending', 'on_hold')"
LISTS = f"""
create index conversations_all on conversations (last_at desc, id desc) where {LISTED};
create index conversations_home on conversations ({HOME}, last_at desc, id desc) where {LISTED};
create index conversations_spam on conversations ({HOME}, last_at desc, id desc)
    where merged_into is null and status = 'spam';
create index conversations_active on conversations ({HOME}, last_at desc, id desc) where {ACTIVE};
create index conversations_unassigned on conversations ({HOME}, last_at desc, id desc)
    where {ACTIVE} and assignee_id is null;
create index conversations_mine on conversations (assignee_id, last_at desc, id desc)
    include (waiting_since, due_at, snoozed_until) where {ACTIVE};
create index conversations_assigned on conversations (assignee_id, last_at desc, id desc)
    where {LISTED} and assignee_id is not null;
create index conversations_waiting on conversations ({HOME}, waiting_since, id)
    where {ACTIVE} and waiting_since is not null;
create index conversations_due on conversations ({HOME}, due_at, id) where {ACTIVE} and due_at is not null;
"""

MESSAGES = """
create table conversation_messages (
    id bigint generated always as identity primary key,           -- in a conversation, the order they came in
    conversation_id uuid not null references conversations,       -- where it is read: the root of origin_id, always
    origin_id uuid not null references conversations,             -- where it was written to: parting a merge is exact
    at timestamptz not null,
    received_at timestamptz not null,
    channel text not null,
    author text not null check (author in ('customer', 'agent', 'note', 'system', 'automatic')),
    agent_id uuid references agents on delete set null,
    person_id bigint,
    name text not null default '',
    address text not null default '',
    subject text not null default '',
    text text not null default '',
    html text not null default '',
    quoted text not null default '',
    language text not null default '',
    key text not null unique,                      -- chosen by the sender: the same key is one message
    message_id text,                               -- RFC 5322 Message-ID, where there is one
    ledger_id bigint,                              -- the line of the ledger it went out by
    withdrawn_at timestamptz,                      -- an agent took it back
    erased_at timestamptz,                         -- the person asked to be forgotten: the words are gone
    meta jsonb not null default '{}',
    search tsvector not null default ''            -- words, folded, and who said them
);
create index conversation_messages_thread on conversation_messages (conversation_id, id);
create index conversation_messages_rfc on conversation_messages (message_id) where message_id is not null;
create index conversation_messages_ledger on conversation_messages (ledger_id) where ledger_id is not null;
create index conversation_messages_person on conversation_messages (person_id) where person_id is not null;
alter table conversation_messages alter column search set statistics 400;   -- common and rare words want other plans
create index conversation_messages_search on conversation_messages using gin (search);
create table attachment_contents (digest bytea primary key, content bytea not null);
alter table attachment_contents alter column content set storage external;   -- pictures and archives are packed already
create table attachments (
    id uuid primary key,
    message_id bigint not null references conversation_messages on delete cascade,
    position smallint not null,
    name text not null,
    type text not null,
    size bigint not null,
    inline_id text not null default '',            -- Content-ID of a picture inside the HTML
    digest bytea not null references attachment_contents
);
create index attachments_message on attachments (message_id);
create index attachments_digest on attachments (digest);
"""

TAKING_PART = """
create table conversation_people (
    conversation_id uuid not null references conversations,
    origin_id uuid not null references conversations,
    person_id bigint,
    address text not null default '',              -- folded
    name text not null default '',
    since timestamptz not null
);
create unique index conversation_people_once on conversation_people (origin_id, coalesce(person_id, 0), address);
create index conversation_people_conversation on conversation_people (conversation_id);
create index conversation_people_person on conversation_people (person_id) where person_id is not null;
create index conversation_people_address on conversation_people (address) where address <> '';
create table conversation_followers (
    conversation_id uuid not null references conversations,
    origin_id uuid not null references conversations,
    agent_id uuid not null references agents on delete cascade,
    since timestamptz not null,
    primary key (origin_id, agent_id)
);
create index conversation_followers_agent on conversation_followers (agent_id, conversation_id);
create index conversation_followers_conversation on conversation_followers (conversation_id);
create table mentions (
    message_id bigint not null references conversation_messages on delete cascade,
    agent_id uuid not null references agents on delete cascade,
    at timestamptz not null,
    primary key (message_id, agent_id)
);
create index mentions_agent on mentions (agent_id, message_id desc);
"""

CHANGES = """
create table mass_changes (
    id uuid primary key,
    at timestamptz not null,
    by_agent uuid references agents on delete set null,
    by_whom text not null,
    change jsonb not null,
    conversations int not null,
    undone_at timestamptz
);
create table conversation_changes (
    id bigint generated always as identity primary key,
    conversation_id uuid not null references conversations,
    at timestamptz not null,
    by_agent uuid references agents on delete set null,
    by_whom text not null,
    kind text not null,
    before jsonb not null,
    after jsonb not null,
    mass_id uuid references mass_changes
);
create index conversation_changes_conversation on conversation_changes (conversation_id, id);
create index conversation_changes_mass on conversation_changes (mass_id) where mass_id is not null;
create trigger conversation_changes_append_only before update on conversation_changes
    for each row when ((old.id, old.conversation_id, old.at, old.kind, old.by_whom)
                       is distinct from (new.id, new.conversation_id, new.at, new.kind, new.by_whom))
    execute function refuse_change();
"""

AGENTS_OWN = """
create table seen_marks (
    conversation_id uuid not null references conversations,
    agent_id uuid not null,                        -- the nil UUID: the customer
    message_id bigint not null,
    at timestamptz not null,
    primary key (conversation_id, agent_id)
);
create table drafts (
    conversation_id uuid not null references conversations,
    agent_id uuid not null references agents on delete cascade,
    draft jsonb not null,
    at timestamptz not null,
    primary key (conversation_id, agent_id)
);
create table saved_views (
    id uuid primary key,
    owner_id uuid references agents on delete cascade,            -- null: everybody's
    name text not null,
    condition jsonb not null,
    position int not null default 0,
    created_at timestamptz not null
);
create index saved_views_owner on saved_views (owner_id, position);
create unlogged table looking (                    -- who has it on their screen; of no worth after a crash
    conversation_id uuid not null,
    agent_id uuid not null,
    typing_at timestamptz,
    at timestamptz not null,
    primary key (conversation_id, agent_id)
);
"""
