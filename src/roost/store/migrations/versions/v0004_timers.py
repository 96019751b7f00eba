"""Timers, events that come late, history, and a view that accounts for every event.

Revision ID: 0004
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"

_CONSERVATION = """
CREATE VIEW conservation AS
SELECT events.account_id AS account_id,
       count(*) AS accepted,
       count(*) FILTER (WHERE state = 'done') AS done,
       count(*) FILTER (WHERE state IN ('new', 'pending')) AS pending,
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
    """Make a place for timers; let a conversation know how far it was handled."""
    _make_timers()
    op.add_column("conversations", sa.Column("handled_position", sa.BigInteger()))
    op.add_column("events", sa.Column("is_history", sa.Integer()))
    op.execute(_CONSERVATION)


def _make_timers() -> None:
    op.create_table(
        "timers",
        *(
            sa.Column(name, _TEXT, nullable=False)
            for name in ("account_id", "conversation_id", "name", "event_key")
        ),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("data", "trace_id")),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "name", name="pk_timers"),
    )
    op.create_index("timers_due", "timers", ["due_at"])
