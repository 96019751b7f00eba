"""Three hundred power cuts lose nothing, and what would be lost on a lying disk is found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.crash import disks, power, preloaded
from tests.crash.disks import Disk, File, Model, Record, What
from tests.crash.seeds import seed

pytestmark = pytest.mark.crash

N_CUTS = 300


@pytest.fixture(scope="module", autouse=True)
def _can_be_recorded(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        preloaded.built("recorder", tmp_path_factory.mktemp("recorder"))
    except preloaded.NoCompiler as error:
        pytest.skip(f"NO POWER CUT WAS TRIED: {error}")


@pytest.mark.timeout(900)
def test_what_was_acknowledged_survives_every_power_cut() -> None:
    tally = power.run(N_CUTS, seed())
    print("\n".join(tally.lines()))
    assert tally.faults == []
    assert tally.cuts == {"PREFIX": N_CUTS // 2, "TORN": N_CUTS // 2}
    assert tally.acknowledged > 0
    assert tally.begun > 0


@pytest.mark.timeout(300)
def test_on_a_disk_that_lies_losses_are_found() -> None:
    tally = power.run(40, seed(), is_lying=True)
    assert tally.flagged > 20
    assert any(fault.startswith("L1:") for fault in tally.faults)


def test_only_what_was_synced_survives_for_certain() -> None:
    disk, dice = Disk(), random.Random(1)
    for record in (
        Record(What.OPENED, "a"),
        Record(What.WRITTEN, "a", 0, b"kept"),
        Record(What.SYNCED, "a"),
        Record(What.WRITTEN, "a", 4, b"lost"),
    ):
        disk.hear(record)
    assert disk.after_cut(Model.PREFIX, dice) == {"a": b"kept"}
    torn = {disk.after_cut(Model.TORN, dice)["a"] for _ in range(50)}
    assert torn == {b"kept", b"keptlost"}


def test_a_write_is_torn_between_sectors_only() -> None:
    file, dice = File(), random.Random(1)
    file.told.append(Record(What.WRITTEN, "a", 0, b"x" * disks.SECTOR * 2))
    whole = (b"\0" * disks.SECTOR, b"x" * disks.SECTOR)
    for _ in range(50):
        found = file.after_cut(Model.TORN, dice)
        for at in range(0, len(found), disks.SECTOR):
            assert found[at : at + disks.SECTOR] in whole


def test_a_removed_file_may_come_back_until_its_folder_is_synced() -> None:
    disk, dice = Disk(), random.Random(1)
    for record in (
        Record(What.OPENED, "j"),
        Record(What.WRITTEN, "j", 0, b"journal"),
        Record(What.SYNCED, "j"),
        Record(What.REMOVED, "j"),
    ):
        disk.hear(record)
    assert {len(disk.after_cut(Model.TORN, dice)) for _ in range(50)} == {0, 1}
    disk.hear(Record(What.FOLDER_SYNCED, "."))
    assert {len(disk.after_cut(Model.TORN, dice)) for _ in range(50)} == {0}


def test_a_record_that_was_cut_off_is_read_back(tmp_path: Path) -> None:
    log = tmp_path / "log"
    name, data = b"roost.db", b"abc"
    header = disks._HEADER.pack(What.WRITTEN, len(name), 7, len(data))
    log.write_bytes(header + name + data + disks._HEADER.pack(What.CUT_OFF, len(name), 4, 0) + name)
    assert list(disks.read(log)) == [
        Record(What.WRITTEN, "roost.db", 7, b"abc"),
        Record(What.CUT_OFF, "roost.db", 4),
    ]
