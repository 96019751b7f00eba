"""SIGKILL at random moments while customers keep writing; then the ledger is checked."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from tests.crash.seeds import seed
from tests.rig import Rig, rig

from roost.demo import world
from roost.model.ids import UserId
from roost.testing import ledger

pytestmark = pytest.mark.crash

CUSTOMERS = ("2002", "2003", "2004")
N_KILLS = 6
MESSAGES_BETWEEN_KILLS = 6

PATIENT = (0.2, 0.3, 0.5, 1, 1, 2, 2, *(4.0,) * 15)
"""X's pauses before retries, in seconds: on a busy machine six starts take longer than a few."""


async def write(line: Rig, dice: random.Random, written: list[int]) -> None:
    """Write messages at uneven intervals."""
    for _ in range(MESSAGES_BETWEEN_KILLS):
        written[0] += 1
        await line.controls.send_dm(dice.choice(CUSTOMERS), world.ACCOUNT_ID, f"item {written[0]}")
        await asyncio.sleep(dice.uniform(0, 0.05))


async def test_killed_at_random_moments_nothing_is_lost_or_done_twice(tmp_path: Path) -> None:
    dice, written = random.Random(seed()), [0]
    async with rig(tmp_path, {"retry_after_s": PATIENT}) as line:
        for _ in range(N_KILLS):
            async with line.application() as doomed, asyncio.TaskGroup() as tasks:
                tasks.create_task(write(line, dice, written))
                await asyncio.sleep(dice.uniform(0, 0.25))
                doomed.kill()
        async with line.application(environment={"ROOST_RECONCILE_AFTER_S": "1,2"}):
            await line.until_settled(n_answers=0)
            await line.until_acknowledged()
            await line.until_settled(n_answers=0)
        log = await line.controls.raw("GET", "/_sim/ledger")
        truth = ledger.read(log, account_id=UserId(world.ACCOUNT_ID), app_id=world.APP_ID)
        assert ledger.broken(truth, tmp_path / "roost.db") == []
        answers = [text for to in CUSTOMERS for text in await line.answers(to)]
        assert sorted(answers) == sorted(f"You said: item {n}" for n in range(1, written[0] + 1))
        for to in CUSTOMERS:
            numbers = [int(text.rpartition(" ")[2]) for text in await line.answers(to)]
            print(f"customer {to}: {len(numbers)} answers, in order: {numbers == sorted(numbers)}")
