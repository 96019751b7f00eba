"""What messages and customers are found by, also those that are there already.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from roost.store import search_rows, search_tables

revision = "0018"
down_revision = "0017"

AT_ONCE = 2_000
"""Rows read and written together."""

Values = dict[str, str | int]

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_MESSAGES = (
    "SELECT account_id, message_id, conversation_id, position, text FROM messages"
    " WHERE (account_id, message_id) > (:account, :key)"
    " ORDER BY account_id, message_id LIMIT :limit"
)
_CUSTOMERS = (
    "SELECT account_id, conversation_id, last_position, customer_screen_name, customer_name"
    " FROM conversations WHERE (account_id, conversation_id) > (:account, :key)"
    " ORDER BY account_id, conversation_id LIMIT :limit"
)


def upgrade() -> None:
    """Add the tables, their indexes, and a row for each message and customer."""
    _make("message_words", "message_id", _text("conversation_id"), _whole("position"))
    op.create_index(
        "message_words_conversation", "message_words", ["account_id", "conversation_id"]
    )
    _make("customer_words", "conversation_id", _whole("position"), _whole("named_at"))
    _fill(
        _MESSAGES,
        "INSERT INTO message_words (account_id, message_id, conversation_id, position, words)"
        " VALUES (:account_id, :message_id, :conversation_id, :position, :words)",
        lambda row: {
            "account_id": row[0],
            "message_id": row[1],
            "conversation_id": row[2],
            "position": row[3],
            "words": search_rows.words_of_message(row[0], row[4]),
        },
    )
    _fill(
        _CUSTOMERS,
        "INSERT INTO customer_words (account_id, conversation_id, position, named_at, words)"
        " VALUES (:account_id, :conversation_id, :position, :position, :words)",
        lambda row: {
            "account_id": row[0],
            "conversation_id": row[1],
            "position": row[2],
            "words": search_rows.words_of_customer(row[0], str(row[3]), row[4]),
        },
    )


def _make(table: str, key: str, *columns: sa.Column[str] | sa.Column[int]) -> None:
    op.create_table(
        table,
        _text("account_id"),
        _text(key),
        *columns,
        _text("words"),
        sa.Column("entry", sa.BigInteger()),
        sa.PrimaryKeyConstraint("account_id", key, name=f"pk_{table}"),
    )
    op.create_index(f"{table}_latest", table, ["account_id", "position", key])
    op.create_index(f"{table}_entry", table, ["entry"], unique=True)
    if op.get_context().dialect.name == "sqlite":
        for sql in search_tables.fts5(table, key):
            op.execute(sa.text(sql))
    else:
        op.execute(sa.text(search_tables.gin(table)))


def _fill(
    select: str,
    insert: str,
    row_of: Callable[[sa.Row[str, str, str, int, str]], dict[str, str | int]],
) -> None:
    connection, last = op.get_bind(), ("", "")
    while True:
        rows = connection.execute(
            sa.text(select), {"account": last[0], "key": last[1], "limit": AT_ONCE}
        ).all()
        if not rows:
            return
        connection.execute(sa.text(insert), [row_of(row) for row in rows])
        last = (rows[-1][0], rows[-1][1])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
