"""Mailboxes, raw mail and the ledger of what was sent."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The ledger of what goes out, mailboxes, and mail as it came."""
    for part in (LEDGER, MAIL):
        op.execute(part)


LEDGER = """
create table ledger (
    id bigint generated always as identity primary key,
    key text not null unique,                      -- one row per message, person and channel, however often it is asked for
    purpose text not null,
    channel text not null,
    person_id bigint references persons on delete cascade,
    address text not null,
    name text not null default '',
    payload jsonb not null,
    state text not null check (state in ('queued', 'claimed', 'accepted', 'failed', 'unknown', 'cancelled')),
    tries int not null default 0,
    not_before timestamptz not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    message_id text,                               -- the channel's name of it (RFC 5322 Message-ID), known before it goes out
    error text
);
create unique index ledger_message on ledger (message_id);
create index ledger_person on ledger (person_id);
create index ledger_unsettled on ledger (changed_at) where state in ('queued', 'claimed');
create index ledger_address on ledger (channel, address, created_at desc);

-- what goes with it; removed some weeks after it was accepted
create table ledger_files (
    ledger_id bigint not null references ledger on delete cascade,
    n int not null,
    name text not null,
    type text not null,
    content bytea not null,
    inline_id text,
    primary key (ledger_id, n)
);

-- who did what to a row by hand, and every state it went through
create table ledger_changes (
    id bigint generated always as identity primary key,
    ledger_id bigint not null references ledger on delete cascade,
    at timestamptz not null,
    state text not null,
    by_whom text not null,
    words text
);
create index ledger_changes_ledger on ledger_changes (ledger_id, id);
"""

MAIL = """
create table mailboxes (
    id uuid primary key,
    name text not null unique,
    address text not null,                         -- what customers write to
    host text not null,
    port int not null,
    security text not null check (security in ('tls', 'starttls', 'none')),
    login text not null,
    password text not null,                        -- or env:NAME, or file:/path: then it is not in the database
    folders text[] not null,
    department_id uuid,
    language text not null default '',
    created_at timestamptz not null,
    paused_at timestamptz,
    seen_at timestamptz,                           -- last time it answered
    error text,
    error_at timestamptz
);

-- how far each folder was read: UIDs grow and are never given twice while UIDVALIDITY stays (RFC 3501, 2.3.1.1)
create table mailbox_cursors (
    mailbox_id uuid not null references mailboxes on delete cascade,
    folder text not null,
    uid_validity bigint not null,
    uid bigint not null,
    primary key (mailbox_id, folder)
);

create table raw_mails (
    id bigint generated always as identity primary key,
    digest bytea not null unique,                  -- SHA-256 of the bytes: the same mail fetched twice is one row
    message_id text,
    in_reply_to text,
    mailbox_id uuid references mailboxes on delete set null,
    department_id uuid,
    sender text not null default '',               -- of the envelope, as far as known
    recipients text[] not null default '{}',       -- of the envelope
    received_at timestamptz not null,
    size bigint not null,
    raw bytea,                                     -- null once it is not needed any more
    state text not null default 'new' check (state in ('new', 'parsed', 'failed', 'double')),
    parsed_at timestamptz,
    error text
);
alter table raw_mails alter raw set storage external;  -- mail is text in base64: compressing it costs more than it gives
create index raw_mails_new on raw_mails (id) where state = 'new';
create index raw_mails_message on raw_mails (message_id);
create index raw_mails_answers on raw_mails (in_reply_to) where in_reply_to is not null;

-- automatic answers that went out, so that two machines do not write to each other for ever
create table automatic_answers (
    address text not null,
    about text not null default '',                -- a conversation
    at timestamptz not null
);
create index automatic_answers_address on automatic_answers (address, at desc);
"""
