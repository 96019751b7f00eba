"""The one thread that writes: it takes every job that waits, commits them together, answers."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self, TypeVar

import structlog

from roost.errors import StoreUnavailable
from roost.ports.erasing import Traces
from roost.store.batch import Committer
from roost.store.disk import Disk
from roost.store.durable import CommitStats
from roost.store.inbox import DeliveryRows
from roost.store.jobs import Answer, Deliverable, PutJob, TransactionJob, UnitJob
from roost.store.transaction import Transaction

T = TypeVar("T")

logger = structlog.stdlib.get_logger("roost.store")


class Writer:
    """Runs the jobs of one event loop on a thread with its own connection.

    Jobs share a commit with all that came while the last one went to disk, so that the disk's speed
    limits commits and not callers. To be entered with `async with`: that starts the thread, and
    leaving it commits what waits, checkpoints and ends it.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        transaction: Callable[[sqlite3.Connection], Transaction],
        disk: Disk,
    ) -> None:
        """Prepare a writer for the running loop.

        Args:
            connect: Opens the connection; called on the thread, again where the disk has failed.
            transaction: Makes the transaction that units get, over that connection.
            disk: What the file is on.
        """
        self._connect = connect
        self._transaction = transaction
        self._disk = disk
        self._loop = asyncio.get_running_loop()
        self._gathered: list[PutJob | TransactionJob] = []
        self._queue: SimpleQueue[Sequence[PutJob | TransactionJob] | None] = SimpleQueue()
        self._opened = Answer[Committer](self._loop.create_future())
        self._thread = threading.Thread(target=self._serve, name="roost-writer", daemon=True)
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._thread.start()
        try:
            self._committer = await self._opened.future
        except BaseException:
            self._close()
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    @property
    def stats(self) -> CommitStats:
        """What has been committed so far."""
        return self._committer.stats

    @property
    def trouble(self) -> str:
        """What is wrong with the disk, in words that everybody may read; `""` for nothing."""
        return self._disk.trouble

    @property
    def left(self) -> Traces:
        """Where something of what was erased may still be."""
        return self._committer.left

    async def put(self, rows: DeliveryRows) -> int:
        """Store a delivery durably; give its number of new events.

        Raises:
            StoreUnavailable: Nothing was stored.
        """
        job = PutJob(self._loop.create_future(), rows)
        self._submit(job)
        return await job.future

    async def run(
        self, unit: Callable[[Transaction], Awaitable[T]], *, is_durable: bool = True
    ) -> T:
        """Run a unit in a transaction; give its result once that is committed.

        Raises:
            StoreUnavailable: Nothing was committed.
        """
        job = UnitJob(self._loop.create_future(), unit, is_durable=is_durable)
        self._submit(job)
        return await job.future

    async def beat(self, *, is_durable: bool) -> None:
        """Commit a change that means nothing.

        Raises:
            StoreUnavailable: It was not committed.
        """
        await self.run(_beat, is_durable=is_durable)

    def _submit(self, job: PutJob | TransactionJob) -> None:
        if not self._is_open:
            raise StoreUnavailable("the store is closed")
        self._gathered.append(job)
        if len(self._gathered) == 1:
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        """Give the thread what has come since the loop's last round, in one piece.

        Woken by the first job alone, it would commit that one while its neighbours are verified.
        """
        jobs, self._gathered = self._gathered, []
        self._queue.put(jobs)
        if not self._is_open:
            # The thread has ended meanwhile and may have looked at the queue for the last time.
            _deliver_all(jobs)

    def _close(self) -> None:
        # Waits for the thread without giving way to the loop: a cancelled closing must not let go
        # of the file's lock while the thread still writes. It is a batch and a checkpoint long.
        self._hand_over()
        self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        try:
            with closing(Committer(self._connect, self._transaction, self._disk)) as committer:
                self._is_open = True
                self._opened.succeed(committer)
                self._deliver([self._opened])
                self._commit_until_closed(committer)
                committer.checkpoint()
        except Exception as error:
            logger.exception("writer stopped")
            self._opened.fail(error)
        finally:
            self._is_open = False
            self._deliver([self._opened, *self._waiting()])

    def _commit_until_closed(self, committer: Committer) -> None:
        is_closing = False
        while not is_closing:
            committer.clean()
            pieces = self._pieces(committer.cleans_in)
            is_closing = pieces[-1:] == [None]
            batch = [job for piece in pieces if piece is not None for job in piece]
            try:
                committer.commit(batch)
            finally:
                self._deliver(batch)

    def _pieces(self, within: float | None) -> list[Sequence[PutJob | TransactionJob] | None]:
        try:
            pieces = [self._queue.get(timeout=within)]
        except Empty:
            return []
        while not self._queue.empty():
            pieces.append(self._queue.get())
        return pieces

    def _waiting(self) -> list[Deliverable]:
        jobs: list[Deliverable] = []
        while not self._queue.empty():
            jobs += self._queue.get() or ()
        return jobs

    def _deliver(self, answers: Sequence[Deliverable]) -> None:
        try:
            self._loop.call_soon_threadsafe(_deliver_all, answers)
        except RuntimeError:
            if not self._loop.is_closed():
                raise
            # A loop that is gone has nobody on it who still waits.
            logger.warning("answers dropped", answers=len(answers))


async def _beat(tx: Transaction) -> None:
    await tx.changes.beat()


def _deliver_all(answers: Sequence[Deliverable]) -> None:
    for answer in answers:
        answer.deliver()
