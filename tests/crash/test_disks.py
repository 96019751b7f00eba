"""Disks that are full, read-only or failing, and too few descriptors: no 200, no death, no loss."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.crash import failing, lives, preloaded
from tests.crash.failing import FailingDisk, SmallDisk
from tests.crash.lives import Life, Nursery
from tests.crash.seeds import seed
from tests.crash.stage import Stage, stage

from roost.simulator.fault_rules import Match, SlowRule
from roost.testing import ledger, ledger_database

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]

WITHIN = 20.0
"""Seconds for anything to be noticed; the machine may be busy."""

DISK_BYTES = 80 << 20
"""Of a small disk: a database and twice its ballast."""

N_BEFORE, N_MEANWHILE = 4, 12

SLOW = SlowRule(seconds=1.5, match=Match(route="dm.events.new"))
"""X takes a second to answer a send."""


@dataclass
class Trial:
    """An application whose disk can fail, and its X."""

    on: Stage
    life: Life
    nursery: Nursery

    def refused(self) -> int:
        """Count the deliveries that were answered 503."""
        return statuses(self.on).count(503)

    def health(self, path: str = "/readyz") -> tuple[int, str]:
        """Ask the application how it is; its status, and its reason where it gives one."""
        url = f"http://127.0.0.1:{self.on.environment['ROOST_PORT']}{path}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status, json.load(answer).get("reason", "")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error).get("reason", "")

    async def until_it_says(self, reason: str) -> None:
        """Wait until the application is ready, or is not and says why.

        Asks from a thread, since X is served by this one.
        """
        status = 503 if reason else 200
        try:
            async with asyncio.timeout(WITHIN):
                while True:
                    if await asyncio.to_thread(self.health) == (status, reason):
                        return
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            said = await asyncio.to_thread(self.health)
            raise AssertionError(f"{reason!r} not said within {WITHIN:.0f} s but {said}") from error

    def count(self, state: str) -> int:
        """Count the outbox entries in a state."""
        ((n,),) = ledger_database.opened(self.on.database).rows(
            f"SELECT count(*) FROM outbox WHERE state = '{state}'"
        )
        return int(str(n))

    def sent(self) -> int:
        """Count the messages whose sending is recorded."""
        return self.count("sent")


def statuses(on: Stage) -> list[int | None]:
    """Give what X was answered, attempt by attempt."""
    lines = map(json.loads, on.x.simulation.records.ledger.text().splitlines())
    return [line["status"] for line in lines if line["kind"] == "attempt"]


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something has been noticed."""
    try:
        async with asyncio.timeout(WITHIN):
            while True:
                if holds():
                    return
                await asyncio.sleep(0.02)
    except TimeoutError as error:
        raise AssertionError(f"{what}: not within {WITHIN:.0f} s") from error


@asynccontextmanager
async def tried(folder: Path, environment: Mapping[str, str]) -> AsyncGenerator[Trial]:
    """Have an application that has answered a few messages already."""
    async with (
        lives.nursery(folder / "log", environment) as nursery,
        stage(folder, random.Random(seed())) as on,
    ):
        async with nursery.life(on.connecting):
            await on.until_connected()
        on.trace_fences()
        async with nursery.life(on.environment) as life:
            on.write(N_BEFORE)
            await on.until_settled()
            yield Trial(on, life, nursery)


async def recovered(trial: Trial) -> None:
    """Check that all is well again, by itself and in the same process."""
    await trial.on.until_settled()
    await trial.until_it_says("")
    assert not trial.life.ended.done(), trial.nursery.printed()
    assert ledger.broken(trial.on.truth(), trial.on.database) == []


