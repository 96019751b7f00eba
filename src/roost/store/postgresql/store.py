"""The store in PostgreSQL: an adapter of `roost.ports.Store`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Self, TypeVar

from asyncpg import Pool

from roost.errors import StoreUnavailable
from roost.ports.erasing import Traces
from roost.store.durable import CommitStats, DurableStore
from roost.store.inbox import DeliveryRows
from roost.store.postgresql import deliveries, migrating, server
from roost.store.postgresql.deliveries import Deliveries
from roost.store.postgresql.failures import FAILURES, is_unavailable
from roost.store.postgresql.presence import Presence, present
from roost.store.postgresql.server import Server
from roost.store.postgresql.session import (
    LeaseClock,
    PostgresSession,
    database_milliseconds,
    fetch,
)
from roost.store.postgresql.transactions import Transactions
from roost.store.search_queries import PostgresFinding
from roost.store.statements import Parameters, Query, R
from roost.store.transaction import Transaction

T = TypeVar("T")

CONNECTIONS = 10
"""Most connections of a process for turns, sends and readers. It has two more, and `LISTING`."""

LISTING = 4
"""Most connections of a process for lists, counts and conversations. Their plans are made once:
among a million messages, planning a page of a list takes 0.4 ms, and reading it 0.1."""

_ACQUIRE_WITHIN = 5.0

_STORED_WITHIN = 3.0
"""Seconds for one statement of deliveries: who waits has been told to try again by then, and
all others wait behind them."""


class PostgresStore(DurableStore):
    """`roost.ports.Store` in PostgreSQL, shared with any number of other processes."""

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        dsn: str,
        *,
        lease_clock: LeaseClock = database_milliseconds,
        is_worked_on_elsewhere: bool = False,
    ) -> AsyncGenerator[Self]:
        """Bring the schema up to date and connect.

        Leases and `sending` entries of processes that are gone stay as they are: ending them is
        the engine's first unit.

        Args:
            dsn: As in libpq, for a database that exists. It may name several hosts; the one that
                takes writes is used, also after that has become another one. Straight to the
                server: a proxy that shares connections between transactions cannot be used.
            lease_clock: The same for all processes.
            is_worked_on_elsewhere: Whether the other processes get a hint of what units store,
                too; of deliveries they always do.

        Raises:
            NewerSchema: A newer Roost wrote the database. It is left as it was.
            StoreUnavailable: The server cannot be reached, or not used so that a commit survives
                a power cut.
        """
        where = await server.checked(Server(dsn))
        await migrating.upgrade(where)
        async with (
            where.pool(CONNECTIONS) as pool,
            where.pool(LISTING, plans_once=True) as listing,
            # An acknowledgement must not wait for turns.
            where.pool(1, answers_within=_STORED_WITHIN) as own,
            present(where) as presence,
            deliveries.taking(
                Transactions(own, presence, lease_clock=lease_clock), presence
            ) as taken,
        ):
            units = Transactions(pool, presence, lease_clock=lease_clock)
            told = presence if is_worked_on_elsewhere else None
            reading = _Reading(pool)
            yield cls(
                _Writing(taken, units, told),
                reading,
                presence,
                PostgresFinding(reading),
                listing=_Reading(listing),
            )


class _Writing:
    """Deliveries in common, units one by one."""

    def __init__(self, taken: Deliveries, units: Transactions, told: Presence | None) -> None:
        self._taken = taken
        self._units = units
        self._told = told

    @property
    def trouble(self) -> str:
        """The server's disk is the server's: what fails there, fails a transaction."""
        return ""

    @property
    def stats(self) -> CommitStats:
        return self._taken.stats + self._units.stats

    @property
    def left(self) -> Traces:
        """Old versions of rows are the server's to remove."""
        return Traces.SERVER

    async def put(self, rows: DeliveryRows) -> int:
        return await self._taken.put(rows)

    async def run(
        self, unit: Callable[[Transaction], Awaitable[T]], *, is_durable: bool = True
    ) -> T:
        changed = [0]  # by the last attempt

        async def work(session: PostgresSession) -> T:
            result = await unit(Transaction(session))
            changed[0] = session.n_rows
            return result

        result = await self._units.run(work, is_durable=is_durable)
        if self._told is not None and changed[0]:
            self._told.tell()
        return result

    async def beat(self, *, is_durable: bool) -> None:
        await self._units.run(_beat, is_durable=is_durable)


async def _beat(session: PostgresSession) -> None:
    await Transaction(session).changes.beat()


class _Reading:
    """Queries outside transactions; each sees what is committed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def rows(self, query: Query[R], parameters: Parameters) -> list[R]:
        try:
            connection = await self._pool.acquire(timeout=_ACQUIRE_WITHIN)
            try:
                return await fetch(connection, query, parameters)
            finally:
                await self._pool.release(connection)
        except FAILURES as error:
            if is_unavailable(error):
                raise StoreUnavailable(f"the database does not answer: {error}") from error
            raise
