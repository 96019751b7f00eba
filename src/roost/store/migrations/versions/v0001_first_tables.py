"""The first tables.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from roost.store.columns import XID

revision = "0001"
down_revision = None

_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make everything, and name this database's change feed."""
    _make_registry()
    _make_inbox()
    _make_conversations()
    _make_messages()
    _make_outbox()
    _make_feed()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, _TEXT, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _partial_index(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _make_registry() -> None:
    op.create_table(
        "apps",
        *_text("app_key", "app_id", "consumer_key", "webhook_path", "env_name"),
        sa.PrimaryKeyConstraint("app_key", name="pk_apps"),
    )
    op.create_index("apps_webhook_path", "apps", ["webhook_path"], unique=True)
    op.create_table(
        "accounts",
        *_text("account_id", "app_key", "bot", "capabilities", "dialect", "state"),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
    )


def _make_inbox() -> None:
    op.create_table(
        "deliveries",
        *_text("account_id", "delivery_id", "app_key", "dialect", "trace_id"),
        *_whole("received_at"),
        sa.Column("is_duplicate", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "delivery_id", name="pk_deliveries"),
    )
    op.create_table(
        "events",
        *_text("account_id", "kind", "event_key", "channel", "dialect", "conversation_id"),
        *_whole("position"),
        *_text("delivery_id", "trace_id"),
        *_whole("received_at"),
        *_text("state", "reason"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "event_key", name="pk_events"),
    )
    _partial_index("events_new", "events", ["received_at", "position"], "state = 'new'")
    _partial_index(
        "events_pending",
        "events",
        ["account_id", "conversation_id", "position", "event_key"],
        "state = 'pending'",
    )
    _partial_index("events_set_aside", "events", ["state"], "state IN ('ignored', 'quarantined')")


def _make_conversations() -> None:
    op.create_table(
        "conversations",
        *_text("account_id", "conversation_id", "channel"),
        *_text("customer_id", "customer_screen_name", "customer_name"),
        *_text("control", "control_reason"),
        sa.Column("controller_id", _TEXT),
        *_whole("epoch", "fence"),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("ready_since", sa.BigInteger()),
        *_whole("last_at", "last_position"),
        sa.Column("unread", sa.Integer(), nullable=False),
        *_text("preview"),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", name="pk_conversations"),
    )
    _partial_index(
        "conversations_ready", "conversations", ["ready_since"], "ready_since IS NOT NULL"
    )
    _partial_index(
        "conversations_leased", "conversations", ["lease_until"], "lease_until IS NOT NULL"
    )


def _make_messages() -> None:
    op.create_table(
        "messages",
        *_text("account_id", "message_id", "conversation_id"),
        *_whole("position"),
        *_text("direction", "text"),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        *_whole("at"),
        *_text("source_app_id"),
        sa.Column("outbox_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("account_id", "message_id", name="pk_messages"),
    )
    op.create_index(
        "messages_transcript",
        "messages",
        ["account_id", "conversation_id", "position", "message_id"],
    )


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        *_text("account_id"),
        *_whole("outbox_id"),
        *_text("conversation_id", "recipient_id", "state"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        *_whole("baseline", "attempted_at"),
        sa.Column("message_id", _TEXT),
        *_text("reason", "trace_id"),
        *_whole("created_at"),
        sa.PrimaryKeyConstraint("account_id", "outbox_id", name="pk_outbox"),
    )
    _partial_index(
        "outbox_due",
        "outbox",
        ["due_at", "account_id", "outbox_id"],
        "state = 'queued' AND due_at IS NOT NULL",
    )
    by_conversation = ["account_id", "conversation_id", "outbox_id"]
    _partial_index(
        "outbox_open", "outbox", by_conversation, "state IN ('queued', 'sending', 'uncertain')"
    )
    _partial_index(
        "outbox_in_flight", "outbox", by_conversation, "state IN ('sending', 'uncertain')"
    )
    _partial_index("outbox_dead", "outbox", ["account_id"], "state = 'dead'")
    _partial_index(
        "outbox_message",
        "outbox",
        ["account_id", "message_id"],
        "message_id IS NOT NULL",
        unique=True,
    )


def _make_feed() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", _SEQ, nullable=False, autoincrement=True),
        *_text("account_id"),
        sa.Column("xid", XID, nullable=False),
        *_text("kind", "conversation_id", "ref"),
        *_whole("at"),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_account", "changes", ["account_id", "xid", "seq"])
    feed = op.create_table(
        "feed",
        *_text("feed_epoch"),
        sa.PrimaryKeyConstraint("feed_epoch", name="pk_feed"),
    )
    op.bulk_insert(feed, [{"feed_epoch": secrets.token_hex(8)}])
