"""Group commit: the jobs of many callers in one transaction, each undone alone if it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from roost.errors import StoreUnavailable
from roost.store import inbox
from roost.store.connection import set_synchronous
from roost.store.durable import CommitStats
from roost.store.jobs import Job, PutJob, TransactionJob
from roost.store.transaction import Transaction

_LEVELS = {"NORMAL": 1, "FULL": 2}


class Committer:
    """Commits batches on one connection. Used by one thread.

    A batch in which some job is durable waits for the disk, and with it the batches before it: in
    write-ahead mode one sync covers all of the log. A batch without one does not wait.
    """

    def __init__(self, connection: sqlite3.Connection, transaction: Transaction) -> None:
        self.stats = CommitStats()
        self._connection = connection
        self._transaction = transaction
        self._synchronous = ""

    def commit(self, jobs: Sequence[PutJob | TransactionJob]) -> None:
        """Commit every job that somebody still waits for, and settle each.

        A job that fails is undone alone. If the transaction fails, all of them fail with
        `StoreUnavailable`, and the connection is ready for the next batch.
        """
        waiting = [job for job in jobs if not job.is_abandoned]
        if not waiting:
            return
        before = self._connection.total_changes
        try:
            self._set_durability(is_durable=any(job.is_durable for job in waiting))
            self._connection.execute("BEGIN IMMEDIATE")
            self._run(waiting)
            self._connection.execute("COMMIT")
        except (sqlite3.Error, StoreUnavailable) as error:
            self._give_up(waiting, error)
        except BaseException as error:
            # A fault of ours. Nobody may hear of success, whatever was settled before.
            self._give_up(waiting, error)
            raise
        else:
            self._count(len(waiting), self._connection.total_changes - before)

    def _set_durability(self, *, is_durable: bool) -> None:
        level = "FULL" if is_durable else "NORMAL"
        if level != self._synchronous:
            # Unknown until the change is confirmed: a failure must not leave a wrong belief.
            self._synchronous = ""
            set_synchronous(self._connection, level, expected=_LEVELS[level])
            self._synchronous = level

    def _run(self, jobs: Sequence[PutJob | TransactionJob]) -> None:
        puts: list[PutJob] = []
        for job in jobs:
            if isinstance(job, PutJob):
                puts.append(job)
            else:
                self._attempt(partial(job.run, self._transaction), (job,))
        if puts and not self._attempt(partial(self._put, puts), puts) and len(puts) > 1:
            for job in puts:
                self._attempt(partial(self._put, (job,)), (job,))

    def _put(self, jobs: Sequence[PutJob]) -> None:
        counts = inbox.put_all(self._connection, [job.rows for job in jobs])
        for job, count in zip(jobs, counts, strict=True):
            job.succeed(count)

    def _attempt(self, work: Callable[[], None], jobs: Sequence[Job]) -> bool:
        self._connection.execute("SAVEPOINT job")
        try:
            work()
        except BaseException as error:
            if not self._connection.in_transaction:
                # SQLite has undone everything, as it does when the disk is full.
                raise _unavailable(error) from error
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
            for job in jobs:
                job.fail(_seen_by_caller(error))
            return False
        self._connection.execute("RELEASE job")
        return True

    def _give_up(self, jobs: Sequence[Job], error: BaseException) -> None:
        for job in jobs:
            job.fail(_unavailable(error))
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _count(self, jobs: int, rows: int) -> None:
        if rows:
            self.stats = replace(
                self.stats,
                commits=self.stats.commits + 1,
                durable_commits=self.stats.durable_commits + (self._synchronous == "FULL"),
                jobs=self.stats.jobs + jobs,
                rows=self.stats.rows + rows,
            )


def _unavailable(error: BaseException) -> StoreUnavailable:
    unavailable = StoreUnavailable(f"the database took nothing: {error}")
    unavailable.__cause__ = error
    return unavailable


def _seen_by_caller(error: BaseException) -> BaseException:
    """Tell "try again" from "your mistake": a locked or failing disk is not the caller's fault."""
    return _unavailable(error) if isinstance(error, sqlite3.OperationalError) else error
