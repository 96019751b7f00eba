"""Group commit: the jobs of many callers in one transaction, each undone alone if it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import structlog

from roost.errors import DiskTrouble, NotUnique, StoreUnavailable
from roost.ports.erasing import Traces
from roost.store import disk, inbox
from roost.store.cleaning import Cleaner
from roost.store.connection import checkpoint, set_synchronous
from roost.store.disk import Disk
from roost.store.durable import CommitStats
from roost.store.jobs import Job, PutJob, TransactionJob
from roost.store.transaction import Transaction

_LEVELS = {"NORMAL": 1, "FULL": 2}

logger = structlog.stdlib.get_logger("roost.store")


class Committer:
    """Commits batches on one connection. Used by one thread.

    A batch in which some job is durable waits for the disk, and with it the batches before it: in
    write-ahead mode one sync covers all of the log. A batch without one does not wait.

    Args:
        connect: Opens a connection.
        transaction: Makes the transaction that units get, over a connection.
        on: The disk under the file.

    Attributes:
        stats: What has been committed.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        transaction: Callable[[sqlite3.Connection], Transaction],
        on: Disk,
    ) -> None:
        self.stats = CommitStats()
        self._connect = connect
        self._make_transaction = transaction
        self._disk = on
        self._connection = connect()
        on.opened()
        self._transaction = transaction(self._connection)
        self._cleaner = Cleaner(has_log=on.has_log())
        self._synchronous = ""
        self._is_broken = False

    @property
    def left(self) -> Traces:
        """Where something of what was erased may still be."""
        return self._cleaner.left

    @property
    def cleans_in(self) -> float | None:
        """Seconds until `clean` has something to do; `None` where it has not."""
        return self._cleaner.due_in

    def clean(self) -> None:
        """Take out of file and log what was erased, if that is due and can be done now."""
        if not self._cleaner.begins():
            return
        try:
            if self._is_broken:
                self._disk.check_file()
            self._mend()
            self._cleaner.clean(self._connection)
        except (sqlite3.Error, StoreUnavailable) as error:
            logger.warning("erased rows stay in the files for now", reason=str(error))
            self._is_broken |= disk.breaks_connection(error)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def checkpoint(self) -> None:
        """Move all of the log into the database file; what a sick disk does not take stays in it.

        To be called before closing.
        """
        try:
            checkpoint(self._connection)
        except (sqlite3.Error, StoreUnavailable) as error:
            logger.warning("log not checkpointed", reason=str(error))

    def commit(self, jobs: Sequence[PutJob | TransactionJob]) -> None:
        """Commit every job that somebody still waits for, and settle each.

        A job that fails is undone alone. If the transaction fails, all of them fail with
        `StoreUnavailable`, and the connection is ready for the next batch. Deliveries are refused
        where the disk is short of room; everything else has the room that was kept for it.
        """
        waiting = self._admitted([job for job in jobs if not job.is_abandoned])
        error = self._try(waiting)
        if error is not None and self._disk.failed(error):
            self._try([job for job in waiting if not isinstance(job, PutJob)])

    def _admitted(
        self, jobs: Sequence[PutJob | TransactionJob]
    ) -> Sequence[PutJob | TransactionJob]:
        if self._disk.has_room():
            return jobs
        refused = [job for job in jobs if isinstance(job, PutJob)]
        for job in refused:
            job.fail(DiskTrouble(disk.FULL, "deliveries wait for room"))
        return [job for job in jobs if not isinstance(job, PutJob)]

    def _try(self, jobs: Sequence[PutJob | TransactionJob]) -> BaseException | None:
        """Commit jobs together; give what has kept all of them from being committed."""
        if not jobs:
            return None
        is_durable = any(job.is_durable for job in jobs)
        try:
            if is_durable or self._is_broken:
                # What does not wait for the disk may be lost with it, and with the file.
                self._disk.check_file()
            self._mend()
            before = self._connection.total_changes
            self._set_durability(is_durable=is_durable)
            self._connection.execute("BEGIN IMMEDIATE")
            self._run(jobs)
            self._connection.execute("COMMIT")
        except (sqlite3.Error, StoreUnavailable) as error:
            self._give_up(jobs, error)
            return error
        except BaseException as error:
            # A fault of ours. Nobody may hear of success, whatever was settled before.
            self._give_up(jobs, error)
            raise
        self._count(len(jobs), self._connection.total_changes - before)
        self._cleaner.note(self._transaction.erased)
        return None

    def _mend(self) -> None:
        """Begin afresh where the disk has failed: with a new connection, and an empty log.

        The system may have dropped what it could not write and call the next sync a success. So
        nothing may rest on what was in the log: it is moved to where it belongs first.

        Raises:
            StoreUnavailable: The disk fails still, or somebody reads what is in the log.
            sqlite3.Error: The same.
        """
        if not self._is_broken:
            return
        with suppress(sqlite3.Error):
            self._connection.close()
        self._connection = self._connect()
        self._transaction = self._make_transaction(self._connection)
        self._synchronous = ""
        checkpoint(self._connection)
        self._is_broken = False

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
            if not self._connection.in_transaction or disk.breaks_connection(error):
                # SQLite has undone everything, as it does when the disk is full.
                raise self._disk.refusal(error) from error
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
            for job in jobs:
                job.fail(self._seen_by_caller(error))
            return False
        self._connection.execute("RELEASE job")
        return True

    def _give_up(self, jobs: Sequence[Job], error: BaseException) -> None:
        refusal = self._disk.refusal(error)
        for job in jobs:
            job.fail(refusal)
        self._is_broken |= any(map(disk.breaks_connection, (error, error.__cause__ or error)))
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            # Closing it undoes what it has begun.
            self._is_broken = True

    def _seen_by_caller(self, error: BaseException) -> BaseException:
        """Tell "try again" from "your mistake": a locked or failing disk is not the caller's."""
        is_ours = isinstance(error, sqlite3.OperationalError) or disk.is_damage(error)
        if is_ours:
            return self._disk.refusal(error)
        is_twice = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_UNIQUE
        return NotUnique(str(error)) if is_twice else error

    def _count(self, jobs: int, rows: int) -> None:
        if not rows:
            return
        is_durable = self._synchronous == "FULL"
        if is_durable:
            self._disk.kept()
        self.stats = replace(
            self.stats,
            commits=self.stats.commits + 1,
            durable_commits=self.stats.durable_commits + is_durable,
            jobs=self.stats.jobs + jobs,
            rows=self.stats.rows + rows,
        )
