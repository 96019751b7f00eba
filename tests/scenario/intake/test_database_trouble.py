"""A database that takes nothing: X is told 503 and never 200, and what it gave up on is found."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from tests.rig import rig, until
from tests.stalls import stood_still

from roost.demo import world

pytestmark = pytest.mark.crash

ONE_ATTEMPT = {"retry_after_s": [1_000], "webhook_timeout_s": 20}
"""X will not come again while the test lasts, and waits for what a slow machine says."""


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
async def test_while_another_program_holds_the_database_x_is_told_503_in_time_and_misses_nothing(
    tmp_path: Path, lock: str
) -> None:
    soon = {"ROOST_CONFIRM_GAP_S": "0.5"}
    async with rig(tmp_path, ONE_ATTEMPT) as line, line.application(environment=soon):
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "before")
        await line.until_settled(n_answers=1)
        with closing(sqlite3.connect(tmp_path / "roost.db", isolation_level=None)) as other:
            other.execute(lock)
            async with stood_still() as lost:
                for number in range(3):
                    text = f"locked {number}"
                    await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, text)

                async def is_refused() -> bool:
                    return len(await _refusals(line)) == 3

                await until(is_refused)
            refused = await _refusals(line)
            assert max(refused) < 3_000 + 1_000 * max(lost), f"X waits 3 s; took {refused} ms"
            other.execute("ROLLBACK")
        free_at = time.monotonic()

        await line.until_settled(n_answers=4)

        print(f"\n  answered {time.monotonic() - free_at:.2f} s after the database was free")
        # One that was given up on may be stored all the same, ahead of its elders.
        answers = sorted(await line.answers())
        assert answers == ["You said: before", *(f"You said: locked {n}" for n in range(3))]
        reasons = line.rows("SELECT DISTINCT reason FROM gaps")
        assert ("answered 503",) in reasons or ("webhook missing",) in reasons


async def _refusals(line) -> list[float]:
    raw = await line.controls.raw("GET", "/_sim/deliveries")
    rows = msgspec.json.decode(raw)["deliveries"]
    return [row["ms"] for row in rows if row["status"] == 503]
