"""A real application is away, or told nothing, and still answers everything once, in order."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from tests.rig import Rig, rig, until

from roost.demo import world

pytestmark = pytest.mark.crash

XS_OWN = {"retry_after_s": [3, 27, 242]}
"""X's real schedule of retries."""

SOON = {"ROOST_CONFIRM_GAP_S": "0.5", "ROOST_WEBHOOK_CHECK_S": "0.5"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """The application's database: its DSN, `None` for SQLite."""
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


async def write(line: Rig, *texts: str) -> None:
    for text in texts:
        await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, text)


def echoed(texts: Sequence[str]) -> list[str]:
    return [f"You said: {text}" for text in texts]


async def until_answered(line: Rig, n: int) -> None:
    async def is_answered() -> bool:
        return len(await line.answers()) >= n

    await until(is_answered)


async def until_closed(line: Rig) -> None:
    async def is_closed() -> bool:
        return line.rows("SELECT count(*) FROM gaps WHERE state = 'open'") == [(0,)]

    await until(is_closed)


async def fault(line: Rig, *rules: dict[str, object]) -> None:
    body = msgspec.json.encode({"faults": list(rules)})
    await line.controls.raw("PUT", "/_sim/faults", body)


async def test_killed_for_ten_seconds_it_answers_everything_once_in_order_soon_after_its_return(
    tmp_path: Path, database: str | None
) -> None:
    before = [f"before {n}" for n in range(3)]
    during = [f"during {n}" for n in range(5)]
    async with rig(tmp_path, XS_OWN, database=database) as line:
        async with line.application(environment=SOON) as doomed:
            await write(line, *before)
            await until_answered(line, len(before))
            await write(line, "at the very moment")
            doomed.kill()
            assert await doomed.wait() == -signal.SIGKILL
        gone_at = time.monotonic()
        for text in during:
            await write(line, text)
            await asyncio.sleep(2)
        async with line.application(environment=SOON):
            ready_at = time.monotonic()
            texts = [*before, "at the very moment", *during]
            await until_answered(line, len(texts))
            took = time.monotonic() - ready_at
            away = ready_at - gone_at
            print(f"\n  away {away:.1f} s; all answered {took:.2f} s after its return")
            assert await line.answers() == echoed(texts)
            assert await line.sends() == [200] * len(texts)
            await until_closed(line)
            assert took < 20, "X's third attempt alone would take four minutes"
