"""What re-ranking and exploration keep."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What re-ranking and exploration keep of a decision."""
    op.execute(TASTE)


TASTE = """
alter table decisions
    add column reranker_id uuid,                   -- what adjusted the order, when something did
    add column pool bytea;                         -- the head of the candidates with what was known of each: to learn an order from
create table rerankers (
    id uuid primary key,
    trees jsonb not null,
    report jsonb not null,                         -- the off-policy estimates it was judged by
    created_at timestamptz not null,
    serving_since timestamptz,
    refused text                                   -- why it does not serve, when it does not
);
create index rerankers_serving on rerankers (serving_since) where serving_since is not null;
-- what became of decisions: events that name one
create index events_of_decisions on events (at) where properties ? 'decision';
"""
