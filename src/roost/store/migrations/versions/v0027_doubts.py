"""How many attempts to send a message have ended in doubt.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the column; what was tried before is counted from now on."""
    op.add_column("outbox", sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
