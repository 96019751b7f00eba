"""A process stopped past its lease, on PostgreSQL: what it does afterwards counts nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.scenario.engine.conftest import ACCOUNT, line_over

from roost.engine.turns import TurnPolicy
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow

ROOT = Path(__file__).parents[2]
STOPPED = """
import asyncio, sys
from datetime import timedelta
from tests.scenario.engine.conftest import echo, line_over
from roost.engine import leases
from roost.engine.turns import TurnPolicy
from roost.model.opting import BUILT_IN
from roost.model.turns import Progress
from roost.store.postgresql.store import PostgresStore

class Thinking:
    kinds: frozenset[str] = frozenset()
    opt_out = BUILT_IN

    async def decide(self, turn):
        print("thinking", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        yield Progress(await echo(turn), final=True)

async def main(dsn, given_up_after):
    if given_up_after:
        leases.GIVEN_UP_AFTER = leases.RENEWED_AFTER = given_up_after
    async with PostgresStore.open(dsn) as store:
        policy = TurnPolicy(deadline=timedelta(seconds=60), lease=timedelta(seconds=1))
        line = line_over(store, policy=policy)
        line.worker._turns._deciders = {"b": Thinking()}
        await line.worker.run()

asyncio.run(main(sys.argv[1], float(sys.argv[2])))
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def said(process: asyncio.subprocess.Process, words: str) -> str:
    """Read what a process prints until a line holds some words."""
    async for line in process.stdout:
        if words in line.decode():
            return line.decode()
    raise AssertionError(f"it ended without saying {words!r}")


@pytest.mark.crash
@pytest.mark.parametrize(
    ("given_up_after", "reason"),
    [
        pytest.param("0", "its lease could not be renewed", id="it stops by itself"),
        pytest.param("1000", "of 1001-2002 is old", id="the fence refuses it"),
    ],
)
async def test_a_process_stopped_past_its_lease_changes_nothing_when_it_goes_on(
    dsn: str, given_up_after: str, reason: str
) -> None:
    async with PostgresStore.open(dsn) as store, asyncio.timeout(60):
        await store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b")])
        rival = line_over(store, policy=TurnPolicy(lease=timedelta(seconds=40)))
        stopped = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", STOPPED, dsn, given_up_after),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            await rival.receives(1, "hello")
            await said(stopped, "thinking")
            os.kill(stopped.pid, signal.SIGSTOP)
            async with rival.working():
                await rival.until_settled()
                stopped.stdin.write(b"go on\n")
                await stopped.stdin.drain()
                os.kill(stopped.pid, signal.SIGCONT)
                assert reason in await said(stopped, "turn dropped")
                await rival.until_settled()
            counts = await store.counts()
        finally:
            stopped.kill()
            await stopped.wait()
    assert rival.gateway.texts == ["re: hello"]
    assert (counts.outbox["sent"], counts.events["done"]) == (1, 1)
