"""Until when a message is held, so that whoever wrote it can still take it back.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the column; what is there already was never held."""
    op.add_column(
        "outbox",
        sa.Column("held_until", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    )
