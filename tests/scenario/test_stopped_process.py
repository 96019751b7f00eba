"""A process stopped past its lease, on PostgreSQL: what it does afterwards counts nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.scenario.engine.conftest import ACCOUNT, Line, line_over

from roost.engine.turns import TurnPolicy
from roost.simulator import serving, world_file
from roost.simulator.app import Simulator
from roost.store.postgresql import presence
from roost.store.postgresql.store import PostgresStore
from roost.store.registry import AccountRow, AppRow
from roost.testing.clocks import NOON
from roost.testing.x_simulator import World
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway

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

SENDING = """
import asyncio, os, signal, sys
from datetime import timedelta
from tests.scenario.engine.conftest import ACCOUNT, line_over
from roost.ports import GapKind, NewGap
from roost.store.postgresql.store import PostgresStore
from roost.xapi.client import XClient
from roost.xapi.gateway import XGateway
from roost.testing.clocks import NOON
from roost.xapi.oauth1 import Credentials

OUTAGE = NewGap(ACCOUNT, GapKind.OUTAGE, "down", NOON - timedelta(hours=1), NOON)

async def open_and_claim(tx):
    await tx.gaps.open(OUTAGE, at=NOON)
    assert len(await tx.gaps.claim_due(NOON, 9)) == 1

class StopsOnce:
    is_over = False

    def at(self, name):
        if name == "outbox.sending" and not self.is_over:
            self.is_over = True
            os.kill(os.getpid(), signal.SIGSTOP)

async def main(dsn, url, begun_within, *keys):
    async with PostgresStore.open(dsn) as store, XClient(Credentials(*keys), base_url=url) as x:
        line = line_over(store, at_x=XGateway({ACCOUNT: x}), probe=StopsOnce())
        line.worker._outbox._begun_within = float(begun_within)
        await store.transact(open_and_claim)
        await line.worker.run()

asyncio.run(main(*sys.argv[1:]))
"""
BEGUN_WITHIN = 1.0


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


@asynccontextmanager
async def served_x() -> AsyncGenerator[World]:
    simulator = Simulator(world_file.built_in())
    async with simulator, serving.listening(simulator, "127.0.0.1", 0) as url:
        yield World(simulator.simulation, url)


async def gaps_claimed(store: PostgresStore) -> int:
    return len(await store.transact(lambda tx: tx.gaps.claim_due(NOON, 9)))


async def takes_over(rival: Line) -> None:
    """Go on, as a process does, until the send of the stopped one and its gap are the rival's."""
    assert await gaps_claimed(rival.store) == 0
    while (await rival.store.counts()).outbox["sending"]:
        await rival.worker.take_over()
        await asyncio.sleep(0.2)
    assert await gaps_claimed(rival.store) == 1


async def settles(rival: Line) -> None:
    """Let the hours pass, and work until nothing is to be sent any more."""
    async with rival.working():
        while (await rival.store.counts()).outbox_waiting:
            rival.clock.advance(timedelta(seconds=30))
            rival.worker.look()
            await asyncio.sleep(0.2)


@pytest.mark.crash
async def test_a_process_stopped_before_the_first_byte_of_a_message_does_not_send_it_any_more(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps its connections, as one does that is paused with its container."""
    monkeypatch.setattr(presence, "_BEAT_EVERY", 0.1)
    async with served_x() as x, asyncio.timeout(60):
        keys = x.credentials("acme")
        async with PostgresStore.open(dsn) as store:
            await store.register([AppRow("main", "1", "key")], [AccountRow(ACCOUNT, "main", "b")])
            await line_over(store).receives(1, "hello")
        stopped = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SENDING, dsn, x.url, str(BEGUN_WITHIN)),
            *(keys.consumer_key, keys.consumer_secret, keys.token, keys.token_secret),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            await asyncio.to_thread(os.waitid, os.P_PID, stopped.pid, os.WSTOPPED)
            async with PostgresStore.open(dsn) as store, XClient(keys, base_url=x.url) as client:
                rival = line_over(store, at_x=XGateway({ACCOUNT: client}))
                await takes_over(rival)
                await settles(rival)
                await asyncio.sleep(BEGUN_WITHIN)
                os.kill(stopped.pid, signal.SIGCONT)
                assert "XApiUnavailable" in await said(stopped, "message not sent")
                await rival.receives(2, "and now?", customer="2003")
                await rival.until_settled()
                counts = await store.counts()
        finally:
            stopped.kill()
            await stopped.wait()
        assert x.messages() == ["re: hello", "re: and now?"]
        assert (counts.outbox["sent"], counts.outbox_waiting) == (2, 0)
