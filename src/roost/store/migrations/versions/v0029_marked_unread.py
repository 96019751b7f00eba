"""Which conversations somebody wants looked at again, in a column of its own.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the column; what had the mark in its number of unread messages has it there."""
    op.add_column(
        "conversations",
        sa.Column("is_marked_unread", sa.Integer(), nullable=False, server_default="0"),
    )
    op.execute(
        "UPDATE conversations SET is_marked_unread = 1, unread = unread - 1048576 "
        "WHERE unread >= 1048576"
    )
