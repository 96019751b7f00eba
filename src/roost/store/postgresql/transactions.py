"""Transactions: run again where the database asks for it, and never in doubt about a commit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar, cast

import asyncpg
import structlog
from asyncpg import Connection, Pool

from roost.errors import NotUnique, StoreUnavailable
from roost.store.durable import CommitStats
from roost.store.postgresql import failures
from roost.store.postgresql.failures import FAILURES
from roost.store.postgresql.presence import Drawn, Presence
from roost.store.postgresql.session import LeaseClock, PostgresSession

T = TypeVar("T")

WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.6)
"""Seconds before each further attempt; together less than what X's delivery may take."""

_BEGIN = {
    True: "BEGIN",
    # One round trip. Such a commit survives everything but a crash of the server's machine.
    False: "BEGIN; SET LOCAL synchronous_commit = off",
}
_NUMBER = "SELECT pg_current_xact_id_if_assigned(), pg_postmaster_start_time()"
_CONNECTION_WITHIN = 5.0

logger = structlog.stdlib.get_logger("roost.store")


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    result: T
    n_rows: int


class Transactions:
    """Runs pieces of work, each in a transaction of its own."""

    def __init__(self, pool: Pool, presence: Presence, *, lease_clock: LeaseClock) -> None:
        self.stats = CommitStats()
        self._pool = pool
        self._presence = presence
        self._lease_clock = lease_clock

    async def run(
        self,
        work: Callable[[PostgresSession], Awaitable[T]],
        *,
        is_durable: bool,
        n_jobs: int = 1,
    ) -> T:
        """Run work in a transaction and give its result once that is committed.

        It is run again, a bounded number of times, after a deadlock, a serialization failure or a
        lost connection: then nothing of the attempt before is left. A connection lost while it
        committed is found out about first.

        Args:
            work: Touches only its session.
            is_durable: Whether the commit waits for the disk.
            n_jobs: For how many callers this is done.

        Raises:
            StoreUnavailable: Nothing was committed, or, if so said, it is not known.
            NotUnique: Nothing was committed: something was stored already.
        """
        for wait in (*WAITS, None):
            try:
                done = await self._attempt(work, is_durable=is_durable)
            except FAILURES as error:
                if failures.is_twice(error):
                    raise NotUnique(str(error)) from error
                if not (failures.is_to_be_run_again(error) or failures.is_unavailable(error)):
                    raise
                if wait is None:
                    raise failures.refusal(error) from error
                logger.warning("transaction undone", reason=type(error).__name__)
                await asyncio.sleep(wait)
            else:
                self._count(done.n_rows, n_jobs, is_durable=is_durable)
                return done.result
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(
        self, work: Callable[[PostgresSession], Awaitable[T]], *, is_durable: bool
    ) -> _Done[T]:
        async with self._connection() as connection:
            session = PostgresSession(
                connection, holder=self._holder, lease_clock=self._lease_clock
            )
            await connection.execute(_BEGIN[is_durable])
            try:
                result = await work(session)
                drawn = await self._drawn(connection)
            except BaseException:
                await _undo(connection)
                raise
            error = await _commit(connection)
        if error is not None and (drawn is None or not await self._was_committed(drawn)):
            raise error
        return _Done(result, session.n_rows)

    async def _drawn(self, connection: Connection) -> Drawn | None:
        """Give the transaction's number; `None` for one that has written nothing."""
        connections = self._presence.connections
        (row,) = await connection.fetch(_NUMBER)
        number, server_since = cast("tuple[int | None, datetime]", tuple(row))
        return None if number is None else Drawn(number, server_since, connections)

    def _holder(self) -> int:
        return self._presence.number

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        connection = await self._pool.acquire(timeout=_CONNECTION_WITHIN)
        try:
            yield connection
        finally:
            await self._pool.release(connection)

    async def _was_committed(self, drawn: Drawn) -> bool:
        """Find out how a transaction ended whose connection was lost while it committed."""
        for wait in WAITS:
            try:
                answer = await self._presence.was_committed(drawn)
            except StoreUnavailable as error:
                raise StoreUnavailable(f"not known whether it was committed: {error}") from error
            if answer is not None:
                logger.warning("commit found out about", is_committed=answer)
                return answer
            await asyncio.sleep(wait)
        raise StoreUnavailable("not known whether it was committed: the server still works on it")

    def _count(self, n_rows: int, n_jobs: int, *, is_durable: bool) -> None:
        if n_rows:
            self.stats = replace(
                self.stats,
                commits=self.stats.commits + 1,
                durable_commits=self.stats.durable_commits + is_durable,
                jobs=self.stats.jobs + n_jobs,
                rows=self.stats.rows + n_rows,
            )


async def _undo(connection: Connection) -> None:
    """Roll back; a connection that does not even do that is ended, which does it too."""
    try:
        await connection.execute("ROLLBACK")
    except FAILURES:
        _end(connection)


async def _commit(connection: Connection) -> Exception | None:
    """Commit; give the error that leaves open whether it did. One that does not is raised."""
    try:
        await connection.execute("COMMIT")
    except FAILURES as error:
        if isinstance(error, asyncpg.PostgresError) and not failures.is_unavailable(error):
            raise
        _end(connection)
        return error
    return None


def _end(connection: Connection) -> None:
    with contextlib.suppress(asyncpg.InterfaceError):  # the pool has ended it already
        connection.terminate()
