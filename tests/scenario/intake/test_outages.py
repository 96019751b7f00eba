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

AWAY = 10.0
"""Seconds for which the application is away, at least: it also takes its time to start."""

ANSWERED_WITHIN = 5.0
"""Seconds after it is ready, on a machine that answers one message at once."""

AS_LONG_AS = 10
"""So many times what one message took in the same run are added: some machines are slow."""

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


async def answered_in(line: Rig, *texts: str) -> float:
    """Write one message after the other; the seconds until the slowest was answered."""
    took: list[float] = []
    for n, text in enumerate(texts, 1):
        written_at = time.monotonic()
        await write(line, text)
        await until_answered(line, n)
        took.append(time.monotonic() - written_at)
    return max(took)


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
            one = await answered_in(line, *before)
            await write(line, "at the very moment")
            doomed.kill()
            assert await doomed.wait() == -signal.SIGKILL
        gone_at = time.monotonic()
        for text in during:
            await write(line, text)
            await asyncio.sleep(AWAY / len(during))
        async with line.application(environment=SOON, begins="ready"):
            ready_at = time.monotonic()
            texts = [*before, "at the very moment", *during]
            await until_answered(line, len(texts))
            took = time.monotonic() - ready_at
            away = ready_at - gone_at
            print(f"\n  away {away:.1f} s; all answered {took:.2f} s after it was ready")
            print(f"  one message in the same run: {one:.2f} s at most")
            assert await line.answers() == echoed(texts)
            assert await line.sends() == [200] * len(texts)
            await until_closed(line)
            assert took < ANSWERED_WITHIN + AS_LONG_AS * one
