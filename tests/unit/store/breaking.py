"""A SQLite file whose statements break as told, and what its writer is given to do."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from roost.store import connection as connections
from roost.store.connection import SqliteSession
from roost.store.transaction import Transaction

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def transaction(connection):
    return Transaction(SqliteSession(connection, lease_clock=lambda: 0))


class Disk:
    """Opens connections whose statements are written down, and which break as told."""

    def __init__(self, path):
        self.path = path
        self.statements = []
        self.pages = 2**30
        self.n_opened = 0
        self._breaks = []

    def break_on(self, statement, error, *, skip=0):
        """Raise an error instead of running a statement, once, after it has run `skip` times."""
        self._breaks += [(statement, None)] * skip + [(statement, error)]

    def check(self, statement):
        if self._breaks and self._breaks[0][0] == statement:
            _, error = self._breaks.pop(0)
            if error is not None:
                raise error

    def connect(self):
        disk = self

        class Connection(sqlite3.Connection):
            def execute(self, sql, *parameters):
                disk.check(sql)
                if sql == "BEGIN IMMEDIATE":
                    super().execute(f"PRAGMA max_page_count = {disk.pages}")
                return super().execute(sql, *parameters)

        connection = sqlite3.connect(self.path, factory=Connection, isolation_level=None, timeout=0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.set_trace_callback(self.statements.append)
        self.n_opened += 1
        return connection

    def seen(self, *wanted):
        return [one for one in self.statements if one.startswith(wanted)]


@asynccontextmanager
async def stalled(writer) -> AsyncGenerator[None]:
    """Hold up the thread, so that all that is handed over meanwhile waits together."""
    begun, go_on = threading.Event(), threading.Event()

    async def stall(tx):
        begun.set()
        assert go_on.wait(10)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(writer.run(stall, is_durable=False))
        await asyncio.to_thread(begun.wait, 10)
        yield
        # One turn of the loop, so that every task has handed its job over.
        await asyncio.sleep(0)
        go_on.set()


async def change(tx, kind="change"):
    await tx.changes.append("11", kind, conversation_id="", ref="", at=NOON)
    return kind


def kinds(disk):
    connection = connections.open_for_reading(disk.path)
    rows = connection.execute("SELECT kind FROM changes ORDER BY seq").fetchall()
    connection.close()
    return [kind for (kind,) in rows]


def n_events(disk):
    connection = connections.open_for_reading(disk.path)
    ((n,),) = connection.execute("SELECT count(*) FROM events").fetchall()
    connection.close()
    return n


async def expect(kind, awaitable):
    with pytest.raises(kind) as caught:
        await awaitable
    return caught.value
