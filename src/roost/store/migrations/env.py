"""What Alembic runs to migrate: always over the connection of `roost.store.schema`."""

from __future__ import annotations

from alembic import context

from roost.store.people_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
