"""Spans in which deliveries may have been missed, and what a list brought.

Revision ID: 0005
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_CONSERVATION = """
CREATE VIEW conservation AS
SELECT events.account_id AS account_id,
       count(*) AS accepted,
       count(*) FILTER (WHERE state = 'done') AS done,
       count(*) FILTER (WHERE state IN ('held', 'new', 'pending')) AS pending,
       count(*) FILTER (WHERE state = 'quarantined' AND reason <> '') AS quarantined,
       count(*) FILTER (WHERE state = 'ignored' AND reason <> '') AS ignored,
       count(*) FILTER (
           WHERE state = 'pending' AND ready_since IS NULL AND lease_until IS NULL
       ) AS stranded
FROM events
LEFT JOIN conversations
       ON state = 'pending'
      AND conversations.account_id = events.account_id
      AND conversations.conversation_id = events.conversation_id
GROUP BY events.account_id
"""

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Say how deliveries came, keep gaps, and take accounts with any events as connected.

    What an older Roost stores meanwhile came by webhook, as the default says. Events that are held
    back are pending for whoever accounts for every event.
    """
    op.add_column(
        "deliveries", sa.Column("source", _TEXT, nullable=False, server_default="webhook")
    )
    held = sa.text("state = 'held'")
    op.create_index(
        "events_held", "events", ["account_id"], sqlite_where=held, postgresql_where=held
    )
    op.execute("DROP VIEW conservation")
    op.execute(_CONSERVATION)
    _make_last_seen()
    _make_gaps()


def _make_last_seen() -> None:
    op.create_table(
        "last_seen",
        sa.Column("account_id", _TEXT, nullable=False),
        *_whole("connected_at", "ok_at", "swept_at"),
        sa.PrimaryKeyConstraint("account_id", name="pk_last_seen"),
    )
    op.execute(
        "INSERT INTO last_seen (account_id, connected_at, ok_at, swept_at)"
        " SELECT account_id, min(received_at), max(received_at), max(received_at) FROM events"
        " WHERE account_id IN (SELECT account_id FROM accounts) GROUP BY account_id"
    )


def _make_gaps() -> None:
    op.create_table(
        "gaps",
        *_text("account_id", "gap_id", "kind", "reason", "state"),
        *_whole("opened_at", "begun_at", "ended_at", "due_at"),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        *_text("cursor"),
        *_maybe("pass_begun_at", "reached_at"),
        *_whole("n_pages", "n_listed", "n_new", "n_new_in_pass"),
        *_text("trouble"),
        *_maybe("unlisted_to", "closed_at", "held_by"),
        sa.PrimaryKeyConstraint("account_id", "gap_id", name="pk_gaps"),
    )
    for name, columns, where in (
        ("gaps_open", ["urgency", "due_at", "account_id", "gap_id"], "state = 'open'"),
        ("gaps_listing", ["account_id", "gap_id"], "state = 'open' AND cursor <> ''"),
    ):
        condition = sa.text(where)
        op.create_index(name, "gaps", columns, sqlite_where=condition, postgresql_where=condition)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, _TEXT, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _maybe(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger()) for name in names]
