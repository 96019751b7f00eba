"""Deliveries on their way in: all that wait share one transaction of five round trips."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import cast

from roost.errors import StoreUnavailable
from roost.store import inbox
from roost.store.arrays import insert_many
from roost.store.durable import CommitStats
from roost.store.inbox import DeliveryRows, EventValues
from roost.store.postgresql.background import beside
from roost.store.postgresql.failures import FAILURES
from roost.store.postgresql.numbering import number
from roost.store.postgresql.presence import Presence
from roost.store.postgresql.session import PostgresSession
from roost.store.postgresql.transactions import Transactions
from roost.store.tables import deliveries, events

MOST_AT_ONCE = 256
"""Deliveries in one transaction; 256 MB if all were as large as can be."""

_EventKey = tuple[str, str, str]
"""Account, kind and event key: an event's first values."""


PUT_EVENTS = number(
    insert_many(events, inbox.EVENT_VALUES)
    .on_conflict_do_nothing()
    .returning(events.c.account_id, events.c.kind, events.c.event_key)
)

PUT_DELIVERIES = number(insert_many(deliveries, inbox.DELIVERY_VALUES).on_conflict_do_nothing())


class Deliveries:
    """Stores deliveries, those of many callers at once.

    While one transaction is under way the next ones gather, so that the server's speed limits
    transactions and not callers. One at a time, so that what came first is also seen first.
    """

    def __init__(self, transactions: Transactions, presence: Presence) -> None:
        self._transactions = transactions
        self._presence = presence
        self._waiting: list[_Job] = []
        self._underway: list[_Job] = []
        self._is_there = asyncio.Event()
        self._is_open = True

    @property
    def stats(self) -> CommitStats:
        """What has been committed so far."""
        return self._transactions.stats

    async def put(self, rows: DeliveryRows) -> int:
        """Store a delivery durably; give its number of new events.

        Raises:
            StoreUnavailable: Nothing was stored, or, if so said, it is not known.
        """
        if not self._is_open:
            raise StoreUnavailable("the store is closed")
        job = _Job(rows, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._is_there.set()
        return await job.future

    async def run(self) -> None:
        """Store what waits, until cancelled."""
        while True:
            await self._is_there.wait()
            self._underway = self._waiting[:MOST_AT_ONCE]
            del self._waiting[:MOST_AT_ONCE]
            if not self._waiting:
                self._is_there.clear()
            await self._store([job for job in self._underway if not job.future.done()])

    def close(self) -> None:
        """Take nothing more, and tell whoever still waits."""
        self._is_open = False
        _fail(self._underway + self._waiting, StoreUnavailable("the store was closed"))

    async def _store(self, batch: Sequence[_Job]) -> None:
        if not batch:
            return
        work = partial(_put, batch=[job.rows for job in batch])
        try:
            counts = await self._transactions.run(work, is_durable=True, n_jobs=len(batch))
        except StoreUnavailable as error:
            _fail(batch, error)
        except FAILURES as error:
            await self._store_without_the_wrong_one(batch, error)
        else:
            for job, count in zip(batch, counts, strict=True):
                job.succeed(count)
            if any(counts):
                self._presence.tell()

    async def _store_without_the_wrong_one(self, batch: Sequence[_Job], error: Exception) -> None:
        """Store each by itself, so that only the one that no database takes is refused."""
        if len(batch) == 1:
            _fail(batch, error)
            return
        for job in batch:
            await self._store([job])


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    rows: DeliveryRows
    future: asyncio.Future[int]

    def succeed(self, count: int) -> None:
        if not self.future.done():
            self.future.set_result(count)


def _fail(jobs: Sequence[_Job], error: Exception) -> None:
    for job in jobs:
        if not job.future.done():
            job.future.set_exception(error)


async def _put(session: PostgresSession, *, batch: Sequence[DeliveryRows]) -> list[int]:
    """Store deliveries; give each one's number of new events.

    Rows go in sorted by key, so that two processes with the same rows never wait for each other.
    """
    first: dict[_EventKey, tuple[int, EventValues]] = {}
    for number_of_delivery, rows in enumerate(batch):
        for event in rows.events:
            first.setdefault(event[:3], (number_of_delivery, event))
    counts = [0] * len(batch)
    if first:
        given = [first[key][1] for key in sorted(first)]
        for key in await session.insert_many(PUT_EVENTS, given):
            counts[first[cast("_EventKey", key)][0]] += 1
    stored = [rows.delivery_with(new) for rows, new in zip(batch, counts, strict=True)]
    await session.insert_many(PUT_DELIVERIES, sorted(stored))
    return counts


@asynccontextmanager
async def taking(transactions: Transactions, presence: Presence) -> AsyncGenerator[Deliveries]:
    """Take deliveries until the block is left."""
    taken = Deliveries(transactions, presence)
    try:
        async with beside(taken.run()):
            yield taken
    finally:
        taken.close()
