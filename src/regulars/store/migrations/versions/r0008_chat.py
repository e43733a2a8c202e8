"""Visitors now on the site, chats."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who may read which chat, who is on the site, invitations, opening hours, and the queue's two indexes."""
    for part in (TICKETS, VISITORS, INVITATIONS, SETTINGS, QUEUE):
        op.execute(part)


TICKETS = """
create table chat_tickets (
    ticket bytea primary key,                      -- SHA-256 of the secret the browser keeps: who knows that may read
    conversation_id uuid not null,                 -- chosen before the first word, so without a reference
    user_id text,                                  -- proven by a person token; from then on the token is needed too
    device text not null,                          -- the anonymous identity it was written under
    created_at timestamptz not null,
    used_at timestamptz not null
);
create index chat_tickets_user on chat_tickets (user_id, used_at desc) where user_id is not null;
create index chat_tickets_conversation on chat_tickets (conversation_id);
"""

VISITORS = """
create unlogged table chat_visitors (              -- who is on the site now; of no worth after a crash
    visitor uuid primary key,                      -- the beginning of the ticket
    kind text not null,
    value text not null,                           -- their identity; '' = none was given
    url text not null default '',
    title text not null default '',
    language text not null default '',
    visits int not null default 0,
    pages int not null default 0,
    since timestamptz not null,
    page_since timestamptz not null,
    seen_at timestamptz not null,
    conversation_id uuid                           -- the chat they are in
);
create index chat_visitors_seen on chat_visitors (seen_at);
create index chat_visitors_conversation on chat_visitors (conversation_id) where conversation_id is not null;
"""

INVITATIONS = """
create table chat_rules (
    id uuid primary key,
    rule jsonb not null,
    position int not null default 0,
    updated_at timestamptz not null,
    updated_by text not null
);
create table chat_invitations (
    id uuid primary key,
    visitor uuid not null,
    text text not null,
    rule_id uuid references chat_rules on delete set null,
    agent_id uuid references agents on delete set null,
    at timestamptz not null,
    answer text check (answer in ('opened', 'dismissed')),
    answered_at timestamptz
);
create index chat_invitations_visitor on chat_invitations (visitor, at desc);
"""

SETTINGS = """
create table chat_settings (
    one boolean primary key default true check (one),
    settings jsonb not null,
    updated_at timestamptz not null,
    updated_by text not null
);
"""

WAITING = "merged_into is null and status in ('new', 'open') and last_channel = 'chat' and waiting_since is not null"
QUEUE = f"""
create index conversations_chat_queue on conversations (waiting_since, id) where {WAITING} and assignee_id is null;
create index conversations_chat_pace on conversations (first_reply_at) where channel = 'chat';
"""
