"""The durable store in one SQLite file: an adapter of `roost.ports.Store`."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Self

from roost.store import ownership, presence, schema
from roost.store.ballast import Ballast
from roost.store.connection import (
    SqliteSession,
    monotonic_milliseconds,
    open_for_reading,
    open_for_writing,
)
from roost.store.disk import Disk
from roost.store.durable import DurableStore
from roost.store.reader import reading
from roost.store.search_queries import SqliteFinding
from roost.store.transaction import Transaction
from roost.store.writer import Writer


class SqliteStore(DurableStore):
    """`roost.ports.Store` in a SQLite file, owned by this process while it is open."""

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, *, lease_clock: Callable[[], int] = monotonic_milliseconds
    ) -> AsyncGenerator[Self]:
        """Own the file, bring its schema up to date and open it; close cleanly on leaving.

        Leases and `sending` entries of an owner that is gone stay as they are: ending them is the
        engine's first unit.

        Args:
            path: The database file; made, with its folder, where it is missing.
            lease_clock: Milliseconds; must never jump.

        Raises:
            StoreLocked: Another process owns the file.
            DatabaseMissing: There was a database here, and is none any more.
            NewerSchema: A newer Roost wrote it. It is left as it was.
            StoreUnavailable: It cannot be opened so that a commit survives a power cut.
        """
        with ownership.owned(path):
            # Not on a thread: a cancelled start must not let go of the lock while it migrates.
            schema.upgrade(path)
            presence.mark(path)
            connect = partial(open_for_writing, path)
            transaction = partial(_transaction, lease_clock=lease_clock)
            disk = Disk(path, Ballast(path.with_name(f"{path.name}.ballast")))
            async with (
                Writer(connect, transaction, disk) as writer,
                reading(partial(open_for_reading, path)) as reader,
            ):
                yield cls(writer, reader, _Nobody(), SqliteFinding(reader))


class _Nobody:
    """One process owns the file, and wakes itself."""

    async def wakeups(self) -> AsyncGenerator[None]:
        """Wait for ever."""
        while True:
            await asyncio.Event().wait()
            yield

    async def announce(self) -> None:
        """Do nothing."""

    async def work(self) -> None:
        """Do nothing: whoever owns the file works."""

    async def leave(self) -> None:
        """Do nothing: there is nobody who could think that this process lives."""


def _transaction(connection: sqlite3.Connection, *, lease_clock: Callable[[], int]) -> Transaction:
    return Transaction(SqliteSession(connection, lease_clock=lease_clock))
