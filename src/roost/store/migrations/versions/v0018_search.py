"""Tables of the words that messages and customers are found by, and their indexes.

What is there already is made findable while the application runs, see revision 0023.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_FTS5 = (
    """
CREATE VIRTUAL TABLE {table}_found USING fts5 (
    words, content='{table}', content_rowid='entry', detail=none, tokenize="ascii tokenchars '@'"
)""",
    # The highest place leaves room for numbers behind it that are still whole ones.
    """
CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN
    UPDATE {table} SET entry = CASE
        WHEN NOT EXISTS (
            SELECT 1 FROM {table} WHERE entry = min(new.position, 9223372036853775807)
        ) THEN min(new.position, 9223372036853775807)
        ELSE (
            SELECT taken.entry + 1 FROM {table} AS taken
            WHERE taken.entry >= min(new.position, 9223372036853775807)
              AND NOT EXISTS (SELECT 1 FROM {table} AS next WHERE next.entry = taken.entry + 1)
            ORDER BY taken.entry LIMIT 1
        ) END
    WHERE account_id = new.account_id AND {key} = new.{key};
    INSERT INTO {table}_found (rowid, words)
    SELECT entry, words FROM {table} WHERE account_id = new.account_id AND {key} = new.{key};
END""",
    """
CREATE TRIGGER {table}_changed AFTER UPDATE OF words ON {table} BEGIN
    INSERT INTO {table}_found ({table}_found, rowid, words)
    VALUES ('delete', old.entry, old.words);
    INSERT INTO {table}_found (rowid, words) VALUES (new.entry, new.words);
END""",
    """
CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN
    INSERT INTO {table}_found ({table}_found, rowid, words)
    VALUES ('delete', old.entry, old.words);
END""",
)

_GIN = "CREATE INDEX {table}_found ON {table} USING gin (string_to_array(words, ' '))"


def upgrade() -> None:
    """Add the tables and their indexes."""
    _make("message_words", "message_id", _text("conversation_id"), _whole("position"))
    op.create_index(
        "message_words_conversation", "message_words", ["account_id", "conversation_id"]
    )
    _make("customer_words", "conversation_id", _whole("position"), _whole("named_at"))


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
        for sql in _FTS5:
            op.execute(sa.text(sql.replace("{table}", table).replace("{key}", key)))
    else:
        op.execute(sa.text(_GIN.replace("{table}", table)))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
