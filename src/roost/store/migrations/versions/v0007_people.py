"""People who log in, what they do beside messages, and what the list of conversations needs.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_NOBODY_WAITS = 1 << 60
"""From here on the order of conversations in which nobody waits begins, the newest first."""


def upgrade() -> None:
    """Add tables, columns and indexes; conversations there are already wait for nobody."""
    _make_people()
    _make_what_people_do()
    op.add_column(
        "conversations",
        sa.Column("queue_key", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column(
        "conversations",
        sa.Column("last_direction", TEXT, nullable=False, server_default=sa.text("''")),
    )
    conversations = sa.table("conversations", sa.column("queue_key"), sa.column("last_at"))
    op.execute(conversations.update().values(queue_key=_NOBODY_WAITS - conversations.c.last_at))
    op.create_index(
        "conversations_control",
        "conversations",
        ["account_id", "control", "queue_key", "conversation_id"],
    )
    op.create_index(
        "conversations_activity", "conversations", ["account_id", "last_at", "conversation_id"]
    )
    _partial(
        "conversations_person",
        "conversations",
        ["account_id", "controller_id", "queue_key", "conversation_id"],
        where="controller_id IS NOT NULL",
    )
    op.add_column(
        "outbox", sa.Column("person_id", TEXT, nullable=False, server_default=sa.text("''"))
    )
    _partial(
        "outbox_failed",
        "outbox",
        ["account_id", "conversation_id", "outbox_id"],
        where="state = 'dead'",
    )


def _make_people() -> None:
    op.create_table(
        "people",
        _text("person_id"),
        _text("login"),
        _text("name"),
        _text("role"),
        _text("accounts"),
        _text("password_hash"),
        _text("state"),
        _whole("created_at"),
        sa.PrimaryKeyConstraint("person_id", name="pk_people"),
    )
    op.create_index("people_login", "people", ["login"], unique=True)
    op.create_table(
        "sessions",
        _text("token_hash"),
        _text("person_id"),
        _whole("created_at"),
        _whole("seen_at"),
        _whole("ends_at"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("sessions_person", "sessions", ["person_id"])
    op.create_table(
        "links",
        _text("token_hash"),
        _text("person_id"),
        _text("purpose"),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        _whole("ends_at"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_links"),
    )


def _make_what_people_do() -> None:
    op.create_table(
        "requests",
        _text("account_id"),
        _text("person_id"),
        _text("request_key"),
        _text("fingerprint"),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        _whole("at"),
        sa.PrimaryKeyConstraint("account_id", "person_id", "request_key", name="pk_requests"),
    )
    op.create_table(
        "remarks",
        _text("account_id"),
        _text("remark_id"),
        _text("conversation_id"),
        _text("kind"),
        _text("person_id"),
        _text("text"),
        _whole("at"),
        sa.PrimaryKeyConstraint("account_id", "remark_id", name="pk_remarks"),
    )
    op.create_index(
        "remarks_transcript", "remarks", ["account_id", "conversation_id", "at", "remark_id"]
    )


def _partial(name: str, table: str, columns: list[str], *, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
