"""What X is asked to deliver again.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Keep the spans, and how far they have come."""
    op.create_table(
        "replays",
        *_text("app_key", "replay_id", "reason", "state"),
        *_whole("opened_at", "begun_at", "ended_at", "due_at", "reached_at"),
        *_text("job_id"),
        *_maybe("job_until"),
        *_whole("n_jobs"),
        *_text("heard_id", "heard_state", "trouble"),
        *_maybe("lost_to", "closed_at", "held_by"),
        sa.PrimaryKeyConstraint("app_key", "replay_id", name="pk_replays"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "replays_open",
        "replays",
        ["due_at", "app_key", "replay_id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, _TEXT, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _maybe(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger()) for name in names]
