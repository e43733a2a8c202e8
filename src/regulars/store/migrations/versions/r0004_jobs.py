"""The queue of jobs: the tables of procrastinate 3.10, as that version brings them (its minor version is pinned)."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables, types and functions of the queue."""
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))  # the driver reads % as its own
