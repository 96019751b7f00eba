"""Connections to a SQLite file; what a promise rests on is checked after it was asked for."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from roost.errors import StoreUnavailable
from roost.store import encoding
from roost.store.statements import Command, Parameters, Query, R

_BUSY_SECONDS = 1.5
"""How long a commit waits for a foreign process; an answer to X must go out within 2 s."""

_CACHED_STATEMENTS = 256
_OLDEST_SQLITE = (3, 35, 0)
_FULL = 2

_INDEXED_BY_TRIGGER = """
CREATE TABLE a (words TEXT);
CREATE VIRTUAL TABLE b USING fts5 (words, content='a');
CREATE TRIGGER c AFTER INSERT ON a BEGIN
    INSERT INTO b (rowid, words) VALUES (new.rowid, new.words);
END;
"""
"""The least of what keeps a search index in step."""

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    # What is erased is overwritten, not only unlinked.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -8000",
    # A checkpoint cuts the log back to 64 MB after a long read has let it grow.
    "PRAGMA journal_size_limit = 67108864",
)


def monotonic_milliseconds() -> int:
    """Give the clock of leases: it never jumps, and means nothing to another process."""
    return time.monotonic_ns() // 1_000_000


class SqliteSession:
    """`roost.store.statements.Session` on one SQLite connection. Never really waits."""

    __slots__ = ("_connection", "_lease_clock")

    holder = None

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        lease_clock: Callable[[], int] = monotonic_milliseconds,
    ) -> None:
        self._connection = connection
        self._lease_clock = lease_clock

    async def rows(self, query: Query[R], parameters: Parameters) -> list[R]:
        """Run a query and give all its rows."""
        return fetch(self._connection, query, parameters)

    async def rows_each(self, query: Query[R], parameters: Sequence[Parameters]) -> list[R]:
        """Run a query once per set of parameters; give the rows of all, one after the other."""
        return [row for one in parameters for row in fetch(self._connection, query, one)]

    async def run(self, command: Command, parameters: Parameters) -> int:
        """Run a command and give the number of rows it changed."""
        return self._connection.execute(
            command.sql, encoding.storable_parameters(parameters)
        ).rowcount

    async def run_each(self, command: Command, parameters: list[Parameters]) -> None:
        """Run a command once per set of parameters."""
        if parameters:
            self._connection.executemany(
                command.sql, [encoding.storable_parameters(one) for one in parameters]
            )

    async def lease_now(self) -> int:
        """Give the clock of leases in milliseconds."""
        return self._lease_clock()

    async def hold(self, account_id: str, conversation_id: str) -> None:
        """Do nothing: there is no other writer."""

    def now_holds(self, account_id: str, conversation_id: str) -> None:
        """Do nothing: there is no other writer."""

    async def may_file(self) -> bool:
        """Say yes: there is no other writer."""
        return True

    async def stop_filing(self) -> None:
        """Do nothing: there is no other writer."""


def fetch(connection: sqlite3.Connection, query: Query[R], parameters: Parameters) -> list[R]:
    """Run a query on a connection and give all its rows."""
    storable = encoding.storable_parameters(parameters)
    if query.constants:
        storable = {**query.constants, **storable}
    return connection.execute(query.sql, storable).fetchall()


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open the one connection that writes, in write-ahead mode with full sync.

    Transactions are begun and ended by statements only. To be used by the thread that opens it.

    Raises:
        StoreUnavailable: SQLite is too old, the file system cannot keep a write-ahead log, or the
            file is no database or held by another program.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreUnavailable(f"SQLite {sqlite3.sqlite_version} is older than 3.35")
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, cached_statements=_CACHED_STATEMENTS
    )
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise StoreUnavailable(f"{path} cannot be opened: {error}") from error
    except StoreUnavailable:
        connection.close()
        raise
    return connection


@cache
def must_trust_schema() -> bool:
    """Tell whether this SQLite lets triggers keep a search index in step in trusted schemas only.

    Where it does, `trusted_schema` has to be on for whoever writes. What it lets a schema reach are
    functions and tables with side effects of ours, and we have none.
    """
    with closing(sqlite3.connect(":memory:")) as tried:
        tried.execute("PRAGMA trusted_schema = OFF")
        tried.executescript(_INDEXED_BY_TRIGGER)
        try:
            tried.execute("INSERT INTO a VALUES ('x')")
        except sqlite3.OperationalError:
            return True
    return False


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute(f"PRAGMA trusted_schema = {'ON' if must_trust_schema() else 'OFF'}")
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    if pragma_of(connection, "journal_mode = WAL") != "wal":
        raise StoreUnavailable(f"{path}: this file system cannot keep a write-ahead log")
    set_synchronous(connection, "FULL", expected=_FULL)


def set_synchronous(connection: sqlite3.Connection, level: str, *, expected: int) -> None:
    """Set how far a commit waits for the disk, and check that SQLite obeys.

    Must be called outside a transaction, where SQLite would ignore it.

    Raises:
        StoreUnavailable: The level did not take.
    """
    connection.execute(f"PRAGMA synchronous = {level}")
    if pragma_of(connection, "synchronous") != expected:
        raise StoreUnavailable(f"SQLite did not take synchronous = {level}")


def checkpoint(connection: sqlite3.Connection) -> None:
    """Move all of the write-ahead log into the database file, and leave the log empty.

    Raises:
        StoreUnavailable: Somebody reads what is in the log.
        sqlite3.Error: The disk does not take it.
    """
    if pragma_of(connection, "wal_checkpoint(TRUNCATE)"):
        raise StoreUnavailable("the log cannot be emptied: another program reads the database")


def pragma_of(connection: sqlite3.Connection, pragma: str) -> str | int:
    """Give the one value a pragma answers with."""
    with closing(connection.execute(f"PRAGMA {pragma}")) as cursor:
        return cursor.fetchone()[0]


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open a connection that can neither write nor checkpoint.

    To be used by the thread that opens it, and closed before the writing one.
    """
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        cached_statements=_CACHED_STATEMENTS,
    )
    connection.execute("PRAGMA query_only = ON")
    return connection
