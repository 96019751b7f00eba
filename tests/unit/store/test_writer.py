"""Group commit: what shares a commit, what waits for the disk, and what fails alone."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs
from tests.unit.store.breaking import Disk, change, expect, kinds, n_events, stalled, transaction

from roost.errors import StaleClaim, StoreUnavailable
from roost.ports.erasing import Traces
from roost.store import disk as disks
from roost.store import inbox
from roost.store.traces import StoredTraces
from roost.store.writer import Writer


@pytest.fixture
def disk(path):
    return Disk(path)


@pytest.fixture
async def writer(disk):
    async with Writer(disk.connect, transaction, disks.Disk(disk.path)) as opened:
        yield opened


async def fail(tx, error):
    await change(tx)
    raise error


async def test_whatever_waits_shares_one_commit(writer, delivery):
    async with asyncio.TaskGroup() as tasks, stalled(writer):
        for n in range(64):
            tasks.create_task(writer.put(inbox.rows_of(delivery(n))))
        tasks.create_task(writer.run(change))

    assert (writer.stats.commits, writer.stats.durable_commits) == (1, 1)
    assert (writer.stats.jobs, writer.stats.rows) == (65, 64 * 2 + 1)


async def test_what_comes_in_one_round_of_the_loop_is_begun_together(writer):
    begun = threading.Event()

    async def begin(tx):
        await change(tx)
        begun.set()

    async def neighbour():
        # The thread has time enough to begin alone, since the loop stands still here.
        assert not begun.wait(0.05)
        await writer.run(change)

    await asyncio.gather(writer.run(begin), neighbour())

    assert (writer.stats.commits, writer.stats.jobs) == (1, 2)


async def test_a_batch_waits_for_the_disk_if_one_job_asks_for_it(writer, disk):
    async with asyncio.TaskGroup() as tasks, stalled(writer):
        tasks.create_task(writer.run(change, is_durable=False))
        tasks.create_task(writer.run(change, is_durable=True))

    assert (writer.stats.commits, writer.stats.durable_commits) == (1, 1)


async def test_the_disk_is_waited_for_only_when_asked(writer, disk):
    for is_durable in (True, True, False, False, True):
        await writer.run(change, is_durable=is_durable)

    assert writer.stats.durable_commits == 3
    assert disk.seen("PRAGMA synchronous =", "BEGIN", "COMMIT") == [
        "PRAGMA synchronous = FULL",
        *["BEGIN IMMEDIATE", "COMMIT"] * 2,
        "PRAGMA synchronous = NORMAL",
        *["BEGIN IMMEDIATE", "COMMIT"] * 2,
        "PRAGMA synchronous = FULL",
        *["BEGIN IMMEDIATE", "COMMIT"],
    ]


async def test_a_transaction_that_changed_nothing_is_no_commit(writer):
    async def look(tx):
        return await tx.events.unfiled(1)

    assert await writer.run(look) == []
    assert writer.stats.commits == 0


async def test_a_failed_unit_is_undone_alone(writer, disk):
    async with asyncio.TaskGroup() as tasks, stalled(writer):
        good = [tasks.create_task(writer.run(partial(change, kind=k))) for k in ("a", "c")]
        bad = tasks.create_task(expect(StaleClaim, writer.run(lose)))

    assert [task.result() for task in good] == ["a", "c"]
    assert bad.result().args == ("lost",)
    assert kinds(disk) == ["a", "c"]
    assert writer.stats.commits == 1


async def lose(tx):
    await fail(tx, StaleClaim("lost"))


async def test_a_delivery_that_cannot_be_stored_fails_alone(writer, disk, delivery):
    too_far = inbox.rows_of(delivery(1, position=2**63))
    async with asyncio.TaskGroup() as tasks, stalled(writer):
        bad = tasks.create_task(expect(OverflowError, writer.put(too_far)))
        good = tasks.create_task(writer.put(inbox.rows_of(delivery(2))))

    assert bad.done()
    assert good.result() == 1
    assert n_events(disk) == 1


async def test_a_unit_that_waits_is_refused_and_undone(writer, disk):
    async def waits(tx):
        await change(tx)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="must not wait"):
        await writer.run(waits)
    assert kinds(disk) == []


async def test_a_transaction_cannot_be_used_after_its_unit(writer):
    async def leak(tx):
        return tx

    tx = await writer.run(leak)

    with pytest.raises(sqlite3.ProgrammingError, match="thread"):
        await tx.events.unfiled(1)


async def test_a_job_nobody_waits_for_any_more_is_not_begun(writer, disk):
    async with stalled(writer):
        gone = asyncio.ensure_future(writer.run(change))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
    await writer.run(partial(change, kind="later"))

    assert gone.cancelled()
    assert kinds(disk) == ["later"]


async def test_a_caller_that_goes_after_its_unit_began_changes_nothing(writer, disk):
    begun, go_on = threading.Event(), threading.Event()

    async def slow(tx):
        begun.set()
        assert go_on.wait(10)
        return await change(tx)

    gone = asyncio.ensure_future(writer.run(slow))
    await asyncio.to_thread(begun.wait, 10)
    gone.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await writer.run(partial(change, kind="later"))

    assert gone.cancelled()
    assert kinds(disk) == ["change", "later"]


@pytest.mark.parametrize(("statement", "skip"), [("BEGIN IMMEDIATE", 0), ("COMMIT", 1)])
async def test_a_failed_transaction_fails_all_its_jobs_and_no_later_one(
    writer, disk, statement, skip
):
    broken = sqlite3.OperationalError("disk I/O error")
    async with asyncio.TaskGroup() as tasks, stalled(writer):
        disk.break_on(statement, broken, skip=skip)
        failed = [tasks.create_task(expect(StoreUnavailable, writer.run(change))) for _ in range(3)]

    assert [task.result().__cause__ for task in failed] == [broken] * 3
    assert kinds(disk) == []
    assert await writer.run(change) == "change"
    assert writer.stats.commits == 1


async def test_a_level_of_durability_that_does_not_take_is_tried_again(writer, disk):
    await writer.run(change, is_durable=False)
    disk.break_on("PRAGMA synchronous = FULL", sqlite3.OperationalError("no"))

    await expect(StoreUnavailable, writer.run(change))
    await writer.run(change)

    assert writer.stats.durable_commits == 1
    assert disk.seen("PRAGMA synchronous =")[-1] == "PRAGMA synchronous = FULL"


async def test_a_database_busy_elsewhere_is_unavailable(writer, disk):
    other = sqlite3.connect(disk.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    await expect(StoreUnavailable, writer.run(change))

    other.execute("ROLLBACK")
    other.close()
    assert await writer.run(change) == "change"


async def test_a_full_disk_fails_what_needs_room_and_recovers(writer, disk, delivery):
    big = inbox.rows_of(delivery(1, body=bytes(1 << 20)))
    disk.pages = 1

    error = await expect(StoreUnavailable, writer.put(big))

    assert "full" in str(error)
    assert n_events(disk) == 0
    disk.pages = 2**30
    assert await writer.put(big) == 1


async def test_trouble_with_the_disk_inside_a_job_is_no_mistake_of_its_caller(
    writer, disk, delivery
):
    disk.break_on("SAVEPOINT deliveries", sqlite3.OperationalError("disk I/O error"))

    await expect(StoreUnavailable, writer.put(inbox.rows_of(delivery(1))))

    assert await writer.put(inbox.rows_of(delivery(1))) == 1


async def test_closing_commits_what_waits(disk, delivery):
    async with Writer(disk.connect, transaction, disks.Disk(disk.path)) as writer:
        puts = [asyncio.ensure_future(writer.put(inbox.rows_of(delivery(n)))) for n in range(50)]
        await asyncio.sleep(0)

    assert await asyncio.gather(*puts) == [1] * 50
    assert n_events(disk) == 50
    assert disk.seen("PRAGMA wal_checkpoint(TRUNCATE)")
    with pytest.raises(StoreUnavailable, match="closed"):
        await writer.run(change)


async def test_a_writer_that_dies_answers_everybody(disk):
    async with Writer(disk.connect, transaction, disks.Disk(disk.path)) as writer:
        disk.break_on("COMMIT", LookupError("a fault of ours"))
        with capture_logs() as logs:
            first = await expect(StoreUnavailable, writer.run(change))
            await expect(StoreUnavailable, writer.run(change))

    assert "a fault of ours" in str(first)
    assert [one["event"] for one in logs] == ["writer stopped"]
    assert kinds(disk) == []


async def test_a_connection_that_cannot_be_opened_is_the_openers_error(path):
    def connect():
        raise StoreUnavailable("no log here")

    with pytest.raises(StoreUnavailable, match="no log here"):
        async with Writer(connect, transaction, disks.Disk(path)):
            pytest.fail("it was opened")


async def test_what_cannot_be_cleaned_on_a_failing_disk_is_cleaned_after_it(writer, disk):
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    disk.break_on("PRAGMA wal_checkpoint(TRUNCATE)", error)

    async def erase(tx):
        await change(tx)
        tx.erased.note()

    await writer.run(erase)

    left = await StoredTraces(lambda: writer.left).look(within=timedelta(seconds=20))
    # The connection of which the disk has forgotten something is not used any more.
    assert (left, disk.n_opened) == (Traces.NONE, 2)
    await writer.run(change)
    assert kinds(disk) == ["change", "change"]
