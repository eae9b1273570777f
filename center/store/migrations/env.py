"""Run by alembic. The connection comes from `center.store.migrate`, never from a file."""

from alembic import context

from center.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
