"""Find what comes back from a snooze, whichever account it is of.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add an index of what is snoozed, by time alone."""
    is_snoozed = sa.text("snoozed_until IS NOT NULL")
    op.create_index(
        "conversations_coming_back",
        "conversations",
        ["snoozed_until"],
        sqlite_where=is_snoozed,
        postgresql_where=is_snoozed,
    )
