"""A database with many messages in it, made by the database itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg

from roost.store import schema
from roost.store.postgresql import migrating
from roost.store.postgresql.server import Server

ACCOUNT = "1001"
READY = 200
"""How many conversations wait for a turn, however many there are."""

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"

_CONVERSATIONS = """
INSERT INTO conversations (account_id, conversation_id, channel, customer_id, customer_screen_name,
    customer_name, control, control_reason, epoch, fence, ready_since, last_at, last_position,
    unread, preview)
{numbers}
SELECT '1001', '1001-' || i, 'dm', '' || i, 'sam', 'Sam Roe', 'bot', '', 0, 1,
    CASE WHEN i <= {ready} THEN i END, i, i, 0, 'Where is my parcel?'
FROM n
"""

_MESSAGES = """
INSERT INTO messages (account_id, message_id, conversation_id, position, direction, text, payload,
    at, source_app_id)
{numbers}
SELECT '1001', '' || i, '1001-' || (1 + i % {conversations}), i, 'in',
    'Hello, my parcel was to come on Tuesday and it is not here yet.', {empty}, i, ''
FROM n
"""

_EVENTS = """
INSERT INTO events (account_id, kind, event_key, channel, dialect, conversation_id, position,
    delivery_id, trace_id, received_at, state, reason, attempts, payload)
{numbers}
SELECT '1001', 'message_received', '' || i, 'dm', 'v1', '1001-' || (1 + i % {conversations}), i,
    '', '', i, 'done', '', 1, {empty}
FROM n
"""

_ACCOUNTS = (
    "INSERT INTO accounts (account_id, app_key, bot, capabilities, dialect, state)"
    " VALUES ('1001', 'main', 'silent', 'x-v1', 'v1', 'connected')"
)


def statements(messages: int, empty: str) -> list[str]:
    """Give the SQL that makes so many messages, ten for each conversation."""
    conversations = messages // 10
    named = {"conversations": conversations, "empty": empty, "ready": READY}
    return [_ACCOUNTS] + [
        sql.format(numbers=_NUMBERS.format(rows=rows), **named)
        for sql, rows in (
            (_CONVERSATIONS, conversations),
            (_MESSAGES, messages),
            (_EVENTS, messages),
        )
    ]


def seed_sqlite(path: Path, messages: int) -> None:
    """Make a database file with so many messages."""
    path.parent.mkdir(parents=True, exist_ok=True)
    schema.upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        for sql in statements(messages, "x''"):
            connection.execute(sql)
        connection.commit()
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def seed_postgresql(dsn: str, messages: int) -> None:
    """Put so many messages into an empty database."""
    await migrating.upgrade(Server(dsn))
    connection = await asyncpg.connect(dsn)
    try:
        for sql in statements(messages, "''::bytea"):
            await connection.execute(sql)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
