"""The company as its customers see it."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row: the name, the colour and the addresses customers see."""
    op.execute("""
create table company (
    one boolean primary key default true check (one),
    name text not null,
    colour text not null default '',               -- #rrggbb; '' is ours
    site text not null default '',                 -- where its own site is
    updated_at timestamptz not null,
    updated_by text not null
);""")
