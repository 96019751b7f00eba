"""Three thousand sends, a third of them struck by a fault, and the ledger finds nothing."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
import structlog
from tests.crash import sends
from tests.crash.seeds import seed
from tests.crash.tally import Often, Tally
from tests.crash.x_faults import FAULTS

from roost.testing import virtual_time

pytestmark = pytest.mark.crash

N_SENDS = 3_000


@pytest.fixture(scope="module", autouse=True)
def _without_logs() -> None:
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(scope="module")
def tally() -> Tally:
    """One run that several tests look at."""
    found = sends.run(N_SENDS, seed(), Often())
    print("\n".join(found.lines()))
    return found


@pytest.mark.timeout(900)
def test_no_send_is_lost_or_done_twice_or_left_in_doubt(tally: Tally) -> None:
    assert [fault for fault in tally.faults if not fault.startswith("L9:")] == []
    assert tally.seen["outbox sent"] + tally.seen["outbox dead"] == N_SENDS
    assert set(tally.struck) == set(FAULTS)
    assert all(tally.struck.values()), "every kind of fault has struck"
    assert sum(tally.struck.values()) > 0.25 * N_SENDS


def test_no_call_is_made_before_its_window_opens(tally: Tally) -> None:
    assert [fault for fault in tally.faults if fault.startswith("L9:")] == []


@pytest.mark.timeout(900)
def test_what_a_person_writes_by_hand_is_not_taken_for_ours() -> None:
    found = sends.run(1_000, 7, Often(by_hand=0.3))
    assert [fault for fault in found.faults if not fault.startswith("L9:")] == []


@pytest.mark.timeout(900)
def test_within_xs_real_limits_no_more_calls_are_made_than_it_allows() -> None:
    found = sends.run(600, seed(), Often(fault=0.05, is_limited=True))
    print("\n".join(found.lines()))
    assert found.faults == []
    assert found.seen["left to people"] == 0


async def _jumping(folder: Path) -> int:
    """Answer while the machine's clock jumps every few seconds; how often it has."""
    dice = random.Random(62)
    async with sends.line(folder, dice) as line:
        line.decider._often = line.worker._store._refuses = 0
        for _ in range(25):
            line.ask(dice)
            line.machine.jump()
            await asyncio.sleep(5)
            line.machine.jump()
            await asyncio.sleep(25)
            with virtual_time.running().elsewhere():
                counts = await line.store.counts()
            assert (counts.events_waiting, counts.outbox_waiting) == (0, 0)
        assert counts.outbox["sent"] == line.asked
        return line.machine.n_jumps


@pytest.mark.timeout(300)
def test_nothing_waits_for_half_a_minute_when_the_machine_s_clock_jumps(tmp_path: Path) -> None:
    assert virtual_time.run(_jumping(tmp_path)) == 50
