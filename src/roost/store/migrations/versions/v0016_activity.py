"""What admins look into: what was refused, and the indexes of the lists.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_LISTED = ["kind", "received_at", "event_key"]


def upgrade() -> None:
    """Add a table and indexes."""
    op.create_table(
        "rejections",
        sa.Column("app_key", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        _whole("minute"),
        _whole("n"),
        _whole("first_at"),
        _whole("last_at"),
        sa.PrimaryKeyConstraint("app_key", "reason", "minute", name="pk_rejections"),
    )
    op.create_index("events_activity", "events", ["account_id", *_LISTED])
    _partial(
        "events_unusual",
        "events",
        ["account_id", "state", *_LISTED],
        where="state IN ('ignored', 'quarantined')",
    )
    _partial(
        "events_late", "events", ["account_id", *_LISTED], where="substr(reason, 1, 4) = 'late'"
    )
    _partial(
        "deliveries_repeated",
        "deliveries",
        ["account_id", "received_at", "delivery_id"],
        where="is_duplicate = 1",
    )
    op.create_index("outbox_trace", "outbox", ["account_id", "trace_id", "outbox_id"])


def _partial(name: str, table: str, columns: list[str], *, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