def n_open(pid: int) -> int:
    """Count the files and connections a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def failing_disk(data: Path, tmp_path: Path) -> FailingDisk:
    try:
        return FailingDisk(data, tmp_path)
    except preloaded.NoCompiler as error:
        pytest.skip(f"NO DISK WAS MADE TO FAIL: {error}")


@contextmanager
def mounted(folder: Path) -> Generator[SmallDisk]:
    with ExitStack() as stack:
        size = f"size={DISK_BYTES},mode=0700"
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "roost-test", folder],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            pytest.skip(f"NO DISK WAS FILLED: {made.stderr.strip()}")
        stack.callback(subprocess.run, ["umount", "-l", folder], check=True)
        yield SmallDisk(folder)


@pytest.fixture
def small_disk(data: Path) -> Generator[SmallDisk]:
    if shutil.which("mount") is None:
        pytest.skip("NO DISK WAS FILLED: there is no `mount` here")
    with mounted(data) as disk:
        yield disk


async def test_fault_f11_a_full_disk_takes_no_delivery_and_still_keeps_how_sends_end(
    small_disk: SmallDisk, tmp_path: Path
) -> None:
    async with tried(tmp_path, {}) as trial:
        on, before = trial.on, trial.sent()
        on.x.simulation.faults.put([SLOW])
        on.write(1)
        await until(lambda: trial.count("sending") == 1, "a send is in flight")
        with small_disk.full():
            on.write(N_MEANWHILE)
            await until(lambda: trial.refused() > 0, "a delivery is refused")
            await until(lambda: trial.sent() > before, "how a send has ended is recorded")
            n_refused = trial.refused()
            await trial.until_it_says("the database cannot be used: the disk is full")
            assert await asyncio.to_thread(trial.health, "/healthz") == (200, "")
            await until(lambda: trial.refused() > n_refused, "deliveries are refused on")
            assert not (on.data / "roost.db.ballast").exists()
            on.x.simulation.faults.clear()
        await recovered(trial)
        assert (on.data / "roost.db.ballast").stat().st_blocks * 512 >= 16 << 20
    assert "the disk is full" in trial.nursery.printed()
    assert "disk has room again" in trial.nursery.printed()


TROUBLES = (
    ("F11", {"writes": failing.FULL}, "the disk is full"),
    ("F13", {"writes": failing.READ_ONLY}, "the disk is read-only"),
    ("F10", {"writes": failing.FAILING}, "the disk fails"),
    ("F10", {"syncs": failing.FAILING}, "the disk fails"),
)
"""One after the other, in one life."""


async def test_faults_f10_f11_f13_a_disk_that_takes_nothing_is_acknowledged_for_nothing(
    failing_disk: FailingDisk, tmp_path: Path
) -> None:
    async with tried(tmp_path, failing_disk.environment) as trial:
        for number, orders, says in TROUBLES:
            n_refused = trial.refused()
            with failing_disk.fails(**orders):
                n_taken = statuses(trial.on).count(200)
                trial.on.write(N_MEANWHILE)
                await until(
                    lambda before=n_refused: trial.refused() >= before + N_MEANWHILE,
                    f"{number}: every delivery is refused",
                )
                await trial.until_it_says(f"the database cannot be used: {says}")
                assert statuses(trial.on).count(200) == n_taken, number
            await recovered(trial)
            print(f"fault[{number}] {orders}: refused {trial.refused() - n_refused}, recovered")
        printed = (tmp_path / "log").read_text()
        assert [says for _, _, says in TROUBLES if says not in printed] == []


async def test_fault_f15_too_few_descriptors_end_nothing(tmp_path: Path) -> None:
    async with tried(tmp_path, {}) as trial:
        pid, port = trial.life.pid, int(trial.on.environment["ROOST_PORT"])
        usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (n_open(pid) + 3, usual[1]))
        with ExitStack() as flood:
            for _ in range(40):
                one = flood.enter_context(socket.socket())
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
            trial.on.write(N_MEANWHILE)
            await until(lambda: "too many files are open" in trial.nursery.printed(), "it says why")
            assert not trial.life.ended.done(), trial.nursery.printed()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        await recovered(trial)
        await until(lambda: "ready again" in trial.nursery.printed(), "it says that it is over")
