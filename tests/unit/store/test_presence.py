"""A database that is gone is missed, and none is begun in its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from roost.errors import DatabaseMissing
from roost.store.sqlite import SqliteStore


async def begun(path: Path) -> Path:
    async with SqliteStore.open(path):
        pass
    return path


async def refused(path: Path) -> str:
    with pytest.raises(DatabaseMissing) as refusal:
        await begun(path)
    return str(refusal.value)


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


async def test_a_database_that_was_removed_is_not_begun_anew(tmp_path: Path) -> None:
    path = await begun(tmp_path / "roost.db")
    path.unlink()
    before = names(tmp_path)

    said = await refused(path)

    assert said.startswith(f"{path} is missing or empty")
    assert "move away what it has left: roost.db.ballast, roost.db.begun" in said
    assert names(tmp_path) == before, "nothing was made"


async def test_put_back_it_is_used_again(tmp_path: Path, delivery) -> None:
    path = tmp_path / "roost.db"
    async with SqliteStore.open(path) as store:
        await store.inbox.put(delivery(1))
    away = path.rename(tmp_path / "away.db")
    await refused(path)
    away.rename(path)

    async with SqliteStore.open(path) as store:
        assert await store.inbox.put(delivery(1)) == 0


async def test_an_emptied_database_is_missed_too(tmp_path: Path) -> None:
    path = await begun(tmp_path / "roost.db")
    path.write_bytes(b"")

    await refused(path)

    assert path.read_bytes() == b""


async def test_a_log_that_was_left_alone_is_kept(tmp_path: Path, delivery) -> None:
    path = tmp_path / "roost.db"
    async with SqliteStore.open(path) as store:
        await store.inbox.put(delivery(1))
        # As a killed process leaves it.
        shutil.copytree(tmp_path, tmp_path / "killed")
    left = tmp_path / "killed"
    for name in ("roost.db", "roost.db.begun", "roost.db.ballast"):
        (left / name).unlink()
    log = (left / "roost.db-wal").read_bytes()

    assert "roost.db-wal" in await refused(left / "roost.db")

    assert (left / "roost.db-wal").read_bytes() == log


async def test_with_what_it_has_left_moved_away_an_empty_one_is_begun(tmp_path: Path) -> None:
    path = await begun(tmp_path / "roost.db")
    for name in ("roost.db", "roost.db.begun", "roost.db.ballast"):
        (tmp_path / name).unlink()

    await begun(path)

    assert path.stat().st_size > 0


async def test_a_first_start_that_was_killed_before_it_had_a_schema_is_repeated(
    tmp_path: Path,
) -> None:
    (tmp_path / "roost.db").touch()
    (tmp_path / "roost.db.lock").touch()

    assert (await begun(tmp_path / "roost.db")).stat().st_size > 0


async def test_a_mark_that_cannot_be_made_keeps_nobody_from_starting(tmp_path: Path) -> None:
    (tmp_path / "roost.db.begun.partial").mkdir()

    assert (await begun(tmp_path / "roost.db")).stat().st_size > 0


async def test_another_database_of_the_folder_is_no_sign(tmp_path: Path) -> None:
    await begun(tmp_path / "other.db")

    assert (await begun(tmp_path / "roost.db")).stat().st_size > 0
