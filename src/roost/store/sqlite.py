"""The durable store in one SQLite file: the adapter of `roost.ports.Store`."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from roost.model.ids import UserId
from roost.ports import Delivery, Unit
from roost.store import change_rows, counts, inbox, ownership, registry, schema
from roost.store.batch import CommitStats
from roost.store.change_rows import Change, FeedPosition
from roost.store.connection import SqliteSession, open_for_reading, open_for_writing
from roost.store.counts import Counts
from roost.store.reader import Reader, reading
from roost.store.registry import AccountRow, AppRow
from roost.store.transaction import Transaction
from roost.store.writer import Writer

T = TypeVar("T")


def monotonic_milliseconds() -> int:
    """Give the clock of leases: it never jumps, and means nothing to another process."""
    return time.monotonic_ns() // 1_000_000


class SqliteInbox:
    """`roost.ports.Inbox` in a SQLite file."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def put(self, delivery: Delivery) -> int:
        """Store a delivery and its events; on return they survive a power cut.

        Characters that a database refuses are replaced, see `roost.store.encoding`. A delivery that
        brings nothing new leaves a row without a body.
        """
        return await self._writer.put(inbox.rows_of(delivery))


class SqliteStore:
    """`roost.ports.Store` in a SQLite file, owned by this process while it is open."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader
        self._inbox = SqliteInbox(writer)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, *, lease_clock: Callable[[], int] = monotonic_milliseconds
    ) -> AsyncGenerator[SqliteStore]:
        """Own the file, bring its schema up to date and open it; close cleanly on leaving.

        Leases and `sending` entries of an owner that is gone stay as they are: ending them is the
        engine's first unit.

        Args:
            path: The database file; made, with its folder, where it is missing.
            lease_clock: Milliseconds; must never jump.

        Raises:
            StoreLocked: Another process owns the file.
            NewerSchema: A newer Roost wrote it. It is left as it was.
            StoreUnavailable: It cannot be opened so that a commit survives a power cut.
        """
        with ownership.owned(path):
            # Not on a thread: a cancelled start must not let go of the lock while it migrates.
            schema.upgrade(path)
            connect = partial(open_for_writing, path)
            transaction = partial(_transaction, lease_clock=lease_clock)
            async with (
                Writer(connect, transaction) as writer,
                reading(partial(open_for_reading, path)) as reader,
            ):
                yield cls(writer, reader)

    @property
    def inbox(self) -> SqliteInbox:
        """Where intake puts deliveries."""
        return self._inbox

    @property
    def stats(self) -> CommitStats:
        """What has been committed since the store was opened."""
        return self._writer.stats

    async def transact(self, unit: Unit[T], *, is_durable: bool = True) -> T:
        """Run a unit in one transaction and return its result once it is committed.

        The unit runs on the writer thread and must not wait for anything, see decision 0001.

        Raises:
            StoreUnavailable: Nothing was committed.
            RuntimeError: The unit waited; it was undone.
        """
        return await self._writer.run(unit, is_durable=is_durable)

    async def register(
        self, apps: Sequence[AppRow], accounts: Sequence[AccountRow]
    ) -> Mapping[str, str]:
        """Store what the settings name; give each app's webhook path, drawn once, by app key."""

        async def put(tx: Transaction) -> Mapping[str, str]:
            return await tx.registry.put(apps, accounts)

        return await self._writer.run(put)

    async def accounts(self) -> Sequence[AccountRow]:
        """Give all known accounts, by id."""
        return [registry.account_of(row) for row in await self._reader.rows(registry.ACCOUNTS, {})]

    async def account(self, account_id: UserId) -> AccountRow | None:
        """Give one account; `None` where it is not ours."""
        rows = await self._reader.rows(registry.ACCOUNT, {"account": account_id})
        return registry.account_of(rows[0]) if rows else None

    async def counts(self) -> Counts:
        """Count events and messages by state. Takes longer with the number of rows stored."""
        return Counts(
            events=counts.by_state(await self._reader.rows(counts.EVENTS, {}), rest="done"),
            outbox=counts.by_state(await self._reader.rows(counts.OUTBOX, {}), rest="sent"),
        )

    async def feed_position(self) -> FeedPosition:
        """Give the place of the last change in the feed."""
        ((feed_epoch, seq),) = await self._reader.rows(change_rows.POSITION, {})
        return FeedPosition(feed_epoch, 0, seq)

    async def changes_after(self, seq: int, *, limit: int) -> Sequence[Change]:
        """Give up to `limit` changes after a place in the feed, in commit order."""
        rows = await self._reader.rows(change_rows.AFTER, {"after": seq, "limit": limit})
        return [change_rows.change_of(row) for row in rows]


def _transaction(connection: sqlite3.Connection, *, lease_clock: Callable[[], int]) -> Transaction:
    return Transaction(SqliteSession(connection), lease_clock=lease_clock)
