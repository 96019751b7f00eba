"""Rows into a database as fast as it takes them: without its indexes, which are made at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import asyncpg

from roost.store import schema
from roost.store.postgresql import migrating
from roost.store.postgresql.server import Server

Row = dict[str, object]
Part = tuple[str, Sequence[Row]]
"""A table, and rows that all have the same columns."""

_AT_ONCE = 200
"""Parts copied at once: some tens of thousands of rows, so that memory stays small."""

_SEARCHED = ("message_words", "customer_words")

_INDEXES_OF_SQLITE = (
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    " AND (type = 'trigger' OR type = 'index')"
)
_INDEXES_OF_POSTGRESQL = """
SELECT indexes.indexname AS name, indexes.indexdef AS sql
FROM pg_indexes AS indexes
WHERE indexes.schemaname = current_schema()
  AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexes.indexname)
  AND indexes.indexname <> 'alembic_version_pkc'
"""


def fill_sqlite(path: Path, parts: Iterable[Part]) -> None:
    """Make a database file with some rows in it.

    Raises:
        FileExistsError: There is one; it is left as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(exist_ok=False)
    schema.upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        again = list(connection.execute(_INDEXES_OF_SQLITE))
        for kind, name, _ in again:
            connection.execute(f"DROP {kind} {name}")
        for table, rows in parts:
            columns = list(rows[0])
            marks = ", ".join(f":{name}" for name in columns)
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows
            )
        for _, _, sql in again:
            connection.execute(sql)
        for table in _SEARCHED:
            connection.execute(f"INSERT INTO {table}_found ({table}_found) VALUES ('rebuild')")
        connection.commit()
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def fill_postgresql(dsn: str, parts: Iterable[Part]) -> None:
    """Put some rows into an empty database."""
    await migrating.upgrade(Server(dsn))
    connection = await asyncpg.connect(dsn)
    try:
        again = await connection.fetch(_INDEXES_OF_POSTGRESQL)
        for index in again:
            await connection.execute(f'DROP INDEX "{index["name"]}"')
        await _copy(connection, parts)
        await connection.execute("SELECT setval('outbox_ids', max(outbox_id)) FROM outbox")
        await connection.execute("SET maintenance_work_mem = '256MB'")
        for index in again:
            await connection.execute(index["sql"])
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _copy(connection: asyncpg.Connection, parts: Iterable[Part]) -> None:
    left = iter(parts)
    while some := list(islice(left, _AT_ONCE)):
        together: dict[str, list[Row]] = {}
        for table, rows in some:
            together.setdefault(table, []).extend(rows)
        for table, rows in together.items():
            columns = _wanted(table, rows[0])
            records = (tuple(row[name] for name in columns) for row in rows)
            await connection.copy_records_to_table(table, columns=columns, records=records)


def _wanted(table: str, row: Row) -> list[str]:
    """PostgreSQL looks words up by themselves and numbers no entries."""
    return [name for name in row if not (name == "entry" and table in _SEARCHED)]
