"""The application's database as the ledger reads it: from outside, whichever database it is."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Protocol, TypeVar

import asyncpg
import msgspec

T = TypeVar("T")

_READ = "SELECT count(*), sum(hashtext(row::text)::bigint) FROM ? AS row"
_BY_TABLE = {"enable_indexscan": "off", "enable_indexonlyscan": "off", "enable_bitmapscan": "off"}
_BY_INDEX = {
    "enable_seqscan": "off",
    "enable_indexscan": "on",
    "enable_indexonlyscan": "on",
    "enable_bitmapscan": "on",
}

Rows = list[tuple[object, ...]]
"""What a query found."""


class Database(Protocol):
    """A database at rest, only read."""

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Run a query that both databases understand, and give all its rows."""
        ...

    def damage(self) -> Iterator[str]:
        """Say what the database itself finds wrong with its files."""
        ...

    def tables(self) -> set[str]:
        """Name the tables there are."""
        ...


class SqliteFile:
    """A SQLite file.

    Args:
        path: The file; a log beside it is read too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Run a query; see `Database.rows`."""
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def damage(self) -> Iterator[str]:
        """Check pages, indexes and references."""
        for (said,) in self.rows("PRAGMA integrity_check"):
            if said != "ok":
                yield str(said)
        for row in self.rows("PRAGMA foreign_key_check"):
            yield f"a reference leads nowhere: {row}"

    def tables(self) -> set[str]:
        """Name the tables there are."""
        return {str(name) for (name,) in self.rows("SELECT name FROM sqlite_schema")}


class PostgresDatabase:
    """A PostgreSQL database. May be read on a running event loop: it uses a thread of its own.

    Args:
        dsn: Of the database.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Run a query; see `Database.rows`."""
        (rows,) = self._fetched(sql, ({},))
        return rows

    def damage(self) -> Iterator[str]:
        """Read every row by the table itself, and again by the table's index, at one moment."""
        for name in sorted(self.tables()):
            by_table, by_index = self._fetched(_READ.replace("?", name), (_BY_TABLE, _BY_INDEX))
            if by_table != by_index:
                yield f"{name} holds {by_table}, its index leads to {by_index}"

    def tables(self) -> set[str]:
        """Name the tables there are."""
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return {str(name) for (name,) in self.rows(named)}

    def _fetched(self, sql: str, ways: Sequence[Mapping[str, str]]) -> list[Rows]:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, _fetched(self._dsn, sql, ways)).result()


def opened(database: Path | str) -> Database:
    """Give the database behind a path (SQLite) or a DSN (PostgreSQL)."""
    return SqliteFile(database) if isinstance(database, Path) else PostgresDatabase(database)


def typed(database: Database, sql: str, row: type[T]) -> list[T]:
    """Run a query and give its rows as tuples of known types.

    Raises:
        msgspec.ValidationError: A column holds something else.
    """
    return msgspec.convert(database.rows(sql), list[row])


async def _fetched(dsn: str, sql: str, ways: Sequence[Mapping[str, str]]) -> list[Rows]:
    connection = await asyncpg.connect(dsn)
    found = list[Rows]()
    try:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for settings in ways:
            for name, value in settings.items():
                await connection.execute(f"SET LOCAL {name} = {value}")
            found.append([tuple(record) for record in await connection.fetch(sql)])
    finally:
        await connection.close()
    return found
