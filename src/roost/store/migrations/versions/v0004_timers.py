"""Timers of conversations.

Revision ID: 0004
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make a place for timers."""
    op.create_table(
        "timers",
        *(
            sa.Column(name, _TEXT, nullable=False)
            for name in ("account_id", "conversation_id", "name", "event_key")
        ),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("data", "trace_id")),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "name", name="pk_timers"),
    )
    op.create_index("timers_due", "timers", ["due_at"])
