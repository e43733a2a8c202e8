"""Departments, presence, second factors, invitations."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DEPARTMENTS = """
create table departments (
    id uuid primary key,
    name text not null,
    address text not null default '',              -- the e-mail address it writes from; empty = the house's
    languages text[] not null default '{}',
    signature jsonb not null default '{}',         -- language → Markdown
    created_at timestamptz not null,
    archived_at timestamptz
);
create unique index departments_name on departments (lower(name)) where archived_at is null;
create table agent_departments (
    agent_id uuid not null references agents on delete cascade,
    department_id uuid not null references departments on delete cascade,
    primary key (agent_id, department_id)
);
create index agent_departments_department on agent_departments (department_id);
"""

AGENTS = """
alter table agents
    add languages text[] not null default '{}',    -- the ones they can answer in
    add signature jsonb not null default '{}',     -- language → Markdown
    add capacity jsonb not null default '{}',      -- channel → how many at once, where it is not the default
    add presence text not null default 'online' check (presence in ('online', 'busy', 'away', 'offline')),
    add presence_since timestamptz,
    add seen_at timestamptz,                       -- null = never: offline, whatever they chose
    add totp_secret text,
    add totp_since timestamptz,                    -- null = begun, not confirmed
    add totp_step bigint not null default 0,       -- the last step used: a code opens once
    add oidc_issuer text,
    add oidc_subject text;
create unique index agents_oidc on agents (oidc_issuer, oidc_subject) where oidc_subject is not null;
create table recovery_codes (
    agent_id uuid not null references agents on delete cascade,
    code_hash text not null,
    used_at timestamptz,
    primary key (agent_id, code_hash)
);
"""

SIGN_IN = """
alter table agent_sessions
    add id uuid not null default gen_random_uuid() unique,
    add address text not null default '',
    add device text not null default '',
    add seen_at timestamptz;
create index agent_sessions_agent on agent_sessions (agent_id);
create table second_factor_tickets (
    token_hash text primary key,
    agent_id uuid not null references agents on delete cascade,
    address text not null,
    device text not null,
    failures int not null default 0,
    expires_at timestamptz not null
);
create table oidc_flows (
    state_hash text primary key,
    nonce text not null,
    verifier text not null,
    next text not null,
    expires_at timestamptz not null
);
create table invitations (
    id uuid primary key,
    email text not null,
    role text not null check (role in ('admin', 'manager', 'agent', 'viewer')),
    departments uuid[] not null default '{}',
    token_hash text not null unique,
    invited_by uuid references agents on delete set null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    revoked_at timestamptz
);
create unique index invitations_open on invitations (email) where accepted_at is null and revoked_at is null;
create index audit_log_who on audit_log (who, id desc);
create index audit_log_did on audit_log (did, id desc);
create trigger audit_not_emptied before truncate on audit_log for each statement execute function refuse_change();
"""


def upgrade() -> None:
    """The tables of the team: who works where, who is there, how they get in."""
    for part in (DEPARTMENTS, AGENTS, SIGN_IN):
        op.execute(part)
