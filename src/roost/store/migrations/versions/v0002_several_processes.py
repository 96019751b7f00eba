"""What several processes on one database need to know of each other.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Say who holds what, order the feed by transaction, number the outbox without waiting."""
    op.add_column("conversations", sa.Column("held_by", sa.BigInteger()))
    op.add_column("outbox", sa.Column("held_by", sa.BigInteger()))
    op.create_index("changes_order", "changes", ["xid", "seq"])
    op.drop_index("changes_account", table_name="changes")
    if op.get_context().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("outbox_ids")))
