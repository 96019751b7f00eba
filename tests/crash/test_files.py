"""What happens to the files beside the application: logs, readers, the database itself."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.contract.conftest import OURS, LeaseClock, World
from tests.crash.seeds import seed
from tests.crash.test_disks import N_MEANWHILE, recovered, tried, until

from roost.errors import StoreUnavailable
from roost.simulator.fault_rules import ErrorStatusRule, Match
from roost.store.registry import AccountRow, AppRow
from roost.store.sqlite import SqliteStore

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]

N_DAMAGED = 30
"""Databases that are damaged, each in another way."""

PAGE_BYTES = 4096

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full, on which no write succeeds")
async def test_fault_f14_a_log_that_takes_no_line_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(FULL)
    async with tried(tmp_path, {}) as trial:
        # Each is told of in the log.
        refuses = ErrorStatusRule(
            code=131, probability=0.5, seed=1, match=Match(route="dm.events.new")
        )
        trial.on.x.simulation.faults.put([refuses])
        trial.on.write(N_MEANWHILE)
        await until(lambda: trial.sent() > N_MEANWHILE // 2, "half of them are sent")
        trial.on.x.simulation.faults.clear()
        await recovered(trial)


async def test_fault_f17_a_reader_that_pins_the_log_stops_nothing(tmp_path: Path) -> None:
    async with tried(tmp_path, {}) as trial:
        database = trial.on.database
        assert isinstance(database, Path)
        log = database.with_name(f"{database.name}-wal")
        with closing(sqlite3.connect(database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            ((n_before,),) = reader.execute("SELECT count(*) FROM events").fetchall()
            trial.on.write(N_MEANWHILE)
            await recovered(trial)
            assert reader.execute("SELECT count(*) FROM events").fetchall() == [(n_before,)]
            pinned = log.stat().st_size
            reader.execute("COMMIT")
        trial.on.write(1)
        await recovered(trial)
    assert pinned > 0
    assert_whole(database)


def assert_whole(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_fault_f18_a_file_that_is_moved_away_is_missed_and_used_again(
    tmp_path: Path,
) -> None:
    async with tried(tmp_path, {}) as trial:
        database = trial.on.database
        assert isinstance(database, Path)
        away = database.with_name("away.db")
        database.rename(away)
        trial.on.write(N_MEANWHILE)
        await until(lambda: trial.refused() > 0, "a delivery is refused")
        await trial.until_it_says(
            "the database cannot be used: the database file was moved, removed or replaced"
        )
        assert not database.exists(), "no empty one is made in its place"
        away.rename(database)
        await recovered(trial)
    assert "moved, removed or replaced" in trial.nursery.printed()


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    """A database with a few dozen messages."""
    path = tmp_path / "filled.db"
    async with SqliteStore.open(path) as store:
        await store.register([AppRow("main", "1", "key")], [AccountRow(OURS, "main", "b")])
        await write(store, 40)
    return path


async def write(store: SqliteStore, n: int) -> None:
    world = World(LeaseClock())
    for number in range(n):
        customer = str(2_000 + number % 7)
        await world.receive(store, world.received(1_000 + number, text="words", customer=customer))


def damaged(file: Path, dice: random.Random) -> bytes:
    """Give a database of which a page is overwritten, or the second half is missing."""
    content = bytearray(file.read_bytes())
    if dice.random() < 0.2:
        return bytes(content[: len(content) // 2])
    page = dice.randrange(len(content) // PAGE_BYTES) * PAGE_BYTES
    for _ in range(dice.choice((1, 64, 2_000))):
        content[page + dice.randrange(PAGE_BYTES)] = dice.randrange(256)
    return bytes(content)


async def test_fault_f19_a_damaged_file_is_refused_in_words_or_does_no_harm(
    filled: Path, tmp_path: Path
) -> None:
    dice, said = random.Random(seed()), list[str]()
    for n in range(N_DAMAGED):
        file = tmp_path / f"damaged-{n}.db"
        shutil.copy(filled, file)
        file.write_bytes(damaged(filled, dice))
        try:
            async with SqliteStore.open(file) as store:
                await write(store, 3)
                await store.counts()
        except* StoreUnavailable as refusals:
            said += map(str, refusals.exceptions)
    print(f"{len(said)} of {N_DAMAGED} damaged files were refused")
    assert said
    assert [one for one in said if "damaged" not in one and "malformed" not in one] == []
