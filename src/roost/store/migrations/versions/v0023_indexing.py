"""How far messages and customers have been made findable that no version did it for.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table, with nothing made findable yet."""
    table = op.create_table(
        "indexing",
        *(sa.Column(name, TEXT, nullable=False) for name in ("part", "account_id", "key")),
        sa.Column("is_done", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("part", name="pk_indexing"),
    )
    op.bulk_insert(
        table,
        [{"part": part, "account_id": "", "key": ""} for part in ("customers", "messages")],
    )
