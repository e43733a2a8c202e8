"""The queue of jobs."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema = (Path(__file__).parent.parent / "sql" / "procrastinate_3_10.sql").read_text()
    op.get_bind().exec_driver_sql(schema.replace("%", "%%"))  # the driver reads % as its own
