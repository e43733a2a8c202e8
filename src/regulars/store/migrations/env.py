"""Alembic's entry: runs on the connection that `store.migrate` opened and locked."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
context.run_migrations()
