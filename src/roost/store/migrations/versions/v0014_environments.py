"""In which environment of its app an account is subscribed.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add a column to accounts that were connected, and to sign-ins under way."""
    for table in ("account_tokens", "sign_ins"):
        op.add_column(table, sa.Column("env_name", TEXT, nullable=False, server_default=""))
