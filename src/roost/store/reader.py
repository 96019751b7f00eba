"""Reading beside the writer: a connection and a thread that cannot hold up an acknowledgement."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial

from roost.errors import StoreUnavailable
from roost.store import disk
from roost.store.connection import fetch
from roost.store.statements import Parameters, Query, R


class Reader:
    """Runs queries one after the other on a thread of its own; each sees what is committed."""

    def __init__(self, executor: ThreadPoolExecutor, connection: sqlite3.Connection) -> None:
        self._executor = executor
        self._connection = connection

    async def rows(self, query: Query[R], parameters: Parameters) -> list[R]:
        """Run a query and give all its rows.

        Raises:
            StoreUnavailable: The database cannot be read now.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._executor, partial(fetch, self._connection, query, parameters)
            )
        except sqlite3.DatabaseError as error:
            if not (isinstance(error, sqlite3.OperationalError) or disk.is_damage(error)):
                raise
            raise StoreUnavailable(f"the database cannot be read: {error}") from error


@asynccontextmanager
async def reading(connect: Callable[[], sqlite3.Connection]) -> AsyncGenerator[Reader]:
    """Open a reader, and close its connection and thread on leaving.

    Args:
        connect: Opens the connection; called on the thread.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="roost-reader") as executor:
        connection = await asyncio.get_running_loop().run_in_executor(executor, connect)
        try:
            yield Reader(executor, connection)
        finally:
            executor.submit(connection.close).result()
