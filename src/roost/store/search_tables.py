"""Tables of the words by which messages and customers are found, and their indexes.

SQLite looks words up in an FTS5 table, which triggers keep in step; its rows are numbered by
position, so that the newest are found first without sorting. PostgreSQL looks them up in a GIN
index of the words as an array.
"""

from __future__ import annotations

from sqlalchemy import DDL, BigInteger, Column, Index, Table, event

from roost.store.columns import counted, metadata, text_column, whole

message_words = Table(
    "message_words",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("message_id", primary_key=True),
    text_column("conversation_id"),
    whole("position"),
    text_column("words"),
    Column("entry", BigInteger),
    Index("message_words_latest", "account_id", "position", "message_id"),
    Index("message_words_conversation", "account_id", "conversation_id"),
    Index("message_words_entry", "entry", unique=True),
)
"""What each message is found by: `@`, its account and its words, with blanks between.

`entry` is its row of the FTS5 table: the position, or the next free number; empty in PostgreSQL.
"""

customer_words = Table(
    "customer_words",
    metadata,
    text_column("account_id", primary_key=True),
    text_column("conversation_id", primary_key=True),
    whole("position"),
    whole("named_at"),
    text_column("words"),
    Column("entry", BigInteger),
    Index("customer_words_latest", "account_id", "position", "conversation_id"),
    Index("customer_words_entry", "entry", unique=True),
)
"""What each customer is found by: beginnings of their names. `position` is that of the first
message, `named_at` that of the message which brought the names."""

indexing = Table(
    "indexing",
    metadata,
    text_column("part", primary_key=True),
    text_column("account_id"),
    text_column("key"),
    counted("is_done"),
)
"""How far `messages` and `customers` have been made findable that were stored by a version which
did not do it: up to an account and a key of it. A row for each part, from the migration on."""

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


def fts5(table: str, key: str) -> list[str]:
    """Give the SQL of a table's FTS5 index and of the triggers that keep it in step.

    Args:
        table: `message_words` or `customer_words`.
        key: The second column of its primary key.
    """
    return [sql.replace("{table}", table).replace("{key}", key) for sql in _FTS5]


def gin(table: str) -> str:
    """Give the SQL of a table's GIN index."""
    return _GIN.replace("{table}", table)


def _index(table: Table, key: str) -> None:
    event.listen(table, "after_create", DDL(gin(table.name)).execute_if(dialect="postgresql"))
    for sql in fts5(table.name, key):
        event.listen(table, "after_create", DDL(sql).execute_if(dialect="sqlite"))


_index(message_words, "message_id")
_index(customer_words, "conversation_id")
