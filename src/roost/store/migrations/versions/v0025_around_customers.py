"""An index of what happened around each customer beside messages.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_AROUND = (
    "kind IN ('blocked', 'followed', 'liked', 'mentioned', 'muted', 'quoted', 'replied',"
    " 'reposted', 'unblocked', 'unfollowed', 'unmuted')"
)


def upgrade() -> None:
    """Add the index."""
    condition = sa.text(_AROUND)
    op.create_index(
        "events_around_customer",
        "events",
        ["account_id", "conversation_id", "position", "kind", "event_key"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
