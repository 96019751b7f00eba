"""A disk that is full or fails: what is let go, what is begun with afresh, and what is said."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from functools import partial

import pytest
from tests.unit.store.breaking import Disk, change, expect, kinds, n_events, stalled, transaction

from roost.errors import DiskTrouble, StoreUnavailable
from roost.store import disk as disks
from roost.store import inbox
from roost.store.ballast import Ballast
from roost.store.writer import Writer


@pytest.fixture
def disk(path):
    return Disk(path)


@pytest.fixture
async def writer(disk):
    async with Writer(disk.connect, transaction, disks.Disk(disk.path)) as opened:
        yield opened


async def test_a_disk_that_has_failed_is_begun_with_afresh(writer, disk, caplog):
    """What the system has forgotten of the log must not be built upon."""
    await writer.run(change)
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    disk.break_on("COMMIT", failed)

    error = await expect(DiskTrouble, writer.run(change))
    assert (error.trouble, writer.trouble) == (disks.FAILING, disks.FAILING)
    disk.statements.clear()
    await writer.run(partial(change, kind="later"))

    mended, commits = "PRAGMA wal_checkpoint(TRUNCATE)", "BEGIN IMMEDIATE"
    assert disk.seen(mended, commits) == [mended, commits]
    assert disk.n_opened == 2
    assert kinds(disk) == ["change", "later"]
    assert writer.trouble == ""


async def test_nothing_is_committed_while_the_log_cannot_be_emptied(writer, disk):
    await writer.run(change)
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    disk.break_on("COMMIT", failed)
    await expect(DiskTrouble, writer.run(change))
    other = sqlite3.connect(disk.path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM changes").fetchall()

    await expect(StoreUnavailable, writer.run(change))

    other.execute("ROLLBACK")
    other.close()
    assert await writer.run(change) == "change"


async def test_a_full_disk_lets_its_ballast_go_for_everything_but_deliveries(
    disk, delivery, tmp_path
):
    ballast = Ballast(tmp_path / "ballast", size=4096)
    on = disks.Disk(disk.path, ballast, monotonic=lambda: 0)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    async with Writer(disk.connect, transaction, on) as writer:
        assert (tmp_path / "ballast").stat().st_blocks * 512 >= 4096
        async with asyncio.TaskGroup() as tasks, stalled(writer):
            disk.break_on("COMMIT", full, skip=1)
            put = tasks.create_task(expect(DiskTrouble, writer.put(inbox.rows_of(delivery(1)))))
            unit = tasks.create_task(writer.run(change))

        assert put.result().trouble == disks.FULL
        assert unit.result() == "change"
        assert not (tmp_path / "ballast").exists()
        await expect(DiskTrouble, writer.put(inbox.rows_of(delivery(2))))
        assert await writer.run(change) == "change"
        assert writer.trouble == disks.FULL
    assert n_events(disk) == 0


async def test_deliveries_are_taken_again_once_there_is_room_for_the_ballast(tmp_path):
    now, ballast = [0.0], Ballast(tmp_path / "ballast", size=4096)
    on = disks.Disk(tmp_path / "roost.db", ballast, monotonic=lambda: now[0])
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert on.failed(full)
    assert not on.failed(full), "there is nothing more to let go"
    assert not on.has_room()

    now[0] += disks.LOOK_EVERY

    assert on.has_room()
    on.kept()
    assert on.trouble == ""


@pytest.mark.parametrize("other", [None, b"", b"something else"])
async def test_nothing_is_written_to_a_file_that_has_lost_its_name(writer, disk, tmp_path, other):
    """What is written there would be gone with the process, whatever was said of it."""
    await writer.run(change)
    away = tmp_path / "away.db"
    disk.path.rename(away)
    if other is not None:
        disk.path.write_bytes(other)

    error = await expect(DiskTrouble, writer.run(change))

    assert (error.trouble, writer.trouble) == (disks.MOVED, disks.MOVED)
    assert other == (disk.path.read_bytes() if disk.path.exists() else None)
    away.rename(disk.path)
    await writer.run(partial(change, kind="later"))
    assert kinds(disk) == ["change", "later"]
    assert writer.trouble == ""


async def test_what_need_not_be_kept_goes_where_the_file_has_gone(writer, disk, tmp_path):
    """To look for the file costs; what does not wait for the disk may be lost with it anyway."""
    await writer.run(change)
    away = disk.path.rename(tmp_path / "away.db")

    await writer.run(partial(change, kind="light"), is_durable=False)
    error = await expect(DiskTrouble, writer.run(change))

    assert error.trouble == disks.MOVED
    away.rename(disk.path)
    assert kinds(disk) == ["change", "light"]


async def test_no_connection_is_made_to_a_file_that_has_taken_the_name(writer, disk, tmp_path):
    await writer.run(change)
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    disk.break_on("COMMIT", failed)
    await expect(DiskTrouble, writer.run(change))
    disk.path.rename(tmp_path / "away.db")
    disk.path.write_bytes(b"")

    error = await expect(DiskTrouble, writer.run(change, is_durable=False))

    assert error.trouble == disks.MOVED
    assert disk.n_opened == 1
    assert disk.path.read_bytes() == b""


def test_a_ballast_is_not_taken_with_the_last_room(tmp_path):
    room = os.statvfs(tmp_path)
    ballast = Ballast(tmp_path / "ballast", size=room.f_bavail * room.f_frsize)

    assert not ballast.take()
    assert not (tmp_path / "ballast").exists()
    assert not ballast.let_go()
