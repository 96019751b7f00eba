"""What was erased, without saying of whom.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_FORGET_WORDS = """
CREATE TRIGGER erasures_forget_words AFTER INSERT ON erasures BEGIN
    INSERT INTO message_words_found (message_words_found) VALUES ('optimize');
    INSERT INTO customer_words_found (customer_words_found) VALUES ('optimize');
END"""


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
        op.execute(sa.text(_FORGET_WORDS))
