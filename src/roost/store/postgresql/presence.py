"""The one connection by which a process shows that it lives, and hears from the others."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from asyncpg import Connection

from roost.errors import StoreUnavailable
from roost.store import locks
from roost.store.postgresql.background import beside
from roost.store.postgresql.failures import FAILURES
from roost.store.postgresql.server import Server
from roost.store.postgresql.standstill import Standstill

_CHANNEL = "roost_stored"
_UNLOCK = "SELECT pg_advisory_unlock($1::int, $2::int)"
_SHARE = "SELECT pg_advisory_lock_shared($1::int, $2::int)"
_NUMBERS = 2**31

_STATUS = """
SELECT CASE WHEN pg_postmaster_start_time() = $2::timestamptz THEN pg_xact_status($1::xid8)
       ELSE 'elsewhere' END
"""

_RECONNECT_AFTER = 0.2
_ANSWER_WITHIN = 5.0

_BEAT_EVERY = 2.0
"""Seconds between two looks whether the connection still answers. One that does not, because a
machine or a network in between is gone, gives no other sign."""

_BEAT_WITHIN = 2.0

_BEATS_A_LOOK = 3
"""Beats between two looks whether the others still give theirs. With `standstill.LOOKS`, a process
stands still for a minute, the lease of a turn, before it is taken for gone."""

_HINTS_APART = 0.02
"""Seconds between two hints of one process: what comes in between shares the next."""

logger = structlog.stdlib.get_logger("roost.store")


@dataclass(frozen=True, slots=True)
class Drawn:
    """The number a server has given to a transaction of this process.

    Attributes:
        number: It says nothing elsewhere, nor across a crash, after which it may be given out anew.
        server_since: When that server was started, by its own clock; no other was at that moment.
        connections: As many as `Presence.connections` counted then.
    """

    number: int
    server_since: datetime
    connections: int


class Presence:
    """Holds a lock for as long as this process lives, under a number that is the process's.

    When the process ends, however it ends, its connection closes and PostgreSQL drops the lock:
    whatever was held under its number is then anybody's. A connection that is lost and made again
    has another number, so that what was held before is given back too. A process that is stopped
    keeps its connection; the others end it.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: Connection | None = None
        self._number = 0
        self._connections = 0
        self._is_working = False
        self._standstill = Standstill()
        self._lost = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._to_tell = asyncio.Event()
        self._heard = asyncio.Event()

    @property
    def number(self) -> int:
        """The number under which this process holds leases now.

        Raises:
            StoreUnavailable: The connection is lost and not yet made again.
        """
        if self._connection is None:
            raise StoreUnavailable("the other processes cannot see that this one lives")
        return self._number

    @property
    def connections(self) -> int:
        """How many connections there have been, that of now included."""
        return self._connections

    def tell(self) -> None:
        """Give the other processes a hint that something was stored, as soon as possible."""
        self._to_tell.set()

    async def wakeups(self) -> AsyncGenerator[None]:
        """Yield whenever another process has given a hint."""
        while True:
            await self._heard.wait()
            self._heard.clear()
            yield

    async def was_committed(self, transaction: Drawn) -> bool | None:
        """Tell how a transaction of this process ended; `None` while it has not.

        A connection is asked only that has lasted since the number was drawn, and only about a
        number of its own server: a standby that was made the primary gives out the numbers anew
        whose transactions it had not heard of.

        Args:
            transaction: What it was given.

        Raises:
            StoreUnavailable: There is no such connection.
        """
        async with self._one_at_a_time:
            connection = self._connected()
            if self._connections != transaction.connections:
                raise StoreUnavailable("the server had to be connected to anew")
            with self._or_lost(connection):
                status = await connection.fetchval(
                    _STATUS, transaction.number, transaction.server_since, timeout=_ANSWER_WITHIN
                )
        if status == "elsewhere":
            raise StoreUnavailable("another server has taken its place")
        return {"committed": True, "aborted": False}.get(str(status))

    async def announce(self) -> None:
        """Give the other processes a hint, now.

        Raises:
            StoreUnavailable: It was not given.
        """
        # In a transaction of its own: one that notifies holds up, while it commits, every other
        # one that does.
        await self._fetch("SELECT pg_notify($1, $2)", _CHANNEL, str(self._number))

    async def work(self) -> None:
        """Count among those that run bots and send, for as long as this process lives.

        Raises:
            StoreUnavailable: The others cannot see it.
        """
        self._is_working = True  # also where the connection is made again
        await self._fetch(_SHARE, locks.WORKERS, locks.EVERYBODY)

    async def leave(self) -> None:
        """Give the number back, so that what was held under it is anybody's, and take another.

        Raises:
            StoreUnavailable: The connection is lost, and with it the number.
        """
        async with self._one_at_a_time:
            connection = self._connected()
            before = self._number
            with self._or_lost(connection):
                self._number = await _take_number(connection)
                await connection.execute(_UNLOCK, locks.PROCESSES, before, timeout=_ANSWER_WITHIN)

    def _connected(self) -> Connection:
        if self._connection is None:
            raise StoreUnavailable("the server was restarted or cannot be reached")
        return self._connection

    @contextmanager
    def _or_lost(self, connection: Connection) -> Generator[None]:
        """Give up a connection on which something fails."""
        try:
            yield
        except FAILURES as error:
            connection.terminate()
            raise StoreUnavailable(f"the server does not answer: {error}") from error

    async def _fetch(self, sql: str, *arguments: object, within: float = _ANSWER_WITHIN) -> object:
        async with self._one_at_a_time:
            connection = self._connected()
            with self._or_lost(connection):
                return await connection.fetchval(sql, *arguments, timeout=within)

    async def connect(self) -> None:
        """Connect, take a number nobody has, and listen.

        Raises:
            StoreUnavailable: The server cannot be reached.
        """
        connection = await self._server.connect()
        try:
            # First, so that nobody ever sees a process of this version without it.
            await connection.execute(_SHARE, locks.INDEXES, locks.EVERYBODY)
            if self._is_working:
                await connection.execute(_SHARE, locks.WORKERS, locks.EVERYBODY)
            self._number = await _take_number(connection)
            await connection.add_listener(_CHANNEL, self._hear)
        except FAILURES as error:
            connection.terminate()
            raise StoreUnavailable(f"the server cannot be listened to: {error}") from error
        self._lost.clear()
        connection.add_termination_listener(self._lose)
        self._connection = connection
        self._connections += 1
        if connection.is_closed():
            self._lose(connection)

    def _hear(self, _connection: Connection, _pid: int, _channel: str, payload: object) -> None:
        if payload != str(self._number):
            self._heard.set()

    def _lose(self, _connection: Connection) -> None:
        self._connection = None
        self._lost.set()

    async def run(self) -> None:
        """Keep connected and pass on hints until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_connected())
            tasks.create_task(self._tell())
            tasks.create_task(self._beat())

    async def _keep_connected(self) -> None:
        while True:
            await self._lost.wait()
            try:
                await self.connect()
            except StoreUnavailable as error:
                logger.warning("not seen by other processes", reason=str(error))
                await asyncio.sleep(_RECONNECT_AFTER)
            else:
                logger.warning("seen by other processes again", number=self._number)
                # Hints have been lost meanwhile.
                self._heard.set()

    async def _tell(self) -> None:
        while True:
            await self._to_tell.wait()
            self._to_tell.clear()
            try:
                await self.announce()
            except StoreUnavailable as error:
                logger.warning("hint not given", reason=str(error))
            await asyncio.sleep(_HINTS_APART)

    async def _beat(self) -> None:
        """Show the others that this process goes on, and notice who does not.

        A connection that has died silently is noticed by it, too; then it is made again.
        """
        for number in itertools.count(1):
            await asyncio.sleep(_BEAT_EVERY)
            with contextlib.suppress(StoreUnavailable):  # which is logged where it is made again
                await self._fetch("SELECT 1", within=_BEAT_WITHIN)  # the others see when
                if number % _BEATS_A_LOOK == 0:
                    await self._look()

    async def _look(self) -> None:
        async with self._one_at_a_time:
            connection = self._connected()
            with self._or_lost(connection):
                await self._standstill.look(connection, within=_ANSWER_WITHIN)

    async def close(self) -> None:
        """Give the number back."""
        connection = self._connection
        if connection is None:
            return
        try:
            await connection.close(timeout=_ANSWER_WITHIN)
        except FAILURES:
            connection.terminate()


async def _take_number(connection: Connection) -> int:
    while True:
        number = secrets.randbelow(_NUMBERS)
        taken = await connection.fetchval(
            "SELECT pg_try_advisory_lock($1::int, $2::int)", locks.PROCESSES, number
        )
        if taken is True:
            return number


@asynccontextmanager
async def present(server: Server) -> AsyncGenerator[Presence]:
    """Be present until the block is left.

    Raises:
        StoreUnavailable: The server cannot be reached now. If it cannot later, that is waited out.
    """
    # PostgreSQL writes a commit even for a hint; nobody needs to wait until it is on disk.
    presence = Presence(replace(server, synchronous_commit="off"))
    await presence.connect()
    try:
        async with beside(presence.run()):
            yield presence
    finally:
        await presence.close()
