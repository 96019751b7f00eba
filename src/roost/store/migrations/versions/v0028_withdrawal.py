"""What becomes of a message that X does not have once a person takes the conversation over.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the column; what bots have said that is still on its way stops at a take-over, too."""
    op.add_column(
        "outbox", sa.Column("withdrawal", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute(
        "UPDATE outbox SET withdrawal = 1 "
        "WHERE lane = 2 AND state IN ('queued', 'sending', 'uncertain')"
    )
