"""Durable dialogs and their journals.

Revision ID: 0007
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False)


def upgrade() -> None:
    """Make a place for dialogs, and say on each conversation what its dialog waits for."""
    op.create_table(
        "dialogs",
        _text("account_id"),
        _text("conversation_id"),
        _text("dialog_id"),
        _text("name"),
        _text("begun_kind"),
        sa.Column("begun_by", sa.LargeBinary, nullable=False),
        _text("phase"),
        _text("taking"),
        _text("step"),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", "dialog_id", name="pk_dialogs"),
    )
    op.create_table(
        "points",
        _text("account_id"),
        _text("conversation_id"),
        _text("dialog_id"),
        sa.Column("n", sa.Integer, nullable=False, autoincrement=False),
        _text("kind"),
        _text("fingerprint"),
        sa.Column("result", sa.LargeBinary, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "conversation_id", "dialog_id", "n", name="pk_points"
        ),
    )
    op.add_column("conversations", sa.Column("dialog_name", _TEXT))
    op.add_column("conversations", sa.Column("dialog_step", _TEXT))
    op.add_column("conversations", sa.Column("waiting_since", sa.BigInteger))
