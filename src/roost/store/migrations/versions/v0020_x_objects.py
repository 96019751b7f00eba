"""What accounts have at X under a name; and our own Posts, found by their order.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table and the index."""
    op.create_table(
        "x_objects",
        *(sa.Column(name, TEXT, nullable=False) for name in ("account_id", "kind", "name", "x_id")),
        sa.Column("is_default", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "name", name="pk_x_objects"),
    )
    is_ours = sa.text("kind = 'posted'")
    op.create_index(
        "events_posted",
        "events",
        ["account_id", "position"],
        sqlite_where=is_ours,
        postgresql_where=is_ours,
    )
