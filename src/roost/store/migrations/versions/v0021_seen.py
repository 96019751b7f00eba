"""Keep how far the customer has read what we wrote.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add a column that is empty until a customer reads."""
    op.add_column("conversations", sa.Column("seen_position", sa.BigInteger))
