"""Rate budgets, lanes of the outbox, and what holds an account or an app back.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is new; a process of the version before goes on working beside it."""
    _add_lanes()
    _add_holds("accounts")
    _add_holds("apps")
    op.add_column("apps", sa.Column("state", _TEXT, server_default="working", nullable=False))
    _add_allowance()
    _make_budgets()


def _add_lanes() -> None:
    op.add_column("outbox", sa.Column("lane", sa.Integer(), server_default="2", nullable=False))
    _partial_index(
        "outbox_due_by_lane",
        "outbox",
        ["lane", "due_at", "account_id", "outbox_id"],
        "state = 'queued' AND due_at IS NOT NULL",
    )
    _partial_index(
        "outbox_set_aside",
        "outbox",
        ["state", "account_id", "outbox_id"],
        "state IN ('parked', 'dead', 'dropped')",
    )
    # Each has a wider successor; a process of the version before only finds things more slowly.
    for name in ("outbox_due", "outbox_dead"):
        op.drop_index(name, table_name="outbox")


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _add_holds(table: str) -> None:
    op.add_column(table, sa.Column("hold_reason", _TEXT, server_default="", nullable=False))
    for name in ("held_at", "check_at"):
        op.add_column(table, sa.Column(name, sa.BigInteger()))
    op.add_column(table, sa.Column("holds", sa.Integer(), server_default="0", nullable=False))
    _partial_index(f"{table}_to_check", table, ["check_at"], "check_at IS NOT NULL")


def _add_allowance() -> None:
    for name in ("received_at", "received_position"):
        op.add_column("conversations", sa.Column(name, sa.BigInteger()))


def _make_budgets() -> None:
    def whole(*names: str) -> list[sa.Column[int]]:
        return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]

    op.create_table(
        "budgets",
        sa.Column("account_id", _TEXT, nullable=False),
        sa.Column("route", _TEXT, nullable=False),
        *whole("most", "used", "ends_at", "shut_until", "leased", "lease_ends_at"),
        sa.PrimaryKeyConstraint("account_id", "route", name="pk_budgets"),
    )
    op.create_table(
        "app_budgets",
        sa.Column("app_key", _TEXT, nullable=False),
        sa.Column("route", _TEXT, nullable=False),
        *whole("most", "used", "ends_at", "shut_until"),
        sa.PrimaryKeyConstraint("app_key", "route", name="pk_app_budgets"),
    )
