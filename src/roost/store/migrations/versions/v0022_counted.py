"""Lists counted from their indexes alone, and attempts to log in that all processes know of.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table, and indexes that hold just what lists show."""
    op.create_table(
        "attempts",
        sa.Column("name", _TEXT, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("n", "opens_at", "at")),
        sa.PrimaryKeyConstraint("name", name="pk_attempts"),
    )
    op.create_index("attempts_latest", "attempts", ["at", "name"])
    _partial_index("conversations_listed", "control", "last_at > 0")
    _partial_index(
        "conversations_taken",
        "controller_id",
        "controller_id IS NOT NULL AND snoozed_until IS NULL AND last_at > 0",
    )
    # Each has a narrower successor; a process of the version before asks with the same conditions.
    for name in ("conversations_control", "conversations_person"):
        op.drop_index(name, table_name="conversations")


def _partial_index(name: str, column: str, where: str) -> None:
    columns = ["account_id", column, "queue_key", "conversation_id"]
    condition = sa.text(where)
    op.create_index(
        name, "conversations", columns, sqlite_where=condition, postgresql_where=condition
    )
