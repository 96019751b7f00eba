"""Where copies of our Posts are kept, so that they can be erased.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table."""
    names = ("account_id", "post_id", "kind", "event_key")
    op.create_table(
        "post_copies",
        *(sa.Column(name, TEXT, nullable=False) for name in names),
        sa.PrimaryKeyConstraint(*names, name="pk_post_copies"),
    )
