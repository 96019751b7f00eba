"""What X has of the files that bots' messages carry.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "uploads",
        *(sa.Column(name, TEXT, nullable=False) for name in ("account_id", "digest")),
        sa.Column("media_id", TEXT, nullable=False, server_default=""),
        sa.Column("good_until", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("refusal", TEXT, nullable=False, server_default=""),
        sa.Column("held_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("account_id", "digest", name="pk_uploads"),
    )
