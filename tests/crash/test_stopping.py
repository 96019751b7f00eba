"""SIGTERM at every step of the line, and processes replaced one by one while customers write."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from tests.rig import WITHIN, Rig, rig
from tests.stalls import stood_still

from roost.demo import world
from roost.demo.child import Child
from roost.model.ids import UserId
from roost.ports import PROBES
from roost.testing import ledger

pytestmark = pytest.mark.crash

STOPS_WITHIN = 10.0
HELLO = "Hello Ada Lovelace! What can I do for you?"

CUSTOMERS = ("2002", "2003", "2004")
N_RESTARTS = int(os.environ.get("CRASH_RESTARTS", "6"))
PER_SECOND, AT_ONCE = 40.0, 20
"""Messages, and after how many of them the machine is let get done with all."""

COMMITS_WITHIN = 1.5
"""Seconds that the machine may stand still before an application has to answer 503."""


async def attempts(line: Rig) -> list[int | None]:
    """Give the status of every attempt to deliver something; `None` where no answer came."""
    return [one.status for one in await line.ledger() if one.kind == "attempt"]


SHARED = ("intake.committed", "turn.claimed", "outbox.sending")
"""Steps at which something is held that other processes on one database could want."""


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The application's database: its DSN, `None` for SQLite."""
    return request.getfixturevalue("dsn") if request.param == "postgresql" else None


@pytest.mark.parametrize(
    ("probe", "database"),
    [*((probe, "sqlite") for probe in PROBES), *((probe, "postgresql") for probe in SHARED)],
    indirect=["database"],
)
async def test_asked_to_stop_at_a_step_it_ends_in_order(
    probe: str, database: str | None, tmp_path: Path
) -> None:
    async with rig(tmp_path, database=database) as line:
        async with line.application(environment={"ROOST_STOP_AT": probe}) as asked:
            if not probe.startswith("backfill."):
                await line.until_listed()
            written_at = time.monotonic()
            await line.controls.send_dm(world.CUSTOMER_ID, world.ACCOUNT_ID, "hello")
            async with asyncio.timeout(WITHIN):
                assert await asked.wait() == 0
            took = time.monotonic() - written_at
            print(f"\n  {probe}: reached, asked to stop and drained within {took:.2f} s")
        held = line.rows("SELECT count(*) FROM conversations WHERE lease_until IS NOT NULL")
        open_sends = "SELECT count(*) FROM outbox WHERE state IN ('sending', 'uncertain')"
        assert (held, line.rows(open_sends)) == ([(0,)], [(0,)])
        first = (await attempts(line))[0]
        async with line.application():
            await line.until_settled(n_answers=1)

            assert first == 200, "who was being answered was answered"
            assert await line.answers() == [HELLO]
            assert await line.sends() == [200]
            await line.until_listed()  # nothing was in doubt


class Fleet:
    """Processes of one role, replaced one by one: the new one is ready before the old one goes."""

    def __init__(self, line: Rig, role: str) -> None:
        self._line = line
        self._role = role
        self._running: list[tuple[Child, AsyncExitStack]] = []
        self.stopped_in: list[float] = []

    async def add(self) -> None:
        stack = AsyncExitStack()
        child = await stack.enter_async_context(self._line.application(role=self._role))
        self._running.append((child, stack))

    async def replace(self) -> None:
        await self.add()
        await self._end_oldest()

    async def _end_oldest(self) -> None:
        child, stack = self._running.pop(0)
        begun = time.monotonic()
        await stack.aclose()
        self.stopped_in.append(time.monotonic() - begun)
        assert await child.wait() == 0

    async def end(self) -> None:
        while self._running:
            await self._end_oldest()


@asynccontextmanager
async def fleet(line: Rig, role: str, size: int) -> AsyncGenerator[Fleet]:
    made = Fleet(line, role)
    try:
        for _ in range(size):
            await made.add()
        yield made
    finally:
        await made.end()


async def write(line: Rig, until: asyncio.Event) -> int:
    """Write at a steady pace until told to stop; how many messages there were."""
    for n in itertools.count(1):
        if until.is_set():
            return n - 1
        customer = CUSTOMERS[n % len(CUSTOMERS)]
        await line.controls.send_dm(customer, world.ACCOUNT_ID, f"item {n}")
        await asyncio.sleep(1 / PER_SECOND)
        if n % AT_ONCE == 0:
            await line.until_acknowledged()
    raise AssertionError("there is always a next number")


@pytest.mark.timeout(600)
async def test_processes_are_replaced_under_load_and_nobody_notices(
    tmp_path: Path, dsn: str
) -> None:
    async with (
        rig(tmp_path, {"webhook_timeout_s": 15}, database=dsn) as line,
        fleet(line, "worker", 2) as workers,
        fleet(line, "web", 2) as webs,
        stood_still() as lost,
        asyncio.TaskGroup() as tasks,
    ):
        enough = asyncio.Event()
        writing = tasks.create_task(write(line, enough))
        for n in range(N_RESTARTS):
            await (webs, workers)[n % 2].replace()
        enough.set()
        n_written = await writing
        await line.until_settled(n_answers=0)
        await line.until_acknowledged()
        await line.until_settled(n_answers=0)

        log = await line.controls.raw("GET", "/_sim/ledger")
        truth = ledger.read(log, account_id=UserId(world.ACCOUNT_ID), app_id=world.APP_ID)
        assert ledger.broken(truth, dsn) == []
        answers = [text for to in CUSTOMERS for text in await line.answers(to)]
        assert sorted(answers) == sorted(f"You said: item {n}" for n in range(1, n_written + 1))
        seen = await attempts(line)
        slowest = max(webs.stopped_in + workers.stopped_in)
        print(f"{n_written} written, {len(seen)} attempts, slowest stop {slowest:.1f} s")
        allowed = {200} if max(lost) < COMMITS_WITHIN else {200, 503}
        assert [status for status in seen if status not in allowed] == []
        assert slowest < STOPS_WITHIN
