"""A row to be changed for no other reason than to see that the disk keeps it.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column that is counted up."""
    op.add_column(
        "feed", sa.Column("beats", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
