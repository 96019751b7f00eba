"""What people at the desk write with, and how they sort what waits for them.

Revision ID: 0011
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add tables and columns."""
    _make_what_people_write_with()
    _make_what_sorts()


def _make_what_people_write_with() -> None:
    op.create_table(
        "voices",
        _text("account_id"),
        _text("person_id"),
        _text("profile_id"),
        _text("name"),
        sa.PrimaryKeyConstraint("account_id", "person_id", name="pk_voices"),
    )
    op.create_table(
        "drafts",
        _text("account_id"),
        _text("conversation_id"),
        _text("person_id"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _whole("at"),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "person_id", name="pk_drafts"),
    )
    op.create_table(
        "canned_replies",
        _text("account_id"),
        _text("canned_id"),
        _text("name"),
        _text("text"),
        _whole("at"),
        sa.PrimaryKeyConstraint("account_id", "canned_id", name="pk_canned_replies"),
    )
    op.create_index("canned_replies_name", "canned_replies", ["account_id", "name"], unique=True)


def _make_what_sorts() -> None:
    op.add_column("conversations", sa.Column("snoozed_until", sa.BigInteger()))
    op.add_column(
        "conversations", sa.Column("tags", TEXT, nullable=False, server_default=sa.text("''"))
    )
    _partial(
        "conversations_snoozed",
        "conversations",
        ["account_id", "snoozed_until", "conversation_id"],
        where="snoozed_until IS NOT NULL",
    )
    op.create_index("tags_of_account", "tags", ["account_id", "name", "at", "conversation_id"])
    op.create_table(
        "tags_in_use",
        _text("account_id"),
        _text("name"),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_tags_in_use"),
    )
    _partial(
        "outbox_parked",
        "outbox",
        ["account_id", "conversation_id", "outbox_id"],
        where="state = 'parked'",
    )


def _partial(name: str, table: str, columns: list[str], *, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
