"""Tokens of accounts, sealed, and sign-ins under way.

Revision ID: 0010
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add two tables."""
    op.create_table(
        "account_tokens",
        *map(_text, ("account_id", "name", "app_key", "bot", "screen_name", "access_level")),
        _text("key_id"),
        *map(_bytes, ("wrapped_key", "access_token", "access_token_secret")),
        sa.Column("put_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_tokens"),
    )
    op.create_index("account_tokens_name", "account_tokens", ["name"], unique=True)
    op.create_table(
        "sign_ins",
        *map(_text, ("ticket_hash", "name", "app_key", "bot", "browser_hash", "request_token")),
        _text("key_id"),
        *map(_bytes, ("wrapped_key", "request_secret")),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_hash", name="pk_sign_ins"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)
