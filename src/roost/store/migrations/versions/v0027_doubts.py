"""How many attempts to send a message have ended in doubt, and when the last one did.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the columns; what was tried before is counted from now on."""
    op.add_column("outbox", sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "outbox", sa.Column("doubted_at", sa.BigInteger(), nullable=False, server_default="0")
    )
