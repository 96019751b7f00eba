"""What was erased, without saying of whom.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from roost.store import erasing_tables

revision = "0019"
down_revision = "0018"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table, and in SQLite what makes its search index forget."""
    op.create_table(
        "erasures",
        *(sa.Column(name, TEXT, nullable=False) for name in ("account_id", "erasure_id")),
        sa.Column("person_id", TEXT, nullable=False),
        sa.Column("n_conversations", sa.Integer(), nullable=False),
        sa.Column("n_messages", sa.Integer(), nullable=False),
        sa.Column("n_deliveries", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "erasure_id", name="pk_erasures"),
    )
    if op.get_context().dialect.name == "sqlite":
        op.execute(sa.text(erasing_tables.FORGET_WORDS))
