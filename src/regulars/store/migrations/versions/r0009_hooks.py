"""Webhooks, forms and their deliveries."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of what leads in and out without an agent: webhooks, channels of others, contact forms."""
    for part in (WEBHOOKS, QUEUE, FORGET, CHANNELS, FORMS):
        op.execute(part)


WEBHOOKS = """
create table webhooks (
    id uuid primary key,
    url text not null,
    events text[] not null,
    secret text not null,                          -- signs what we send (standardwebhooks.com)
    created_at timestamptz not null,
    created_by text not null,
    paused_at timestamptz,                         -- null: it is told
    paused_because text not null default ''
);
create table webhook_deliveries (
    id uuid primary key default gen_random_uuid(), -- the same at every try: the receiver can tell a repetition
    webhook_id uuid not null references webhooks on delete cascade,
    event text not null,
    conversation_id uuid not null,
    subject_id bigint,                             -- the message or change it is about
    at timestamptz not null,
    state text not null default 'queued' check (state in ('queued', 'delivered', 'dead')),
    body text,                                     -- JSON, made at the first try, so that every try says the same
    tries int not null default 0,
    next_at timestamptz,
    settled_at timestamptz,
    answered text not null default ''              -- what the other server said last
);
create index webhook_deliveries_dead on webhook_deliveries (settled_at desc) where state = 'dead';
create index webhook_deliveries_webhook on webhook_deliveries (webhook_id, at desc);
create index webhook_deliveries_settled on webhook_deliveries (settled_at) where state = 'delivered';
"""

# In the transaction that says or changes something, whichever process does it: what was said is told, or neither.
# One statement costs one look at a table of a few rows where nobody is to be told. Past brought in is not told.
QUEUE = """
create function queue_webhooks(happened jsonb) returns void language sql as $$
    with told as (
        insert into webhook_deliveries (webhook_id, event, conversation_id, subject_id, at)
        select w.id, h.event, h.conversation, h.subject, h.at
        from jsonb_to_recordset(happened) as h(event text, conversation uuid, subject bigint, at timestamptz)
        join webhooks w on w.paused_at is null and h.event = any(w.events)
        returning id, webhook_id)
    insert into procrastinate_jobs (queue_name, task_name, lock, args)
    select 'regulars', 'hooks.deliver', 'webhook:' || webhook_id, jsonb_build_object('delivery', id) from told
$$;

create function tell_messages() returns trigger language plpgsql as $$
begin
    if exists (select from webhooks where paused_at is null) then
        perform queue_webhooks(coalesce((select jsonb_agg(jsonb_build_object(
            'event', case author when 'agent' then 'message.sent' when 'note' then 'note.written'
                else 'message.received' end,
            'conversation', conversation_id, 'subject', id, 'at', received_at)) from said
            where author <> 'system' and received_at > now() - interval '1 day'), '[]'));
    end if;
    return null;
end $$;
create trigger tell_messages after insert on conversation_messages referencing new table as said
    for each statement execute function tell_messages();

create function tell_opened() returns trigger language plpgsql as $$
begin
    if exists (select from webhooks where paused_at is null) then
        perform queue_webhooks(coalesce((select jsonb_agg(jsonb_build_object(
            'event', 'conversation.opened', 'conversation', id, 'at', created_at)) from opened
            where created_at > now() - interval '1 day'), '[]'));
    end if;
    return null;
end $$;
create trigger tell_opened after insert on conversations referencing new table as opened
    for each statement execute function tell_opened();

create function tell_changed() returns trigger language plpgsql as $$
begin
    if exists (select from webhooks where paused_at is null) then
        perform queue_webhooks(coalesce((select jsonb_agg(jsonb_build_object(
            'event', 'conversation.changed', 'conversation', conversation_id, 'subject', id, 'at', at)) from changed
            where at > now() - interval '1 day'), '[]'));
    end if;
    return null;
end $$;
create trigger tell_changed after insert on conversation_changes referencing new table as changed
    for each statement execute function tell_changed();
"""

# Whoever asks to be forgotten is forgotten here too: what was told, and the words answers were looked up by.
FORGET = """
create function forget_copies() returns trigger language plpgsql as $$
begin
    delete from webhook_deliveries where conversation_id = new.conversation_id;
    delete from answer_suggestions where conversation_id = new.conversation_id;
    return null;
end $$;
create trigger forget_copies after update of erased_at on conversation_messages for each row
    when (old.erased_at is null and new.erased_at is not null) execute function forget_copies();
create index webhook_deliveries_conversation on webhook_deliveries (conversation_id);
"""

CHANNELS = """
create table webhook_channels (                    -- a channel of somebody else's: messages come and go by signed POST
    name text primary key check (name ~ '^[a-z][a-z0-9-]{0,39}$'),
    url text not null,                             -- where our answers go
    secret text not null,                          -- both sides sign with it
    department_id uuid references departments on delete set null,
    created_at timestamptz not null,
    created_by text not null
);
"""

FORMS = """
create table contact_forms (
    id uuid primary key,
    name text not null,
    definition jsonb not null,
    department_id uuid references departments on delete set null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    updated_by text not null,
    archived_at timestamptz
);
"""
